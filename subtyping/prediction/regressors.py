"""The same four models for an external outcome that is a number."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from subtyping._random import child_seed, stream
from subtyping._validation import one_of
from subtyping.prediction.folds import deal_people
from subtyping.prediction.models import FOREST_TREES, MODELS, TREE_DEPTH

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
    chosen = dict(settings or {})
    random_state = child_seed(seed, name)
    if name == "elastic_net":
        return _elastic_net(X, y, people, seed, chosen)
    if name == "gradient_boosting":
        from sklearn.ensemble import HistGradientBoostingRegressor

        boosting: dict[str, Any] = {
            "max_leaf_nodes": 8,
            "max_depth": 3,
            "min_samples_leaf": 5,
            "l2_regularization": 1.0,
        }
        model: Any = HistGradientBoostingRegressor(
            **(boosting | chosen), early_stopping=False, random_state=random_state
        )
    elif name == "random_forest":
        from sklearn.ensemble import RandomForestRegressor

        forest: dict[str, Any] = {
            "n_estimators": FOREST_TREES,
            "min_samples_leaf": 3,
            "max_features": "sqrt",
        }
        model = RandomForestRegressor(**(forest | chosen), n_jobs=1, random_state=random_state)
    else:
        from sklearn.tree import DecisionTreeRegressor

        tree: dict[str, Any] = {"max_depth": TREE_DEPTH, "min_samples_leaf": 5}
        model = DecisionTreeRegressor(**(tree | chosen), random_state=random_state)
    return model.fit(X, y)


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
