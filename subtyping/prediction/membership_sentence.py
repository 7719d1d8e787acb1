"""The sentence of a prediction: the fidelity, what it is not, what happened to the folds."""

import numpy as np
import pandas as pd

from subtyping._validation import count_of

__all__ = ["membership_sentence"]


def membership_sentence(
    out_of_fold: pd.DataFrame, metrics: pd.DataFrame, folds: pd.DataFrame
) -> str:
    """Say the fidelity, what it is not, and what happened to the folds."""
    auc = metrics[metrics["metric"] == "fidelity_auc_out_of_fold"]
    said = [
        f"{model.replace('_', ' ')} {value:.3f}" + _interval(low, high)
        for model, value, low, high in zip(
            auc["model"], auc["value"], auc["ci_low"], auc["ci_high"], strict=True
        )
        if np.isfinite(value)
    ]
    n_folds = count_of(len(folds), "outer fold")
    if said:
        text = (
            f"Assignment fidelity over {n_folds} and {count_of(len(out_of_fold), 'case sample')}: "
            f"out-of-fold AUC {', '.join(said)}. It tells how well models re-predict the "
            "procedure's own labels, is as high for a cut through a continuum, and is no "
            "evidence of a subtype."
        )
    else:
        text = f"Assignment fidelity could not be measured in any of {n_folds}."
    unfitted = folds[~folds["is_fitted"]]
    for fold, reason in zip(unfitted["fold"], unfitted["reason"], strict=True):
        text += f" Fold {fold} was not fitted: {reason.rstrip('.')}."
    tested = folds["is_discrete"].dropna()
    if len(tested):
        text += f" The training part was discrete in {int(tested.sum())} of {n_folds}."
    return text


def _interval(low: float, high: float) -> str:
    """Interval in brackets; empty where it does not exist."""
    return f" ({low:.3f} to {high:.3f})" if np.isfinite(low) and np.isfinite(high) else ""
