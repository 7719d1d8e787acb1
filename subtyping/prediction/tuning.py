"""Choose a model's settings on inner folds of the training people, and calibrate on them too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.prediction.calibrators import Calibrator, fit_calibrator
from subtyping.prediction.models import fit_model, has_converged, why_not_fit
from subtyping.prediction.regressors import fit_regressor

__all__ = [
    "GRIDS",
    "REGRESSION_GRIDS",
    "TUNING_COLUMNS",
    "InnerFold",
    "TunedModel",
    "inner_predictions",
    "tune_model",
]

TUNING_COLUMNS = ("model", "candidate", "source", "settings", "inner_loss", "is_chosen")

_TREE_GRIDS: dict[str, tuple[dict[str, Any], ...]] = {
    "gradient_boosting": (
        {"max_iter": 60, "learning_rate": 0.1, "max_depth": 1},
        {"max_iter": 60, "learning_rate": 0.1, "max_depth": 3},
        {"max_iter": 60, "learning_rate": 0.05, "max_depth": 2},
    ),
    "random_forest": (
        {"min_samples_leaf": 3, "max_features": "sqrt"},
        {"min_samples_leaf": 10, "max_features": "sqrt"},
        {"min_samples_leaf": 5, "max_features": 0.5},
    ),
    "shallow_tree": ({"max_depth": 1}, {"max_depth": 2}, {"max_depth": 3}),
}

GRIDS: dict[str, tuple[dict[str, Any], ...]] = {
    "elastic_net": tuple(
        {"C": float(c), "l1_ratio": rho}
        for rho in (0.5, 1.0)
        for c in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    ),
    **_TREE_GRIDS,
}
"""Settings tried for each model of membership."""

REGRESSION_GRIDS: dict[str, tuple[dict[str, Any], ...]] = {
    "elastic_net": tuple(
        {"alpha": a, "l1_ratio": rho} for rho in (0.5, 1.0) for a in (1.0, 0.3, 0.1, 0.03, 0.01)
    ),
    **_TREE_GRIDS,
}
"""Settings tried for each model of a number."""

_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, eq=False)
class InnerFold:
    """One inner fold of a training part, its own labels and scale learnt without its held-out.

    Attributes
    ----------
    X_train, X_test : ndarray
        Prepared analytes.
    y_train, y_test : ndarray
        Labels (bool) or the outcome (bool or float).
    people_train : ndarray
        Person of each training row.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    people_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@dataclass(frozen=True, eq=False)
