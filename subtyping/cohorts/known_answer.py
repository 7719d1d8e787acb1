"""A cohort whose right answer is known, and what a design of such cohorts is."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from subtyping.panel import Panel

__all__ = ["Expectation", "KnownAnswer", "KnownAnswerDesign"]


@dataclass(frozen=True)
class Expectation:
    """What an honest discovery says of a cohort.

    Attributes
    ----------
    has_subtype : bool
        Whether cases form a subtype on the declared axis.
    cause : str or None
        What makes the group where there is one that is no subtype of people (``handling``,
        ``site``, ``laboratory``), or what it goes along with (``bmi``, ``sex``, ``smoking``,
        ``medication``); the word to look for in the verdict's sentence.
    is_specific : bool or None
        Whether the group is one of cases; None where there is no group.
    fraction : float or None
        Share of the cases' population that forms the group.
    nominal_separation : float or None
        Difference of class means over the within-class SD of the score that the generator aims
        at, level, plate and covariates taken away without error.
    """

    has_subtype: bool
    cause: str | None = None
    is_specific: bool | None = None
    fraction: float | None = None
    nominal_separation: float | None = None


@dataclass(frozen=True, eq=False)
class KnownAnswer:
    """A simulated cohort with its right answer.

    Attributes
    ----------
    panel : Panel
        In NPX, cases and reference people.
    truth : pandas.DataFrame
        Indexed by sample_id: ``group, is_member, level, th2_skew, handling``; `is_member` tells
        who is in the group that the design makes, whatever its cause, and is False for everybody
        in a design without one.
    case, reference : tuple of str
        Group labels.
    expectation : Expectation
    """

    panel: Panel
    truth: pd.DataFrame
    case: tuple[str, ...]
    reference: tuple[str, ...]
    expectation: Expectation


@dataclass(frozen=True)
class KnownAnswerDesign:
    """A named design of cohorts with a known answer.

    Attributes
    ----------
    name : str
    suite : {"null", "attribution", "planted"}
    title : str
        What is true of people in this design, in one sentence.
    grow : callable
        ``grow(seed, **size) -> KnownAnswer``; see `make`.
    """

    name: str
    suite: str
    title: str
    grow: Callable[..., KnownAnswer]

    def make(
        self,
        seed: int,
        *,
        n_case: int = 300,
        n_reference: int = 120,
        n_analytes: int = 92,
        cytokines: str = "detected",
        **planted: float,
    ) -> KnownAnswer:
        """Draw one cohort.

        Parameters
        ----------
        seed : int
            Root seed; a seed and a size always give the same cohort.
        n_case, n_reference : int
            People.
        n_analytes : int, default 92
            Size of the panel. Below 40, five Th2 chemokines, three handling markers and the rest
            other analytes; from 40 on every Th2 analyte the generator knows.
        cytokines : {"detected", "undetected"}, default "detected"
            Whether IL4, IL5, IL13, IL33 and TSLP are detected in everybody or lie below
            detection in 95 % of people.
        **planted
            ``fraction`` and ``separation`` (nominal), for the designs of the planted suite.

        Returns
        -------
        KnownAnswer

        Examples
        --------
        >>> from subtyping.cohorts import NULL_SUITE
        >>> answer = NULL_SUITE["gradient"].make(1, n_case=60, n_reference=40)
        >>> answer.panel
        Panel(100 samples x 92 analytes, NPX; MDD 60, HC 40)
        >>> answer.expectation.has_subtype
        False
        """
        size = {
            "n_case": n_case,
            "n_reference": n_reference,
            "n_analytes": n_analytes,
            "cytokines": cytokines,
        }
        return self.grow(seed, size, **planted)
