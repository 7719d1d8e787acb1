"""The same four models for an external outcome that is a number."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from subtyping._random import stream
from subtyping._validation import one_of
from subtyping.prediction.folds import deal_people
from subtyping.prediction.models import MODELS
from subtyping.prediction.trees import tree_model

__all__ = ["fit_regressor"]

_INNER_FOLDS = 5


def fit_regressor(
    name: str,
    X: np.ndarray,
    y: np.ndarray,
    people: np.ndarray,
    *,
    seed: int,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    r"""Fit one model of a number.

    The models of `fit_model` with squared error in place of the log loss. ``elastic_net``
    standardises the analytes and minimises
    :math:`\tfrac{1}{2n}|y - X\beta|^2 + \alpha(\rho|\beta|_1 + \tfrac{1-\rho}{2}|\beta|_2^2)` with
    :math:`\alpha` in SD of the outcome; without settings :math:`\rho` is one half and
    :math:`\alpha` is chosen by inner cross-validation that keeps a person together.

    Parameters
    ----------
    name : {"elastic_net", "gradient_boosting", "random_forest", "shallow_tree"}
    X : ndarray of shape (n_samples, n_analytes)
    y : ndarray of float, shape (n_samples,)
    people : ndarray of shape (n_samples,)
        Person of each sample.
    seed : int
    settings : mapping, optional
        Arguments of the estimator; for ``elastic_net`` ``alpha`` (SD of the outcome) and
        ``l1_ratio``.

    Returns
    -------
    scikit-learn estimator
        Fitted, with ``predict``.

    Raises
    ------
    InputError
        If `name` is none of the models.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(80, 4))
    >>> model = fit_regressor("elastic_net", X, 3 + 2 * X[:, 0], np.arange(80), seed=1)
    >>> bool(np.corrcoef(model.predict(X), X[:, 0])[0, 1] > 0.99)
    True
    """
    one_of(name, MODELS, "A prediction model")
    if name == "elastic_net":
        return _elastic_net(X, y, people, seed, dict(settings or {}))
    return tree_model(name, seed=seed, settings=settings, is_number=True).fit(X, y)


def _elastic_net(
    X: np.ndarray, y: np.ndarray, people: np.ndarray, seed: int, settings: dict[str, Any]
) -> Any:
    """Standardise analytes, express the penalty in SD of the outcome, fit."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import ElasticNet, ElasticNetCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    spread = float(np.std(y)) or 1.0
    if settings:
        alpha = spread * float(settings.pop("alpha", 0.1))
        line: Any = ElasticNet(**({"l1_ratio": 0.5} | settings), alpha=alpha, max_iter=5000)
    else:
        folds = min(_INNER_FOLDS, len(np.unique(people)))
        strata = np.repeat("", len(people))
        fold = deal_people(people, strata, folds, stream(seed, "inner_folds"))
        line = ElasticNetCV(
            alphas=spread * np.logspace(0, -2.5, 8),
            l1_ratio=0.5,
            cv=[(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(folds)],
            max_iter=5000,
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a path cut short is still usable
        return make_pipeline(StandardScaler(), line).fit(X, y)
