"""How much of a difference between groups hangs on the way a set is scored."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from subtyping.axes.set_scores.result import SetScores
from subtyping.exceptions import InputError
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["SetScoreComparison", "compare_set_scores"]


@dataclass(frozen=True, eq=False)
class SetScoreComparison:
    """Difference between cases and reference people, set by set and method by method.

    Attributes
    ----------
    table : pandas.DataFrame
        ``set, method, n_case, n_reference, difference_sd, ci_low, ci_high, p_value, q_value,
        rank_correlation_with_z``. ``difference_sd``: mean of the cases minus mean of the
        reference people, in SD of the reference people.
    sentence : str
        What the methods say of the first set.
    notes : tuple of str
    """

    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


def compare_set_scores(
    scores: Mapping[str, SetScores],
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    level: float = 0.95,
) -> SetScoreComparison:
    r"""Compare groups on each set by each method, with a plain Welch t-test.

    ``difference_sd`` is :math:`(\bar s_c - \bar s_r) / s_r`. Its interval is Welch's interval of
    the difference of means over :math:`s_r`, which is taken as known; p is Welch's.

    Parameters
    ----------
    scores : mapping of str to SetScores
        Method to scores of the same samples.
    is_case, is_reference : array of bool of shape (n_samples,)
        The two groups; two people each at the least.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    SetScoreComparison
        ``q_value`` is Benjamini and Hochberg's over the sets of one method;
        ``rank_correlation_with_z`` is Spearman's with method ``"z"`` over the people of both
        groups, NaN where ``"z"`` is not among the methods.

    Raises
    ------
    InputError
        If there are no scores, the samples differ between methods, or a group has fewer than two
        people.

    Notes
    -----
    Nothing is adjusted for (covariates, plate, level): the comparison shows how much hangs on the
    score. The answer of a study is its differential abundance and its skew.

    References
    ----------
    Welch BL (1947). doi:10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(60, 8)), columns=list("ABCDEFGH"))
    >>> is_case = np.arange(60) < 30
    >>> X.loc[is_case, ["A", "B"]] += 2
    >>> from subtyping.axes.set_scores import SetScorer
    >>> found = compare_set_scores(
    ...     {m: SetScorer(m, {"AB": ["A", "B"]}).fit(X[~is_case]).transform(X)
    ...      for m in ("z", "ssgsea")},
    ...     is_case, ~is_case,
    ... )
    >>> bool((found.table["p_value"] < .001).all())
    True
    """
    if not scores:
        message = "There are no scores to compare; give {'z': score_sets(...), ...}."
        raise InputError(message)
    case, reference = np.asarray(is_case, dtype=bool), np.asarray(is_reference, dtype=bool)
    index = next(iter(scores.values())).table.index
    if not all(item.table.index.equals(index) for item in scores.values()):
        message = "The scores of all methods must list the same samples in one order."
        raise InputError(message)
    if case.shape != (len(index),) or reference.shape != case.shape:
        message = f"is_case and is_reference need {len(index)} entries; got {case.shape}."
        raise InputError(message)
    if min(case.sum(), reference.sum()) < 2:
        message = (
            f"A comparison needs two people in each group; got {int(case.sum())} cases and "
            f"{int(reference.sum())} reference people."
        )
        raise InputError(message)
    plain = scores["z"].table if "z" in scores else None
    tables = [
        _of_method(name, item, plain, (case, reference), level) for name, item in scores.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    order = {name: number for number, name in enumerate(dict.fromkeys(table["set"]))}
    table = table.sort_values("set", key=lambda s: s.map(order), kind="stable", ignore_index=True)
    note = (
        "Plain Welch t-tests, adjusted for nothing; intervals in SD of the reference people, "
        "which is taken as known."
    )
    return SetScoreComparison(table=table, sentence=_sentence(table), notes=(note,))


def _of_method(
    method: str,
    scores: SetScores,
    plain: pd.DataFrame | None,
    groups: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    level: float,
) -> pd.DataFrame:
    rows = []
    case, reference = groups
    either = case | reference
    for name in scores.table:
        values = scores.table[name].to_numpy(dtype=np.float64)
        row = {"set": name, "method": method, "n_case": int(case.sum())}
        row |= {"n_reference": int(reference.sum())}
        row |= _welch(values[case], values[reference], level)
        rho = float("nan")
        if plain is not None and name in plain:
            both = np.column_stack([values[either], plain[name].to_numpy()[either]])
            if (np.ptp(both, axis=0) > 0).all():
                rho = float(stats.spearmanr(both[:, 0], both[:, 1]).statistic)
        rows.append(row | {"rank_correlation_with_z": rho})
    table = pd.DataFrame(rows)
    table.insert(
        table.columns.get_loc("p_value") + 1,
        "q_value",
        benjamini_hochberg(table["p_value"].to_numpy()),
    )
    return table


def _welch(
    case: NDArray[np.float64], reference: NDArray[np.float64], level: float
) -> dict[str, float]:
    """Return the difference in SD of the reference, its interval and p; NaN without spread."""
    variances = np.array([case.var(ddof=1) / len(case), reference.var(ddof=1) / len(reference)])
    spread = float(reference.std(ddof=1))
    if spread <= 0 or variances.sum() <= 0:
        nothing = float("nan")
        return dict.fromkeys(("difference_sd", "ci_low", "ci_high", "p_value"), nothing)
    error = float(np.sqrt(variances.sum()))
    sizes = np.array([len(case) - 1, len(reference) - 1])
    freedom = float(variances.sum() ** 2 / (variances**2 / sizes).sum())
    difference = float(case.mean() - reference.mean())
    reach = float(special.stdtrit(freedom, 0.5 + level / 2)) * error
    return {
        "difference_sd": difference / spread,
        "ci_low": (difference - reach) / spread,
        "ci_high": (difference + reach) / spread,
        "p_value": float(2 * special.stdtr(freedom, -abs(difference / error))),
    }


def _sentence(table: pd.DataFrame) -> str:
    mine = table[table["set"] == table["set"].iloc[0]]
    parts = [
        f"{row.method} {row.difference_sd:.2f} ({row.ci_low:.2f} to {row.ci_high:.2f})"
        for row in mine.itertuples()
    ]
    is_up, is_down = bool((mine["ci_low"] > 0).any()), bool((mine["ci_high"] < 0).any())
    is_settled = bool(((mine["ci_low"] > 0) | (mine["ci_high"] < 0)).all())
    verdict = "All agree." if is_settled and is_up != is_down else "None excludes 0."
    if is_up and is_down:
        verdict = "Methods contradict each other: the answer hangs on the score."
    elif (is_up or is_down) and not is_settled:
        verdict = "Not all of these intervals exclude 0: the answer hangs on the score."
    return (
        f"{mine['set'].iloc[0]}, cases minus reference in SD of the reference: {', '.join(parts)}. "
        f"{verdict}"
    )
