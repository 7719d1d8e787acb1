"""SHAP values of one outer fold, as the fold hands them over."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["FoldExplanation"]


@dataclass(frozen=True, eq=False)
class FoldExplanation:
    """SHAP values of one fold's held-out people.

    Attributes
    ----------
    data : pandas.DataFrame of shape (n, n_kept)
        Prepared analytes of the held-out case samples, index ``sample_id``.
    values : ndarray of shape (n, n_kept)
        SHAP values, on the scale of the model.
    baseline : float
        Mean prediction of the fold's background on that scale.
    permuted : ndarray of shape (n, n_kept) or None
        The same from a model trained on permuted labels; None where that could not be fitted.
    n_background : int
        Samples in the background: labelled training case samples of the fold, drawn at random.
    n_train : int
        Training samples the model learnt from.
    members : tuple of str
        Axis members the fold's labels were made of.
    """

    data: pd.DataFrame
    values: np.ndarray
    baseline: float
    permuted: np.ndarray | None
    n_background: int
    n_train: int
    members: tuple[str, ...]
