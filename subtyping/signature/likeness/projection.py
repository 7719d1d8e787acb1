"""Where does each case stand between two diseases?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping._random import stream
from subtyping.signature.likeness.analytes import LikenessValues
from subtyping.signature.likeness.group_design import GroupDesign
from subtyping.signature.likeness.ridge_logistic import fit_ridge_logistic, platt
from subtyping.statistics.areas import delong_interval

__all__ = ["LEAST_PEOPLE", "PROJECTION_COLUMNS", "Projection", "project_cases"]

LEAST_PEOPLE = 15
N_FOLDS, N_REPEATS = 5, 4
PROJECTION_COLUMNS = (
    "sample_id", "group", "position", "probability", "distance_first", "distance_second",
    "is_like_neither",
)  # fmt: skip

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Projection:
    """The cases on the line between two diseases.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each case and each person of the two diseases: ``sample_id, group, position``
        (1 the mean of the first disease, -1 that of the second), ``probability`` of being more
        like the first than like the second, ``distance_first, distance_second`` (Mahalanobis, in
        the plane of the two signatures) and ``is_like_neither``. The numbers of the people of the
        two diseases are out of fold.
    first, second : str
        The two diseases.
    auc, auc_ci_low, auc_ci_high : float
        Out of fold, of the two diseases.
    calibration_slope : float
        Of the out-of-fold probabilities, 1 is perfect; NaN where they separate the diseases.
    reason : str
        Why there is no projection; blank where there is one.
    sentence : str
    """

    table: pd.DataFrame
    first: str
    second: str
    auc: float
    auc_ci_low: float
    auc_ci_high: float
    calibration_slope: float
    reason: str
    sentence: str


def project_cases(
    values: LikenessValues,
    design: GroupDesign,
    sample_ids: pd.Index,
    *,
    first: str,
    second: str,
    left_out: tuple[str, ...] = (),
    seed: int,
) -> Projection:
    """Place each case on the line from the second disease to the first.

    Plates and covariates are taken off with what cases and reference people tell of them, so the
    labels of the two diseases have no part in it; then values are z-scores against the reference
    people. A ridge logistic regression learns first against second among people of the two
    diseases alone, with equal prior odds. Its log-odds are made probabilities by Platt's method,
    fitted to log-odds of people left out (five folds, four times).

    A probability must choose, even for a person who has neither disease. So everybody also has
    two coordinates, the inner products with the signatures of the two diseases, and a distance
    from each disease in their plane. A person beyond the 95 % prediction ellipse of both is
    marked `is_like_neither`, and the probability then says little.

    Parameters
    ----------
    values : LikenessValues
    design : GroupDesign
    sample_ids : pandas.Index
        Ids of the rows of the design.
    first, second : str
        Sides of the design.
    left_out : tuple of str, optional
        Analytes that have no part (handling markers).
    seed : int

    Returns
    -------
    Projection
        Without rows and with a ``reason`` where either disease has fewer than 15 people.
    """
    groups = design.groups
    counts = {name: int((groups == name).sum()) for name in (first, second)}
    few = [f"{name} has {n} people" for name, n in counts.items() if n < LEAST_PEOPLE]
    if few:
        reason = f"{' and '.join(few)}; {LEAST_PEOPLE} are needed to learn the line"
        return no_projection(first, second, reason)
    Z = _frozen_z(values, design, left_out)
    rows = np.flatnonzero(np.isin(groups, [first, second]))
    label = groups[rows] == first
    scored, plane = _out_of_fold(Z, groups, rows, (first, second), seed)
    model = fit_ridge_logistic(Z[rows], label)
    intercept, slope = platt(scored, label)
    is_case = np.flatnonzero(groups == "case")
    log_odds = np.concatenate([model.log_odds(Z[is_case]), scored])
    coordinates = np.vstack([_plane(Z, groups, np.ones(len(Z), bool), (first, second))[is_case],
                             plane])  # fmt: skip
    middle = [scored[label].mean(), scored[~label].mean()]
    far = [_distance(coordinates, plane[mask]) for mask in (label, ~label)]
    table = pd.DataFrame(
        {
            "sample_id": sample_ids[np.concatenate([is_case, rows])],
            "group": groups[np.concatenate([is_case, rows])],
            "position": 2 * (log_odds - middle[1]) / (middle[0] - middle[1]) - 1,
            "probability": _expit(intercept + slope * log_odds),
            "distance_first": far[0][0],
            "distance_second": far[1][0],
            "is_like_neither": (far[0][0] > far[0][1]) & (far[1][0] > far[1][1]),
        }
    )
    area, low, high = delong_interval(scored, label)
    told = _calibration_slope(scored, label, seed)
    sentence = _sentence(table, (first, second), (area, low, high), told)
    return Projection(table, first, second, area, low, high, told, "", sentence)


def no_projection(first: str, second: str, reason: str) -> Projection:
    """Return the projection that is not made."""
    nan = float("nan")
    told = f"No case is placed between {first} and {second}: {reason}." if second else ""
    empty = pd.DataFrame(columns=list(PROJECTION_COLUMNS))
    return Projection(empty, first, second, nan, nan, nan, nan, reason, told)


def _frozen_z(values: LikenessValues, design: GroupDesign, left_out: tuple[str, ...]) -> Floats:
    """Return z-scores against the reference people, plates and covariates taken off."""
    kept = [j for j, name in enumerate(values.analytes) if name not in left_out]
    Y, groups = values.Y[:, kept], design.groups
    is_case, is_reference = groups == "case", groups == "reference"
    nuisance = design.matrix[:, : design.n_nuisance]
    told = is_case | is_reference
    model = np.column_stack([nuisance, is_case.astype(float)])
    beta = np.linalg.lstsq(model[told], Y[told], rcond=None)[0]
    adjusted = Y - nuisance[:, 1:] @ beta[1 : design.n_nuisance]
    healthy = adjusted[is_reference]
    spread = healthy.std(axis=0, ddof=1)
    return np.asarray((adjusted - healthy.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0))


def _out_of_fold(
    Z: Floats, groups: NDArray[np.str_], rows: NDArray[np.int64], pair: tuple[str, str], seed: int
) -> tuple[Floats, Floats]:
    """Return log-odds and plane coordinates of the people of both diseases, each left out."""
    label = groups[rows] == pair[0]
    log_odds, plane = np.zeros(len(rows)), np.zeros((len(rows), 2))
    for repeat in range(N_REPEATS):
        fold = _folds(label, stream(seed, "likeness", "folds", repeat))
        for k in range(N_FOLDS):
            out = fold == k
            log_odds[out] += fit_ridge_logistic(Z[rows[~out]], label[~out]).log_odds(Z[rows[out]])
            known = np.ones(len(Z), dtype=bool)
            known[rows[out]] = False
            plane[out] += _plane(Z, groups, known, pair)[rows[out]]
    return log_odds / N_REPEATS, plane / N_REPEATS


def _folds(label: Mask, rng: np.random.Generator) -> NDArray[np.int64]:
    fold = np.empty(len(label), dtype=np.int64)
    for value in (True, False):
        mine = rng.permutation(np.flatnonzero(label == value))
        fold[mine] = np.arange(len(mine)) % N_FOLDS
    return fold


def _plane(Z: Floats, groups: NDArray[np.str_], known: Mask, pair: tuple[str, str]) -> Floats:
    """Return inner products of everybody with the signatures that the known people show."""
    healthy = Z[groups == "reference"].mean(axis=0)
    signatures = [Z[(groups == name) & known].mean(axis=0) - healthy for name in pair]
    return np.asarray(Z @ np.column_stack(signatures) / Z.shape[1])


def _distance(points: Floats, cloud: Floats) -> tuple[Floats, float]:
    """Return Mahalanobis distances from a cloud and the 95 % limit for a new member."""
    n = len(cloud)
    covariance = np.cov(cloud, rowvar=False)
    covariance += 1e-9 * np.trace(covariance) * np.eye(2) + 1e-12 * np.eye(2)
    away = points - cloud.mean(axis=0)
    distance = np.sqrt((away @ np.linalg.inv(covariance) * away).sum(axis=1))
    limit = 2 * (n * n - 1) / (n * (n - 2)) * stats.f.ppf(0.95, 2, n - 2)
    return distance, float(np.sqrt(limit))


def _calibration_slope(log_odds: Floats, label: Mask, seed: int) -> float:
    """Slope of probabilities that were calibrated without the person they are of."""
    fold = _folds(label, stream(seed, "likeness", "calibration folds"))
    calibrated = np.empty(len(label))
    for k in range(N_FOLDS):
        out = fold == k
        intercept, slope = platt(log_odds[~out], label[~out])
        calibrated[out] = intercept + slope * log_odds[out]
    if calibrated[label].min() >= calibrated[~label].max() or np.ptp(calibrated) < 1e-9:
        return float("nan")
    return _logistic_slope(calibrated, label)


def _logistic_slope(x: Floats, label: Mask) -> float:
    """Maximum likelihood slope of the label on x, classes weighing alike."""
    weight = np.where(label, 0.5 / label.sum(), 0.5 / (~label).sum()) * len(label)
    X, beta = np.column_stack([np.ones(len(x)), x]), np.array([0.0, 1.0])
    for _ in range(50):
        probability = _expit(X @ beta)
        gradient = X.T @ (weight * (label - probability))
        hessian = (X.T * (weight * probability * (1 - probability))) @ X + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        step *= min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return float(beta[1])


def _expit(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def _sentence(
    table: pd.DataFrame, pair: tuple[str, str], area: tuple[float, float, float], slope: float
) -> str:
    if area[1] <= 0.5:
        return (
            f"Whether single cases are more like {pair[0]} or {pair[1]} cannot be told: the line "
            f"does not tell the two diseases apart (out-of-fold AUC {area[0]:.2f}, {area[1]:.2f} "
            f"to {area[2]:.2f})."
        )
    cases = table[table["group"] == "case"]
    neither = int(cases["is_like_neither"].sum())
    rest = cases[~cases["is_like_neither"]]
    told = (
        f"{int((rest['probability'] > 0.5).sum())} of {len(cases)} cases are more like {pair[0]} "
        f"than like {pair[1]}, {int((rest['probability'] <= 0.5).sum())} the other way round and "
        f"{neither} like neither (out-of-fold AUC of {pair[0]} against {pair[1]} {area[0]:.2f}, "
        f"{area[1]:.2f} to {area[2]:.2f}; "
    )
    if np.isnan(slope):
        return told + "the two are separated, so the calibration slope is not defined)."
    return told + f"calibration slope {slope:.2f})."
