"""The search for the best rule of one, two or three markers under weights (pure arrays)."""

import numpy as np
from numpy.typing import NDArray

from subtyping.criteria.choice import Choice, flag, round_threshold
from subtyping.criteria.cut_grid import ROUNDED, cut_grid
from subtyping.criteria.wanted import YOUDEN, Wanted
from subtyping.statistics.cutpoints import youden_cut
from subtyping.statistics.roc import roc_curves

__all__ = [
    "Choice",
    "best_pair",
    "best_single",
    "best_triple",
    "flag",
    "refit_cuts",
    "round_threshold",
    "screen",
]

Floats = NDArray[np.float64]


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
    *,
    wanted: Wanted = YOUDEN,
) -> Choice | None:
    """Return the one-marker rule with the largest weighted Youden index, or best for an aim.

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
    wanted : Wanted
        What is made as large as it can be; Youden's index by default.

    Returns
    -------
    Choice or None
        None where the classes leave nothing to tell apart, or no cut meets a constraint.
    """
    best: Choice | None = None
    for column, operator in zip(columns, operators, strict=True):
        cut, index = _best_cut(values[:, column], positive, negative, operator, wanted)
        if np.isfinite(index) and (best is None or index > best.youden + 1e-12):
            threshold = round_threshold(cut)
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
    wanted: Wanted = YOUDEN,
) -> Choice | None:
    """Return the two-marker rule with the largest weighted Youden index, or best for an aim.

    All pairs of columns, both joiners and a grid of 24 quantiles for each cut are tried at once:
    with *M* the people x cuts matrix of who passes, ``M.T @ diag(w) @ M`` counts who passes both.

    Parameters
    ----------
    values, positive, negative, columns, operators, wanted
        As in `best_single`.
    joiners : tuple of {"and", "or"}
        Ways of joining that are tried.

    Returns
    -------
    Choice or None
        None with fewer than two columns or one class.
    """
    if len(columns) < 2:
        return None
    grid = cut_grid(values, positive + negative, columns, operators)
    both_p, either_p, total_p = grid.pair_weights(positive)
    both_n, either_n, total_n = grid.pair_weights(negative)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = {
            "and": wanted.utility(both_p / total_p, both_n / total_n),
            "or": wanted.utility(either_p / total_p, either_n / total_n),
        }
    owner, cuts = grid.owner, grid.cuts
    same = owner[:, None] >= owner[None, :]
    best: Choice | None = None
    for joiner in joiners:
        scores = np.where(same | ~np.isfinite(index[joiner]), -np.inf, index[joiner]).round(ROUNDED)
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


def best_triple(
    values: Floats,
    positive: Floats,
    negative: Floats,
    pair: Choice,
    *,
    columns: list[int],
    operators: list[str],
    wanted: Wanted = YOUDEN,
) -> Choice | None:
    """Add the third clause that helps a rule of two most, joined as the two are.

    Parameters
    ----------
    values, positive, negative, columns, operators, wanted
        As in `best_single`; the markers of the pair are passed over.
    pair : Choice
        The rule that is added to; its cuts stay.

    Returns
    -------
    Choice or None
        None without a third marker.
    """
    rest = [(c, o) for c, o in zip(columns, operators, strict=True) if c not in pair.columns]
    if not rest:
        return None
    columns, operators = [one[0] for one in rest], [one[1] for one in rest]
    grid = cut_grid(values, positive + negative, columns, operators)
    if not len(grid.cuts):
        return None
    settled = flag(values, pair)
    known = ~np.isnan(settled)
    two, there = np.nan_to_num(settled)[:, None], grid.measured[:, grid.owner] * known[:, None]
    met = grid.passes * two if pair.joiner == "and" else np.maximum(grid.passes, two)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [(w @ (met * there)) / (w @ there) for w in (positive, negative)]
    scores = wanted.utility(shares[0], shares[1])
    scores = np.where(np.isfinite(scores), scores, -np.inf).round(ROUNDED)
    i = int(scores.argmax())
    if not np.isfinite(scores[i]):
        return None
    return Choice(
        (*pair.columns, columns[grid.owner[i]]),
        (*pair.operators, operators[grid.owner[i]]),
        (*pair.thresholds, float(grid.cuts[i])),
        pair.joiner,
        float(scores[i]),
    )


def refit_cuts(
    values: Floats,
    positive: Floats,
    negative: Floats,
    choice: Choice,
    *,
    wanted: Wanted = YOUDEN,
) -> Choice | None:
    """Return the rule on the same markers, directions and joiner with its cuts chosen anew.

    Parameters
    ----------
    values, positive, negative, wanted
        As in `best_single`.
    choice : Choice
        The rule whose cuts are chosen again.

    Returns
    -------
    Choice or None
    """
    columns, operators = list(choice.columns), list(choice.operators)
    weights = (values, positive, negative)
    if len(columns) == 1:
        return best_single(*weights, columns, operators, wanted=wanted)
    pair = best_pair(*weights, columns[:2], operators[:2], joiners=(choice.joiner,), wanted=wanted)
    if pair is None or len(columns) == 2:
        return pair
    return best_triple(*weights, pair, columns=columns[2:], operators=operators[2:], wanted=wanted)


def _best_cut(
    x: Floats, positive: Floats, negative: Floats, operator: str, wanted: Wanted
) -> tuple[float, float]:
    """Return the best cut of one marker and what it is worth."""
    if wanted.aim.way == "youden":
        best = youden_cut(x, positive, negative, operator=operator)
        return float(best.threshold[0]), float(best.youden[0])
    sign = 1.0 if operator == ">=" else -1.0
    curve = roc_curves(sign * x, positive, negative)
    worth = wanted.utility(curve.sensitivity[:, 0], curve.false_positive_frac[:, 0])
    worth = np.where(curve.is_cut[:, 0] & np.isfinite(worth), worth, -np.inf)
    if not len(worth) or not np.isfinite(worth.max()):
        return float("nan"), float("nan")
    best_row = int(worth.round(ROUNDED).argmax())
    return float(sign * curve.threshold[best_row, 0]), float(worth[best_row])
