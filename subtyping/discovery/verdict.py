"""The answer of discovery."""

from dataclasses import dataclass

import pandas as pd

from subtyping.discovery.assignment import Assignment

__all__ = ["KINDS", "Verdict"]

KINDS = ("discrete", "continuum", "none", "underpowered", "blocked")


@dataclass(frozen=True, eq=False)
class Verdict:
    """Is there a subtype on the declared axis, and who is in it?

    Attributes
    ----------
    kind : {"discrete", "continuum", "none", "underpowered", "blocked"}
        See ``ARCHITECTURE.md`` for the order in which they are decided.
    axis : str
        The declared axis.
    p_value : float or None
        Of the deciding line of evidence; its null is one unimodal population. None where blocked.
    prevalence_frac, prevalence_ci_low, prevalence_ci_high : float or None
        Share of the cases in the subtype with its 95 % interval; None unless discrete.
    n_case : int
        Cases the answer rests on.
    sentence : str
        The answer in plain words with its caveats.
    evidence : pandas.DataFrame
        ``line, statistic, value, ci_low, ci_high, p_value, null_twin, decides, sentence``.
    assignment : Assignment
        Every case sample; blank and unclear unless discrete.
    power_at_minimum : float or None
        Power at the declared smallest subtype for this number of cases.
    n_needed : int or None
        Cases that would give a power of .8; None where the stored surface does not reach it.
    quantity : {"skew", "raw score"}
        What was tested.
    """

    kind: str
    axis: str
    p_value: float | None
    prevalence_frac: float | None
    prevalence_ci_low: float | None
    prevalence_ci_high: float | None
    n_case: int
    sentence: str
    evidence: pd.DataFrame
    assignment: Assignment
    power_at_minimum: float | None = None
    n_needed: int | None = None
    quantity: str = "skew"

    def __repr__(self) -> str:
        return f"Verdict({self.kind}: {self.sentence})"

    @property
    def is_discrete(self) -> bool:
        """Whether a candidate subtype was found."""
        return self.kind == "discrete"
