"""People with more than one sample in a contrast: how that is taken into account."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.statistics.duplicate_correlation import duplicate_correlation

__all__ = ["BLOCKS", "Repeats", "describe_repeats", "repeat_correlation"]

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

BLOCKS = ("none", "correlation", "fixed")
_MOSTLY = 0.5


@dataclass(frozen=True, eq=False)
class Repeats:
    """Who was seen more than once in a contrast.

    Attributes
    ----------
    codes : ndarray of int of shape (n_samples,)
        Person of each sample; a sample without a subject is a person of its own.
    n_people, n_repeated, n_on_both_sides : int
        People, those with more than one sample, and those with samples on both sides.
    """

    codes: NDArray[np.int64]
    n_people: int
    n_repeated: int
    n_on_both_sides: int

    @property
    def is_within(self) -> bool:
        """Whether at least half of the people stand on both sides of the contrast."""
        return self.n_repeated > 0 and self.n_on_both_sides >= _MOSTLY * self.n_people

    @property
    def on_both_sides(self) -> bool:
        """Whether anybody does."""
        return self.n_on_both_sides > 0


def describe_repeats(samples: pd.DataFrame, is_case: Mask) -> Repeats:
    """Count who was seen more than once.

    Parameters
    ----------
    samples : pandas.DataFrame
        Samples of one contrast; the role ``subject`` says whose they are.
    is_case : ndarray of bool of shape (n_samples,)

    Returns
    -------
    Repeats

    Examples
    --------
    >>> samples = pd.DataFrame({"subject": ["p1", "p1", "p2", None]})
    >>> found = describe_repeats(samples, np.array([True, False, True, False]))
    >>> found.n_people, found.n_repeated, found.n_on_both_sides
    (3, 1, 1)
    """
    n = len(samples)
    if "subject" not in samples:
        return Repeats(np.arange(n, dtype=np.int64), n, 0, 0)
    codes, names = pd.factorize(samples["subject"].astype(object))
    alone = codes < 0
    codes = np.array(codes, dtype=np.int64)
    codes[alone] = len(names) + np.arange(int(alone.sum()))
    many = len(names) + int(alone.sum())
    cases = np.bincount(codes[is_case], minlength=many)
    references = np.bincount(codes[~is_case], minlength=many)
    return Repeats(
        codes,
        many,
        int((cases + references > 1).sum()),
        int(((cases > 0) & (references > 0)).sum()),
    )


def repeat_correlation(Y: Floats, design: Floats, repeats: Repeats) -> tuple[float, str]:
    """Estimate the correlation of samples of one person, and say it.

    Parameters
    ----------
    Y : ndarray of shape (n_samples, n_analytes)
    design : ndarray of shape (n_samples, n_columns)
    repeats : Repeats

    Returns
    -------
    correlation : float
    note : str

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> samples = pd.DataFrame({"subject": np.repeat(np.arange(20), 2)})
    >>> is_case = np.tile([True, False], 20)
    >>> Y = rng.normal(size=(20, 50))[samples["subject"]] + rng.normal(size=(40, 50))
    >>> design = np.column_stack([np.ones(40), is_case])
    >>> print(repeat_correlation(Y, design, describe_repeats(samples, is_case))[1])
    20 of 20 people have more than one sample: correlation 0.51 within a person, taken into account.
    """
    who = f"{repeats.n_repeated} of {count_of(repeats.n_people, 'person', 'people')} have more"
    try:
        found = duplicate_correlation(Y, design, repeats.codes)
    except InputError:
        return 0.0, (
            f"{who} than one sample, too few to estimate their correlation: samples are taken as "
            "independent, so that intervals and p-values are too optimistic."
        )
    return found.correlation, (
        f"{who} than one sample: correlation {found.correlation:.2f} within a person, taken into "
        "account."
    )
