"""The schemes a rule can be used by on re-test, each with the interval the ICC allows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from subtyping.criteria.known_icc import KnownIcc
from subtyping.statistics.retest import Retest, repeat_rule, retest

__all__ = ["FIELDS", "SCHEMES", "of_clause", "with_interval"]

FIELDS = (
    *("positive_frac", "truly_above_frac", "sensitivity", "specificity", "npv"),
    *("misclassified_frac", "still_positive_frac"),
)

WAYS = (0.0, 0.25, 0.5, 0.75, 1.0)

_EQUAL = 1e-12

SCHEMES: dict[str, Callable[[float, float], Retest]] = {
    "one sample": retest,
    "mean of two, same threshold": lambda icc, q: retest(icc, q, n_samples=2, is_same_value=True),
    "mean of two, same share": lambda icc, q: retest(icc, q, n_samples=2),
    "both of two": repeat_rule,
}
"""Ways to use a threshold: one sample; the (geometric) mean of two against the same number; the
mean of two against the number that the same share of people exceeds; above in both of two."""


def with_interval(compute: Callable[[float | None], Retest | None]) -> dict[str, float]:
    """Return the fields of a re-test at the ICC, and over all that the ICC may be.

    Parameters
    ----------
    compute : callable
        Takes None for the ICC itself, else how far to go from its low end to its high one (0 to 1);
        returns None where that is not known.

    Returns
    -------
    dict
        `FIELDS`, each with ``_ci_low`` and ``_ci_high``: the smallest and largest at five places
        between the ends. Not part of it: that the share of people above the cut was estimated.
        Where they are equal the number does not depend on the ICC, and is given without one.
    """
    middle = compute(None)
    others = [one for one in map(compute, WAYS) if one is not None]
    row: dict[str, float] = {}
    for name in FIELDS:
        row[name] = float("nan") if middle is None else getattr(middle, name)
        spread = [getattr(one, name) for one in others]
        spread += [row[name]] if spread and middle is not None else []
        low, high = min(spread, default=float("nan")), max(spread, default=float("nan"))
        row[f"{name}_ci_low"], row[f"{name}_ci_high"] = low, high
        if middle is None and high - low <= _EQUAL:
            row[name] = low
    return row


def of_clause(scheme: str, icc: KnownIcc, upper_frac: float) -> dict[str, Any]:
    """Return one scheme of a clause.

    Parameters
    ----------
    scheme : str
        One of `SCHEMES`.
    icc : KnownIcc
    upper_frac : float
        Share of people whose one sample meets the clause.

    Returns
    -------
    dict
        As `with_interval`.

    Examples
    --------
    >>> row = of_clause("one sample", KnownIcc("estimate", 0.55, 0.4, 0.7, ""), 0.27)
    >>> [round(row[f"truly_above_frac{end}"], 2) for end in ("", "_ci_low", "_ci_high")]
    [0.64, 0.57, 0.72]
    >>> spanned = of_clause("one sample", KnownIcc("range", np.nan, 0.4, 0.75, ""), 0.27)
    >>> spanned["positive_frac"], spanned["truly_above_frac"]
    (0.27, nan)
    """

    def compute(way: float | None) -> Retest | None:
        number = icc.along(way)
        return SCHEMES[scheme](number, upper_frac) if np.isfinite(number) else None

    return with_interval(compute)
