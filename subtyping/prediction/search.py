"""Search settings with Optuna: the one door to optuna, which comes with the extra ``search``."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from subtyping._random import child_seed
from subtyping.exceptions import InputError
from subtyping.prediction.tuning import GRIDS, REGRESSION_GRIDS, InnerFold, inner_predictions

__all__ = ["require_optuna", "search_settings"]


def require_optuna() -> ModuleType:
    """Return the optuna module.

    Returns
    -------
    module

    Raises
    ------
    InputError
        If optuna is not installed; says how to install it.
    """
    try:
        import optuna  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        message = (
            "prediction.search: optuna needs the library optuna, which is not installed. Install "
            "it with pip install 'subtyping[search]', or leave prediction.search out: the grids "
            "need no other library."
        )
        raise InputError(message) from None
    module: ModuleType = optuna
    return module


def search_settings(
    name: str,
    inner: Sequence[InnerFold],
    *,
    trials: int,
    seed: int,
    is_number: bool = False,
) -> list[tuple[dict[str, Any], np.ndarray, float]]:
    """Search the settings of one model by the loss on inner held-out people.

    A tree-structured Parzen estimator with the run's own seed, begun at the first setting of the
    grid, so that no search is worse than that setting on the inner folds.

    Parameters
    ----------
    name : str
        Model.
    inner : sequence of InnerFold
    trials : int
        Settings to try, at least 1.
    seed : int
    is_number : bool, default False
        Whether the outcome is a number.

    Returns
    -------
    list of tuple
        Settings, inner predictions and loss of each trial, in order.

    Raises
    ------
    InputError
        If optuna is not installed.

    References
    ----------
    Akiba T, Sano S, Yanase T, Ohta T, Koyama M. Optuna: a next-generation hyperparameter
    optimization framework. KDD 2019:2623-2631. https://doi.org/10.1145/3292500.3330701
    """
    optuna = require_optuna()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    found: list[tuple[dict[str, Any], np.ndarray, float]] = []

    def loss_of(trial: Any) -> float:
        settings = _suggest(name, trial, is_number=is_number)
        told, loss = inner_predictions(name, inner, settings, seed=seed, is_number=is_number)
        found.append((settings, told, loss))
        return loss

    sampler = optuna.samplers.TPESampler(seed=child_seed(seed, "search", name))
    study = optuna.create_study(direction="minimize", sampler=sampler)
    study.enqueue_trial(dict((REGRESSION_GRIDS if is_number else GRIDS)[name][0]))
    study.optimize(loss_of, n_trials=max(1, trials))
    return found


def _suggest(name: str, trial: Any, *, is_number: bool) -> dict[str, Any]:
    """Ask for one setting of a model."""
    if name == "elastic_net":
        penalty = "alpha" if is_number else "C"
        limits = (1e-3, 2.0) if is_number else (3e-3, 10.0)
        return {
            penalty: trial.suggest_float(penalty, *limits, log=True),
            "l1_ratio": trial.suggest_float("l1_ratio", 0.05, 1.0),
        }
    if name == "gradient_boosting":
        return {
            "max_iter": trial.suggest_int("max_iter", 20, 200),
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
            "max_depth": trial.suggest_int("max_depth", 1, 4),
        }
    if name == "random_forest":
        return {
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 1, 20),
            "max_features": trial.suggest_categorical("max_features", ["sqrt", 0.25, 0.5, 1.0]),
        }
    return {
        "max_depth": trial.suggest_int("max_depth", 1, 3),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 3, 30),
    }
