"""SHAP values of one fitted model for people it has not seen: the one door to shap."""

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from subtyping.exceptions import SubtypingError

__all__ = ["BACKGROUND_ROWS", "explain", "scale_of"]

BACKGROUND_ROWS = 100
"""Most training samples of a fold that serve as the background."""

_ADDITIVITY = 1e-6
_EXPLAINED = ("coef_", "tree_", "estimators_", "_predictors")  # linear; a tree, many, boosted ones


def _import_shap() -> ModuleType:
    """Import shap without the warnings its import provokes."""
    with warnings.catch_warnings():
        # shap builds its colour maps with matplotlib calls that are pending deprecation; nothing
        # is drawn here and nothing a user could change would silence them.
        warnings.simplefilter("ignore")
        import shap
    module: ModuleType = shap
    return module


def explain(model: Any, background: np.ndarray, held_out: np.ndarray) -> tuple[np.ndarray, float]:
    r"""Return SHAP values of a fitted model for held-out samples.

    Interventional Shapley values: :math:`f(x) = \phi_0 + \sum_j \phi_j(x)` with
    :math:`\phi_0` the mean of f over the background and :math:`\phi_j` the mean contribution of
    analyte j over all orders in which its value may replace the background's. For a linear
    model :math:`\phi_j = \beta_j (x_j - \bar x_j)`. The explainer follows from the kind of
    estimator: linear for one with coefficients, tree for trees and sums or means of trees, behind
    any transformers of a pipeline that keep the columns. f is what the estimator adds up: log-odds
    where it has them (logistic, boosting), the probability for means of leaves (forest, single
    tree); see `scale_of`.

    Parameters
    ----------
    model : scikit-learn estimator
        Fitted, of two classes.
    background : ndarray of shape (n_background, n_analytes)
        Training samples against which an analyte is switched on.
    held_out : ndarray of shape (n, n_analytes)
        Samples to explain.

    Returns
    -------
    values : ndarray of shape (n, n_analytes)
        Attributions on the scale of `scale_of`.
    baseline : float
        Mean of the background on that scale.

    Raises
    ------
    SubtypingError
        If the estimator is neither linear nor made of trees, or the attributions and the baseline
        do not add up to its prediction within 1e-6.

    References
    ----------
    Lundberg SM, Erion G, Chen H, et al. From local explanations to global understanding with
    explainable AI for trees. Nat Mach Intell 2020;2:56-67.
    https://doi.org/10.1038/s42256-019-0138-9

    Examples
    --------
    >>> from subtyping.prediction.models import fit_model
    >>> X = np.random.default_rng(0).normal(size=(80, 3))
    >>> model = fit_model("elastic_net", X[:60], X[:60, 1] > 0, np.arange(60), seed=0)
    >>> values, baseline = explain(model, X[:60], X[60:])
    >>> values.shape, int(np.abs(values).mean(axis=0).argmax())
    ((20, 3), 1)
    >>> bool(np.allclose(values.sum(axis=1) + baseline, model.decision_function(X[60:])))
    True
    """
    shap = _import_shap()
    scale = scale_of(model)
    before, last = _split(model)
    of_background = before(background)
    if hasattr(last, "coef_"):
        masker = shap.maskers.Independent(of_background, max_samples=len(background))
        face = (last.coef_[0], float(last.intercept_[0]))
        values = shap.LinearExplainer(face, masker).shap_values(before(held_out))
    else:
        explainer = shap.TreeExplainer(
            last, data=of_background, feature_perturbation="interventional", model_output="raw"
        )
        values = explainer.shap_values(before(held_out), check_additivity=False)
    values = np.asarray(values, dtype=float)
    if values.ndim == 3:  # one layer for each class; the second is the subtype
        values = values[:, :, 1]
    values = values.reshape(held_out.shape)
    baseline = float(np.mean(_predicted(model, background, scale)))
    _check_additivity(values, baseline, _predicted(model, held_out, scale), scale)
    return values, baseline


def scale_of(model: Any) -> str:
    """Return the scale on which the attributions of a fitted model add up.

    Parameters
    ----------
    model : scikit-learn estimator
        Fitted.

    Returns
    -------
    {"log-odds", "probability"}

    Raises
    ------
    SubtypingError
        If the estimator is neither linear nor made of trees.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = np.random.default_rng(0).normal(size=(30, 2))
    >>> scale_of(DecisionTreeClassifier(max_depth=1).fit(X, X[:, 0] > 0))
    'probability'
    """
    last = _split(model)[1]
    if not any(hasattr(last, name) for name in _EXPLAINED):
        message = (
            "SHAP values are computed for linear models and trees; got a "
            f"{type(last).__name__}. Explain the model inside it."
        )
        raise SubtypingError(message)
    return "log-odds" if hasattr(last, "decision_function") else "probability"


def _split(model: Any) -> tuple[Callable[[np.ndarray], np.ndarray], Any]:
    """Return what a pipeline does to the analytes, and its last estimator."""
    if not hasattr(model, "steps"):
        return np.asarray, model
    before = model[:-1]
    return (before.transform if len(before) else np.asarray), model[-1]


def _predicted(model: Any, X: np.ndarray, scale: str) -> np.ndarray:
    """Prediction of the model on its scale."""
    if scale == "log-odds":
        return np.asarray(model.decision_function(X), dtype=float)
    return np.asarray(model.predict_proba(X)[:, 1], dtype=float)


def _check_additivity(
    values: np.ndarray, baseline: float, predicted: np.ndarray, scale: str = "log-odds"
) -> None:
    """Raise unless attributions and baseline add up to the model's prediction within 1e-6."""
    gap = float(np.max(np.abs(values.sum(axis=1) + baseline - predicted), initial=0.0))
    if not gap <= _ADDITIVITY:
        message = (
            f"SHAP values must add up to the model's {scale} within {_ADDITIVITY:g}; the "
            f"largest gap is {gap:.3g}. Report this with the versions of shap and scikit-learn."
        )
        raise SubtypingError(message)
