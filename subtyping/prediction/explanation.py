"""SHAP values of one fitted model for people it has not seen: the one door to shap."""

import warnings
from types import ModuleType
from typing import Any

import numpy as np

from subtyping.exceptions import SubtypingError

__all__ = ["BACKGROUND_ROWS", "explain"]

BACKGROUND_ROWS = 100
"""Most training samples of a fold that serve as the background."""

_ADDITIVITY = 1e-6


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
    r"""Return SHAP values, in log-odds, of a fitted model for held-out samples.

    Interventional Shapley values: :math:`f(x) = \phi_0 + \sum_j \phi_j(x)` with
    :math:`\phi_0` the mean log-odds of the background and :math:`\phi_j` the mean contribution of
    analyte j over all orders in which its value may replace the background's. For the elastic
    net :math:`\phi_j = \beta_j (x_j - \bar x_j)`. Log-odds, because there both models add up
    exactly; the values are not changes of probability.

    Parameters
    ----------
    model : scikit-learn estimator
        An elastic net or a gradient boosting of `fit_model`.
    background : ndarray of shape (n_background, n_analytes)
        Training samples against which an analyte is switched on.
    held_out : ndarray of shape (n, n_analytes)
        Samples to explain.

    Returns
    -------
    values : ndarray of shape (n, n_analytes)
        Attributions in log-odds.
    baseline : float
        Mean log-odds of the background.

    Raises
    ------
    SubtypingError
        If the attributions and the baseline do not add up to the log-odds within 1e-6.

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
    baseline = float(np.mean(model.decision_function(background)))
    if hasattr(model, "steps"):
        scaler, logistic = model[0], model[-1]
        masker = shap.maskers.Independent(scaler.transform(background), max_samples=len(background))
        face = (logistic.coef_[0], float(logistic.intercept_[0]))
        values = shap.LinearExplainer(face, masker).shap_values(scaler.transform(held_out))
    else:
        explainer = shap.TreeExplainer(
            model, data=background, feature_perturbation="interventional", model_output="raw"
        )
        values = explainer.shap_values(held_out, check_additivity=False)
    values = np.asarray(values, dtype=float).reshape(held_out.shape)
    _check_additivity(values, baseline, model.decision_function(held_out))
    return values, baseline


def _check_additivity(values: np.ndarray, baseline: float, log_odds: np.ndarray) -> None:
    """Raise unless attributions and baseline add up to the model's log-odds within 1e-6."""
    gap = float(np.max(np.abs(values.sum(axis=1) + baseline - log_odds), initial=0.0))
    if not gap <= _ADDITIVITY:
        message = (
            f"SHAP values must add up to the model's log-odds within {_ADDITIVITY:g}; the "
            f"largest gap is {gap:.3g}. Report this with the versions of shap and scikit-learn."
        )
        raise SubtypingError(message)
