"""Boosting, forest and shallow tree, for a membership or for a number."""

from collections.abc import Mapping
from typing import Any

from subtyping._random import child_seed

__all__ = ["TREE_SETTINGS", "tree_model"]

TREE_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "gradient_boosting": {
        "max_iter": 100,
        "learning_rate": 0.1,
        "max_leaf_nodes": 8,
        "max_depth": 3,
        "min_samples_leaf": 5,
        "l2_regularization": 1.0,
    },
    "random_forest": {"n_estimators": 100, "min_samples_leaf": 3, "max_features": "sqrt"},
    "shallow_tree": {"max_depth": 3, "min_samples_leaf": 5},
}
"""Settings of each model where none are given."""


def tree_model(name: str, *, seed: int, settings: Mapping[str, Any] | None, is_number: bool) -> Any:
    """Return one of the tree models, not fitted yet.

    Parameters
    ----------
    name : {"gradient_boosting", "random_forest", "shallow_tree"}
    seed : int
        Root seed of the fit.
    settings : mapping or None
        Arguments that replace those of `TREE_SETTINGS`.
    is_number : bool
        Squared error for a number; the log loss (or Gini impurity) for a membership.

    Returns
    -------
    scikit-learn estimator

    Examples
    --------
    >>> tree_model("shallow_tree", seed=1, settings={"max_depth": 2}, is_number=True).max_depth
    2
    """
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    chosen = {**TREE_SETTINGS[name], **(settings or {}), "random_state": child_seed(seed, name)}
    if name == "gradient_boosting":
        boosting = HistGradientBoostingRegressor if is_number else HistGradientBoostingClassifier
        return boosting(**chosen, early_stopping=False)
    if name == "random_forest":
        forest = RandomForestRegressor if is_number else RandomForestClassifier
        return forest(**chosen, n_jobs=1)
    return (DecisionTreeRegressor if is_number else DecisionTreeClassifier)(**chosen)