class TunedModel:
    """A model with the settings the inner folds preferred, fitted on the whole training part.

    Attributes
    ----------
    name : str
    model : scikit-learn estimator
        As fitted, before calibration.
    calibrator : Calibrator or None
    is_number : bool
        Whether it predicts a number and not a probability.
    trials : pandas.DataFrame
        ``model, candidate, source, settings, inner_loss, is_chosen``; no rows without tuning.
    settings : dict or None
        The settings chosen; None where the model's own defaults stand.
    notes : tuple of str
        What could not be done.
    """

    name: str
    model: Any
    calibrator: Calibrator | None
    is_number: bool
    trials: pd.DataFrame
    settings: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the (calibrated) probability, or the number, of each row."""
        raw = _raw(self.model, X, is_number=self.is_number)
        return raw if self.calibrator is None else self.calibrator.apply(raw)


def _fit(
    name: str,
    X: np.ndarray,
    y: np.ndarray,
    people: np.ndarray,
    settings: Mapping[str, Any] | None,
    *,
    seed: int,
    is_number: bool,
) -> Any:
    """Fit one model with one setting."""
    if is_number:
        return fit_regressor(name, X, y, people, seed=seed, settings=settings)
    return fit_model(name, X, y, people, seed=seed, settings=settings)


def _raw(model: Any, X: np.ndarray, *, is_number: bool) -> np.ndarray:
    """Predict before calibration."""
    told: np.ndarray = model.predict(X) if is_number else model.predict_proba(X)[:, 1]
    return told


def inner_predictions(
    name: str,
    inner: Sequence[InnerFold],
    settings: Mapping[str, Any],
    *,
    seed: int,
    is_number: bool = False,
) -> tuple[np.ndarray, float]:
    r"""Predict each inner held-out person with the models of one setting.

    Parameters
    ----------
    name : str
        Model.
    inner : sequence of InnerFold
    settings : mapping
        One setting.
    seed : int
    is_number : bool, default False
        Whether the outcome is a number.

    Returns
    -------
    predictions : ndarray
        Of all inner held-out rows, fold after fold.
    loss : float
        Mean log loss, or mean squared error.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 2))
    >>> fold = InnerFold(X[:40], X[:40, 0] > 0, np.arange(40), X[40:], X[40:, 0] > 0)
    >>> told, loss = inner_predictions("elastic_net", [fold], {"C": 1.0}, seed=1)
    >>> len(told), bool(loss < 0.4)
    (20, True)
    """
    parts, truths = [], []
    for fold in inner:
        model = _fit(
            name,
            fold.X_train,
            fold.y_train,
            fold.people_train,
            settings,
            seed=seed,
            is_number=is_number,
        )
        parts.append(_raw(model, fold.X_test, is_number=is_number))
        truths.append(fold.y_test)
    told, truth = np.concatenate(parts), np.concatenate(truths)
    if is_number:
        return told, float(np.mean((told - truth) ** 2))
    p = np.clip(told, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return told, float(-np.mean(np.where(truth, np.log(p), np.log1p(-p))))


def tune_model(
    name: str,
    inner: Sequence[InnerFold],
    X: np.ndarray,
    y: np.ndarray,
    people: np.ndarray,
    *,
    seed: int,
    calibrate: str | None = None,
    search: str | None = None,
    trials: int = 20,
    is_number: bool = False,
) -> TunedModel:
    r"""Choose settings by the loss on inner held-out people, then fit on the training part.

    A grid of 3 to 12 settings (`GRIDS`), or a search by Optuna that begins with the grid's first
    setting. The inner predictions of the winner teach the calibrator: it never sees a prediction
    of a person the model was fitted to.

    Parameters
    ----------
    name : str
        Model.
    inner : sequence of InnerFold
        Inner folds that can be fitted; with none the model's own defaults stand, uncalibrated.
    X, y, people : ndarray
        The training part.
    seed : int
    calibrate : {"platt", "isotonic"}, optional
        Ignored for numbers.
    search : {"optuna"}, optional
    trials : int, default 20
        Of the search.
    is_number : bool, default False
        Whether the outcome is a number.

    Returns
    -------
    TunedModel

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(90, 3))
    >>> y = X[:, 0] > 0
    >>> parts = [np.arange(90) % 3 == k for k in range(3)]
    >>> inner = [InnerFold(X[~h], y[~h], np.flatnonzero(~h), X[h], y[h]) for h in parts]
    >>> tuned = tune_model("shallow_tree", inner, X, y, np.arange(90), seed=1, calibrate="platt")
    >>> tuned.trials[["settings", "is_chosen"]].values.tolist()[0]
    ['{"max_depth": 1}', True]
    """
    import json

    usable = [fold for fold in inner if _why_not(fold, is_number=is_number) == ""]
    if not usable:
        model = _fit(name, X, y, people, None, seed=seed, is_number=is_number)
        note = ("no inner fold could be fitted",) if len(inner) else ()
        notes = (*note, *_limits(model))
        return TunedModel(name, model, None, is_number, _no_trials(), None, notes)
    if search is None:
        grid: tuple[dict[str, Any], ...] = (REGRESSION_GRIDS if is_number else GRIDS)[name]
        scored = [
            (s, *inner_predictions(name, usable, s, seed=seed, is_number=is_number)) for s in grid
        ]
    else:
        from subtyping.prediction.search import search_settings

        scored = search_settings(name, usable, trials=trials, seed=seed, is_number=is_number)
    best = int(np.argmin([loss for _, _, loss in scored]))
    table = pd.DataFrame(
        {
            "model": name,
            "candidate": range(len(scored)),
            "source": "grid" if search is None else search,
            "settings": [json.dumps(s, sort_keys=True) for s, _, _ in scored],
            "inner_loss": [loss for _, _, loss in scored],
            "is_chosen": [k == best for k in range(len(scored))],
        },
        columns=list(TUNING_COLUMNS),
    )
    model = _fit(name, X, y, people, scored[best][0], seed=seed, is_number=is_number)
    calibrator = None
    if calibrate is not None and not is_number:
        truth = np.concatenate([fold.y_test for fold in usable])
        calibrator = fit_calibrator(calibrate, scored[best][1], truth)
    return TunedModel(
        name, model, calibrator, is_number, table, dict(scored[best][0]), _limits(model)
    )


def _why_not(fold: InnerFold, *, is_number: bool) -> str:
    """Say why an inner fold cannot be used; empty where it can."""
    if len(fold.y_test) == 0 or len(fold.y_train) < 4:
        return "too few samples"
    return "" if is_number else why_not_fit(fold.people_train, np.asarray(fold.y_train, dtype=bool))


def _limits(model: Any) -> tuple[str, ...]:
    """Say whether an elastic net stopped early."""
    return () if has_converged(model) else ("the elastic net stopped at its iteration limit",)


def _no_trials() -> pd.DataFrame:
    return pd.DataFrame(columns=list(TUNING_COLUMNS))
