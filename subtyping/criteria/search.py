"""The search for the best rule of one or two markers under weights (pure arrays)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.statistics.cutpoints import roc_curves, youden_cut

__all__ = [
    "Choice",
    "best_pair",
    "best_single",
    "flag",
    "refit_cuts",
    "round_threshold",
    "screen",
]

_GRID = 24
_DIGITS = 4
_ROUNDED = 9  # decimals at which sums of weights are told apart, so that ties stay ties

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """A rule on columns of a candidate matrix.

    Attributes
    ----------
    columns : tuple of int
        Which markers.
    operators : tuple of {">=", "<="}
        Direction of each clause.
    thresholds : tuple of float
        One for each clause; NaN before the cuts are chosen.
    joiner : {"and", "or"}
        How two clauses are joined.
    youden : float
        Apparent sensitivity + specificity - 1 on the weights that chose the rule.
    """

    columns: tuple[int, ...]
    operators: tuple[str, ...]
    thresholds: tuple[float, ...]
    joiner: str = "and"
    youden: float = float("nan")


def round_threshold(value: float) -> float:
    """Return a threshold with four significant digits, as a protocol would write it.

    Examples
    --------
    >>> round_threshold(10.21348), round_threshold(1234.5678), round_threshold(-0.0312345)
    (10.21, 1235.0, -0.03123)
    """
    return float(f"{value:.{_DIGITS}g}")


def screen(
    values: Floats, positive: Floats, negative: Floats, keep: int = 10
) -> tuple[list[int], list[str]]:
    """Return the markers whose AUC lies farthest from one half, and their directions.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
    positive, negative : ndarray of shape (n,)
        Weight of each person in either class.
    keep : int, default 10

    Returns
    -------
    columns : list of int
        Best first; equal areas keep the order of the columns.
    operators : list of {">=", "<="}
    """
    area = roc_curves(values, positive, negative).auc
    distance = np.nan_to_num(np.abs(area - 0.5), nan=-1.0).round(12)
    columns = [int(i) for i in np.argsort(-distance, kind="stable")[:keep] if distance[i] >= 0]
    return columns, [">=" if area[i] >= 0.5 else "<=" for i in columns]


def best_single(
    values: Floats,
    positive: Floats,
    negative: Floats,
    columns: list[int],
    operators: list[str],
) -> Choice | None:
    """Return the one-marker rule with the largest weighted Youden index.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        Candidate markers.
    positive, negative : ndarray of shape (n,)
        Weight of each person in either class.
    columns : list of int
        Markers tried; of equal rules the first wins.
    operators : list of {">=", "<="}
        Direction of each.

    Returns
    -------
    Choice or None
        None where the classes leave nothing to tell apart.
    """
    best: Choice | None = None
    for column, operator in zip(columns, operators, strict=True):
        cut = youden_cut(values[:, column], positive, negative, operator=operator)
        index = float(cut.youden[0])
        if np.isfinite(index) and (best is None or index > best.youden + 1e-12):
            threshold = round_threshold(float(cut.threshold[0]))
            best = Choice((column,), (operator,), (threshold,), youden=index)
    return best


def best_pair(
    values: Floats,
    positive: Floats,
    negative: Floats,
    columns: list[int],
    operators: list[str],
    *,
    joiners: tuple[str, ...] = ("and", "or"),
) -> Choice | None:
    """Return the two-marker rule with the largest weighted Youden index.

    All pairs of columns, both joiners and a grid of 24 quantiles for each cut are tried at once:
    with *M* the people x cuts matrix of who passes, ``M.T @ diag(w) @ M`` counts who passes both.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        Candidate markers.
    positive, negative : ndarray of shape (n,)
        Weight of each person in either class.
    columns : list of int
        Markers tried.
    operators : list of {">=", "<="}
        Direction of each.
    joiners : tuple of {"and", "or"}
        Ways of joining that are tried.

    Returns
    -------
    Choice or None
        None with fewer than two columns or one class.
    """
    if len(columns) < 2:
        return None
    cuts, owner, passes, measured = _grid(values, positive + negative, columns, operators)
    both_p, either_p, total_p = _pairs(passes, measured, owner, positive)
    both_n, either_n, total_n = _pairs(passes, measured, owner, negative)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = {
            "and": both_p / total_p - both_n / total_n,
            "or": either_p / total_p - either_n / total_n,
        }
    same = owner[:, None] >= owner[None, :]
    best: Choice | None = None
    for joiner in joiners:
        scores = np.where(same | ~np.isfinite(index[joiner]), -np.inf, index[joiner]).round(
            _ROUNDED
        )
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        value = float(scores[i, j])
        if np.isfinite(value) and (best is None or value > best.youden + 1e-12):
            k = (int(owner[i]), int(owner[j]))
            best = Choice(
                (columns[k[0]], columns[k[1]]),
                (operators[k[0]], operators[k[1]]),
                (float(cuts[i]), float(cuts[j])),
                joiner,
                value,
            )
    return best


def flag(values: Floats, choice: Choice) -> Floats:
    """Return who meets the rule.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        Candidate markers.
    choice : Choice
        The rule.

    Returns
    -------
    ndarray of shape (n,)
        1, 0, or NaN where what is missing could decide.
    """
    met = []
    for column, operator, threshold in zip(
        choice.columns, choice.operators, choice.thresholds, strict=True
    ):
        x = values[:, column]
        one = (x >= threshold) if operator == ">=" else (x <= threshold)
        met.append(np.where(np.isnan(x), np.nan, one.astype(float)))
    if len(met) == 1:
        return met[0]
    settled = 0.0 if choice.joiner == "and" else 1.0
    joined = np.where(np.isnan(met[0]) | np.isnan(met[1]), np.nan, 1 - settled)
    return np.where((met[0] == settled) | (met[1] == settled), settled, joined)


def refit_cuts(values: Floats, positive: Floats, negative: Floats, choice: Choice) -> Choice | None:
    """Return the rule on the same markers, directions and joiner with its cuts chosen anew.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        Candidate markers.
    positive, negative : ndarray of shape (n,)
        Weight of each person in either class.
    choice : Choice
        The rule whose cuts are chosen again.

    Returns
    -------
    Choice or None
    """
    columns, operators = list(choice.columns), list(choice.operators)
    if len(columns) == 1:
        return best_single(values, positive, negative, columns, operators)
    return best_pair(values, positive, negative, columns, operators, joiners=(choice.joiner,))


def _grid(
    values: Floats, weights: Floats, columns: list[int], operators: list[str]
) -> tuple[Floats, NDArray[np.int64], Floats, Floats]:
    """Return cuts, the marker of each, who passes each, and who was measured."""
    cuts, owner, passes = [], [], []
    shares = (np.arange(_GRID) + 0.5) / _GRID
    measured = ~np.isnan(values[:, columns])
    for k, (column, operator) in enumerate(zip(columns, operators, strict=True)):
        x = values[:, column]
        usable = np.flatnonzero(np.isfinite(x) & (weights > 0))
        order = usable[np.argsort(x[usable], kind="stable")]
        mass = np.cumsum(weights[order]).round(_ROUNDED)
        if not len(order):
            continue
        at = np.searchsorted(mass, (shares * mass[-1]).round(_ROUNDED))
        tried = np.unique([round_threshold(float(x[order[i]])) for i in at])
        met = x[:, None] >= tried if operator == ">=" else x[:, None] <= tried
        cuts.append(tried)
        owner.append(np.full(len(tried), k))
        passes.append(met)
    return (
        np.concatenate(cuts) if cuts else np.empty(0),
        np.concatenate(owner) if owner else np.empty(0, dtype=np.int64),
        np.hstack(passes).astype(float) if passes else np.empty((len(values), 0)),
        measured.astype(float),
    )


def _pairs(
    passes: Floats, measured: Floats, owner: NDArray[np.int64], weights: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the weight that passes both, either, and is measured on both, for pairs of cuts."""
    weighted = passes * weights[:, None]
    both = weighted.T @ passes
    total = (measured * weights[:, None]).T @ measured
    alone = (weighted.T @ measured)[:, owner]
    return both, alone + alone.T - both, total[np.ix_(owner, owner)]
