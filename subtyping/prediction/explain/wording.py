"""What an attribution says in words, and what it may not be read as."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping._validation import count_of

if TYPE_CHECKING:
    from subtyping.prediction.explain.fold_explanation import FoldExplanation

__all__ = ["attribution_sentence", "background_notes", "refits_note"]


def background_notes(explanations: "Sequence[FoldExplanation]", cut: float) -> tuple[str, ...]:
    """Declare the background and the groups of correlated analytes.

    Parameters
    ----------
    explanations : sequence of FoldExplanation
    cut : float
        Smallest absolute correlation within a group.

    Returns
    -------
    tuple of str
    """
    sizes = [part.n_background for part in explanations]
    each = f"{min(sizes)}" if min(sizes) == max(sizes) else f"{min(sizes)} to {max(sizes)}"
    background = (
        f"Background of the SHAP values: {each} case samples of each fold's training people that "
        "have a label, drawn at random; an analyte is switched on against these, not against "
        "healthy people."
    )
    groups = (
        "Groups of correlated analytes: complete linkage, every pair has an absolute rank "
        f"correlation of at least {cut:g} among the held-out case samples."
    )
    return background, groups


def refits_note(refits: "Sequence[FoldExplanation]") -> str:
    """Say what the intervals come from.

    Parameters
    ----------
    refits : sequence of FoldExplanation

    Returns
    -------
    str
    """
    if not refits:
        return "No intervals: the model was not refitted."
    most = max(len(part.data) for part in refits)
    return (
        f"Intervals come from {count_of(len(refits), 'refit')}: labels and model learnt anew on "
        f"people drawn with replacement, at most {most} samples of people left out explained in "
        "each."
    )


def attribution_sentence(
    model: str, scale: str, table: pd.DataFrame, explanations: "Sequence[FoldExplanation]"
) -> str:
    """Say what was explained, and what it may not be read as.

    Parameters
    ----------
    model, scale : str
        The model explained and what its attributions add up to.
    table : pandas.DataFrame
        `Attribution.table`.
    explanations : sequence of FoldExplanation
        The folds it was made from.

    Returns
    -------
    str
        Warns where attributions are by construction (label members) or arbitrary (n <= p).
    """
    name = model.replace("_", " ")
    first, samples = table.iloc[0], sum(len(part.data) for part in explanations)
    background = max(part.n_background for part in explanations)
    text = (
        f"{first['analyte']} carries the largest attribution of the {name} (mean |SHAP| "
        f"{first['mean_abs']:.2f} in {scale} over {count_of(samples, 'held-out sample')}, "
        f"against at most {background} training samples of each fold)."
    )
    members = table.loc[table["is_label_member"], "analyte"].tolist()
    if members:
        text += (
            f" The labels are made of {', '.join(members)}, so a high attribution of "
            f"{'these' if len(members) > 1 else 'this analyte'} is by construction and says "
            "nothing about causes."
        )
    permuted = table["permuted_mean_abs"].max()
    if np.isfinite(permuted):
        above = int((table["mean_abs"] > permuted).sum())
        text += (
            f" {count_of(above, 'analyte lies', 'analytes lie')} above the largest attribution "
            f"under permuted labels ({permuted:.2f})."
        )
    n_train = min(part.n_train for part in explanations)
    if n_train <= len(table):
        text += (
            f" With {n_train} training samples for {len(table)} analytes (n <= p) attributions "
            "of correlated analytes are arbitrary: read the axes, not the analytes."
        )
    return text
