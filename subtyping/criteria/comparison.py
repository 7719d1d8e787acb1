"""Rules beside each other on the same people: who meets which, and by how much they differ."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from subtyping.criteria.operating import OperatingCharacteristics

__all__ = ["criteria_overlap", "paired_differences"]

Floats = NDArray[np.float64]

COMPARED = ("sensitivity", "specificity", "ppv", "positive_frac")
_Z = float(special.ndtri(0.975))


def criteria_overlap(texts: Sequence[str], flags: Sequence[Floats]) -> pd.DataFrame:
    """Count the people who meet each combination of rules, and no others.

    Parameters
    ----------
    texts : sequence of str
        Rule texts; "everybody" is met by all and is left out.
    flags : sequence of ndarray of shape (n,)
        1, 0 or NaN (unknown) of each person, for each rule.

    Returns
    -------
    pandas.DataFrame
        One row for each combination and rule, the largest combination first: ``combination``
        (number), ``rule_text``, ``is_met`` (missing for unknown), ``n_rules_met``, ``n_case``,
        ``case_frac`` (of all cases). An UpSet plot draws one bar a combination.

    Examples
    --------
    >>> rows = criteria_overlap(["A", "B"], [np.array([1.0, 1, 0]), np.array([1.0, 0, 0])])
    >>> rows[rows["rule_text"] == "A"][["is_met", "n_rules_met", "n_case"]].values.tolist()
    [[False, 0, 1], [True, 1, 1], [True, 2, 1]]
    """
    kept = [(text, one) for text, one in zip(texts, flags, strict=True) if text != "everybody"]
    columns = ["combination", "rule_text", "is_met", "n_rules_met", "n_case", "case_frac"]
    if not kept:
        return pd.DataFrame(columns=columns)
    met = np.column_stack([one for _, one in kept])
    coded = np.where(np.isnan(met), -1, met).astype(int)
    patterns, counts = np.unique(coded, axis=0, return_counts=True)
    order = np.lexsort((np.arange(len(counts)), (patterns == 1).sum(axis=1), -counts))
    rows = []
    for number, i in enumerate(order, start=1):
        pattern = patterns[i]
        for (text, _), one in zip(kept, pattern, strict=True):
            answer = pd.NA if one < 0 else bool(one)
            n = int(counts[i])
            rows.append((number, text, answer, int((pattern == 1).sum()), n, n / len(met)))
    return pd.DataFrame(rows, columns=columns).astype({"is_met": "boolean"})


def paired_differences(
    proposed: Sequence[tuple[str, OperatingCharacteristics, Sequence[OperatingCharacteristics]]],
    others: Sequence[tuple[str, OperatingCharacteristics, Sequence[OperatingCharacteristics]]],
) -> pd.DataFrame:
    """Return how proposed rules differ from others judged on the same people and resamples.

    Parameters
    ----------
    proposed, others : sequence of (text, estimate, draws)
        Estimate of each rule, and the same fixed rule in each resample, in one order.

    Returns
    -------
    pandas.DataFrame
        ``rule_text, comparator, quantity`` (sensitivity, specificity, ppv, positive_frac),
        ``difference`` (proposed less comparator), ``difference_ci_low, difference_ci_high``
        (normal, from the spread of the paired differences, cut at -1 and 1), ``n_resamples``.

    Examples
    --------
    >>> from subtyping.criteria.operating import at_prevalence
    >>> draws = [at_prevalence(0.8 + d, 0.9, 0.3) for d in (-0.02, 0.0, 0.02)]
    >>> everybody = at_prevalence(1.0, 0.0, 0.3)
    >>> rows = paired_differences(
    ...     [("A", draws[1], draws)], [("everybody", everybody, [everybody] * 3)]
    ... )
    >>> [rows.loc[0, "quantity"], round(float(rows.loc[0, "difference"]), 3)]
    ['sensitivity', -0.2]
    """
    rows = []
    for text, mine, draws in proposed:
        for other, theirs, their_draws in others:
            for name in COMPARED:
                gaps = np.array(
                    [
                        getattr(a, name) - getattr(b, name)
                        for a, b in zip(draws, their_draws, strict=True)
                    ],
                    dtype=float,
                )
                gaps = gaps[np.isfinite(gaps)]
                gap = getattr(mine, name) - getattr(theirs, name)
                reach = _Z * gaps.std(ddof=1) if len(gaps) > 1 else np.nan
                low, high = max(-1.0, gap - reach), min(1.0, gap + reach)
                if not np.isfinite(reach):
                    low = high = np.nan
                rows.append((text, other, name, gap, low, high, len(gaps)))
    columns = ["rule_text", "comparator", "quantity", "difference", "difference_ci_low",
               "difference_ci_high", "n_resamples"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
