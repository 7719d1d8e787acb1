"""What one outer fold is given, and what it hands back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import FoldExplanation
from subtyping.prediction.procedure import Procedure
from subtyping.prediction.small_panels import SmallPanelFold

__all__ = ["Existence", "FoldOptions", "FoldResult", "FoldTask"]

Existence = Callable[[Panel, int], tuple[float | None, bool]]
"""An existence test: training panel and seed -> p-value and whether the part is discrete."""


@dataclass(frozen=True, eq=False)
class FoldOptions:
    """What is done inside an outer fold beyond fitting models with their own settings.

    Attributes
    ----------
    inner_folds : int or None
        Inner folds for tuning and calibration; None fits models with their own settings.
    calibrate : {"platt", "isotonic"} or None
        Calibration, learnt on the inner folds.
    search : {"optuna"} or None
        Search settings instead of trying a grid.
    trials : int
        Trials of the search.
    sizes : tuple of int
        Reduced panels.
    routine : pandas.DataFrame or None
        Routine markers in the panel's order.
    selection_draws : int
        Half-samples of the stability selection.
    """

    inner_folds: int | None = None
    calibrate: str | None = None
    search: str | None = None
    trials: int = 20
    sizes: tuple[int, ...] = ()
    routine: pd.DataFrame | None = None
    selection_draws: int = 50


@dataclass(frozen=True, eq=False)
class FoldTask:
    """What one outer fold needs; picklable, and carrying its own seed.

    Attributes
    ----------
    procedure : Procedure
        Learnt anew on the training people.
    panel : Panel
        All samples.
    fold_of : ndarray of int, shape (n_samples,)
        Fold of each sample; -1 for samples in none.
    fold : int
        This fold, from 0.
    models : tuple of str
        Models to fit.
    explain : str or None
        The model to explain.
    existence : callable or None
        Existence test run once on the training panel.
    seed : int
        Root seed.
    options : FoldOptions
        Tuning, calibration, reduced and routine panels.
    """

    procedure: Procedure
    panel: Panel
    fold_of: np.ndarray
    fold: int
    models: tuple[str, ...]
    explain: str | None
    existence: Existence | None
    seed: int
    options: FoldOptions = field(default_factory=FoldOptions)


@dataclass(frozen=True, eq=False)
class FoldResult:
    """What one outer fold found.

    Attributes
    ----------
    rows : pandas.DataFrame
        ``sample_id, fold, label, label_probability`` and ``<model>_probability`` of every
        held-out case sample; unfitted models and unlabelled samples have NaN.
    summary : dict
        The fold's row of the folds table.
    explanation : FoldExplanation or None
        SHAP values of the held-out people, before calibration.
    trials : pandas.DataFrame or None
        Settings tried on the inner folds.
    small : SmallPanelFold or None
        Reduced and routine panels.
    """

    rows: pd.DataFrame
    summary: dict[str, Any]
    explanation: FoldExplanation | None = field(default=None)
    trials: pd.DataFrame | None = None
    small: SmallPanelFold | None = None
