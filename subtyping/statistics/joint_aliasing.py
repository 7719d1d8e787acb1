"""Do several technical factors determine case status together, though none does alone?"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["JOINT_COLUMNS", "chance_overlap", "joint_aliasing", "variance_inflation"]

Floats = NDArray[np.float64]

JOINT_COLUMNS = (
    "factors",
    "model",
    "n_people",
    "n_columns",
    "is_rank_deficient",
    "vif",
    "vif_beyond_chance",
    "interval_widening",
    "case_overlap_frac",
    "reference_overlap_frac",
    "case_overlap_by_chance_frac",
    "reference_overlap_by_chance_frac",
    "is_jointly_aliased",
    "reason",
)
VIF_LIMIT = 10.0
OVERLAP_LIMIT = 0.5
LEAST_FREEDOM = 10
NAN = float("nan")
APART = "\x1f"


def variance_inflation(is_case: ArrayLike, columns: ArrayLike) -> tuple[float, int]:
    r"""Return :math:`1/(1-R^2)` of case status on columns, and their rank beside the intercept.

    Parameters
    ----------
    is_case : array of bool of shape (n,)
    columns : array of shape (n, n_columns)
        Without an intercept; columns that others express do no harm.

    Returns
    -------
    vif : float
        Infinite where the columns determine case status; 1 where nobody differs.
    rank : int

    Examples
    --------
    >>> variance_inflation([1, 1, 0, 0], [[1], [0], [1], [0]])
    (1.0, 1)
    """
    status = np.asarray(is_case, dtype=float)
    status = status - status.mean()
    X = np.asarray(columns, dtype=float)
    X = X - X.mean(axis=0)
    total = float(status @ status)
    if X.shape[1] == 0 or total == 0 or not X.any():
        return 1.0, 0
    scale = np.linalg.norm(X, axis=0)
    u, s, _ = np.linalg.svd(X / np.where(scale > 0, scale, 1.0), full_matrices=False)
    basis = u[:, s > 1e-9 * s[0]]
    rest = status - basis @ (basis.T @ status)
    residual = float(rest @ rest)
    vif = float("inf") if residual <= 1e-12 * total else total / residual
    return vif, basis.shape[1]


def chance_overlap(sizes: ArrayLike, n_other: int) -> float:
    r"""Return the share of people who would meet the other group in their level by chance.

    With :math:`N` people, :math:`n_o` of the other group and levels of :math:`n_l` people, a
    person's level holds nobody of the other group with probability
    :math:`\binom{N-1-n_o}{n_l-1} / \binom{N-1}{n_l-1}` if status is drawn anew. Many small levels
    hold one group alone without any fault of the design.

    Parameters
    ----------
    sizes : array of int of shape (n_levels,)
        People of each level.
    n_other : int
        People of the other group.

    Returns
    -------
    float

    Examples
    --------
    >>> round(chance_overlap([2, 2], 2), 3)  # the other of the pair: 2 of the 3 left
    0.667
    """
    n = np.asarray(sizes, dtype=float)
    N = n.sum()
    if N <= 1:
        return 0.0
    alone = _log_choose(N - 1 - n_other, n - 1) - _log_choose(np.full_like(n, N - 1), n - 1)
    return float((n * (1 - np.exp(alone))).sum() / N)


def _log_choose(n: ArrayLike, k: Floats) -> Floats:
    """Logarithm of n over k; minus infinity where k exceeds n."""
    above = np.broadcast_to(np.asarray(n, dtype=float), k.shape)
    can = k <= above
    room = np.where(can, above - k, 0.0)
    value = special.gammaln(above + 1) - special.gammaln(k + 1) - special.gammaln(room + 1)
    return np.where(can, value, -np.inf)


def joint_aliasing(
    is_case: ArrayLike,
    levels: Mapping[str, pd.Series],
    *,
    alone: tuple[str, ...] = (),
) -> pd.DataFrame:
    r"""Judge every pair of technical factors, and all of them, as `design_report` judges one.

    Twice: *additive* (``plate + site``: rank and variance inflation of case status on the levels
    of both) and *crossed* (``plate x site``: their combinations are the levels; where plates are
    numbered anew at each site, these are the plates). The limits are those of one factor, held
    against what chance does with so many levels: the inflation beyond chance is
    :math:`1/(1-R^2_{adj})`, and the overlap counts as little where it is less than half of
    `chance_overlap`; where even chance would give less than half, the overlap says nothing. With
    fewer than 10 people beyond the columns nothing is judged.

    Parameters
    ----------
    is_case : array of bool of shape (n,)
        Among the people of the comparison.
    levels : mapping of str to Series
        Known levels of each technical factor, indexed by position 0 to n - 1.
    alone : tuple of str, optional
        Factors that case status is aliased with already: a pair with one of them says no more.

    Returns
    -------
    pandas.DataFrame
        ``factors, model`` (additive or crossed), ``n_people, n_columns, is_rank_deficient, vif,
        vif_beyond_chance, interval_widening``, for crossed rows ``case_overlap_frac,
        reference_overlap_frac`` and what chance would give, ``is_jointly_aliased`` and the
        ``reason`` where a row is not judged. No rows with fewer than two factors.

    Examples
    --------
    >>> case = np.tile([True, False, False, True], 10)  # plate 1 of site a, plate 2 of site b
    >>> plate, site = np.tile(["1", "2", "1", "2"], 10), np.tile(["a", "a", "b", "b"], 10)
    >>> found = joint_aliasing(case, {"plate": pd.Series(plate), "site": pd.Series(site)})
    >>> found[["factors", "model", "is_jointly_aliased"]].values.tolist()
    [['plate + site', 'additive', False], ['plate x site', 'crossed', True]]
    """
    case = np.asarray(is_case, dtype=bool)
    names = [name for name, values in levels.items() if values.nunique() > 1]
    rows = []
    for pair in combinations(names, 2):
        rows += [_additive(case, levels, pair, alone), _crossed(case, levels, pair, alone)]
    if len(names) > 2:
        rows.append(_additive(case, levels, tuple(names), alone))
    table = pd.DataFrame(rows, columns=list(JOINT_COLUMNS))
    return table.astype({"is_rank_deficient": bool, "is_jointly_aliased": bool})


def _people(levels: Mapping[str, pd.Series], names: tuple[str, ...]) -> pd.DataFrame:
    """Levels of the people whose every factor is known."""
    return pd.concat([levels[name].rename(name) for name in names], axis=1, join="inner")


def _additive(
    case: np.ndarray,
    levels: Mapping[str, pd.Series],
    names: tuple[str, ...],
    alone: tuple[str, ...],
) -> dict[str, object]:
    frame = _people(levels, names)
    status = case[frame.index]
    n_dummies = int((frame.nunique() - 1).sum())
    row = _row(" + ".join(names), "additive", len(frame), n_dummies)
    reason = _unjudged(status, n_dummies, names, alone)
    if reason and not reason.startswith("aliased"):
        return row | {"reason": reason}
    vif, rank = variance_inflation(status, pd.get_dummies(frame, drop_first=True, dtype=float))
    numbers = _inflation(vif, len(frame), rank)
    is_aliased = numbers["is_rank_deficient"] or numbers["vif_beyond_chance"] > VIF_LIMIT
    return row | numbers | {"is_jointly_aliased": bool(is_aliased) and not reason, "reason": reason}


def _crossed(
    case: np.ndarray,
    levels: Mapping[str, pd.Series],
    names: tuple[str, ...],
    alone: tuple[str, ...],
) -> dict[str, object]:
    frame = _people(levels, names)
    status = case[frame.index]
    cells = frame[names[0]].str.cat(frame[names[1]], sep=APART)
    codes, found = pd.factorize(cells)
    row = _row(" x ".join(names), "crossed", len(frame), max(len(found) - 1, 0))
    reason = _unjudged(status, len(found) - 1, names, alone)
    if reason and not reason.startswith("aliased"):
        return row | {"reason": reason}
    counts = np.zeros((len(found), 2))
    np.add.at(counts, (codes, np.where(status, 0, 1)), 1)
    sizes, sums = counts.sum(axis=1), counts.sum(axis=0)
    within, total = float((counts.prod(axis=1) / sizes).sum()), float(sums.prod() / sums.sum())
    numbers = _inflation(
        float("inf") if within <= 1e-12 * total else total / within, len(frame), len(found) - 1
    )
    both = (counts > 0).all(axis=1)
    overlap = [float(counts[both, i].sum() / sums[i]) for i in (0, 1)]
    chance = [chance_overlap(sizes, int(sums[1 - i])) for i in (0, 1)]
    is_little = any(
        c >= OVERLAP_LIMIT and o < OVERLAP_LIMIT * c for o, c in zip(overlap, chance, strict=True)
    )
    is_aliased = (
        numbers["is_rank_deficient"] or numbers["vif_beyond_chance"] > VIF_LIMIT or is_little
    )
    return (
        row
        | numbers
        | {
            "case_overlap_frac": overlap[0],
            "reference_overlap_frac": overlap[1],
            "case_overlap_by_chance_frac": chance[0],
            "reference_overlap_by_chance_frac": chance[1],
            "is_jointly_aliased": bool(is_aliased) and not reason,
            "reason": reason,
        }
    )


def _row(factors: str, model: str, n_people: int, n_columns: int) -> dict[str, object]:
    blank = dict.fromkeys(JOINT_COLUMNS, NAN)
    known = {"factors": factors, "model": model, "n_people": n_people, "n_columns": n_columns}
    return {**blank, **known, "is_rank_deficient": False, "is_jointly_aliased": False, "reason": ""}


def _unjudged(
    status: np.ndarray, n_columns: int, names: tuple[str, ...], alone: tuple[str, ...]
) -> str:
    """Why a combination is not judged; blank where it is."""
    if status.all() or not status.any():
        return "nobody of one group has every factor known"
    if len(status) - 1 - n_columns < LEAST_FREEDOM:
        return f"too few people: {len(status)} for {n_columns} columns"
    mine = [name for name in names if name in alone]
    return f"aliased with {' and '.join(mine)} alone" if mine else ""


def _inflation(vif: float, n: int, rank: int) -> dict[str, float | bool]:
    """Variance inflation, as it is and beyond what so many columns do by chance."""
    beyond = vif if np.isinf(vif) else max(1.0, vif * (n - 1 - rank) / (n - 1))
    return {
        "is_rank_deficient": bool(np.isinf(vif)),
        "vif": vif,
        "vif_beyond_chance": beyond,
        "interval_widening": float(np.sqrt(vif)),
    }
