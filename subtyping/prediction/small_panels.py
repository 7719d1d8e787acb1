"""The same labels from fewer analytes, and from routine markers: fidelity against size."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.prediction.fold_labels import Learning
from subtyping.prediction.models import fit_model
from subtyping.prediction.routine import RoutineScale
from subtyping.prediction.selection import choose_analytes, entry_frequencies

__all__ = [
    "PANEL_COLUMNS",
    "SELECTION_COLUMNS",
    "SMALL_MODEL",
    "SmallPanelFold",
    "fit_small_panels",
    "panel_key",
    "selection_table",
]

PANEL_COLUMNS = ("panel", "size", "metric", "value", "ci_low", "ci_high", "null_twin", "analytes")
SELECTION_COLUMNS = ("size", "analyte", "chosen_frac", "entry_frac", "n_folds", "is_label_member")

SMALL_MODEL = {"C": 1.0, "l1_ratio": 0.0}
"""Ridge logistic regression for panels of a handful of analytes."""


@dataclass(frozen=True, eq=False)
class SmallPanelFold:
    """What one outer fold found with fewer analytes.

    Attributes
    ----------
    probabilities : pandas.DataFrame
        One column for each panel (see `panel_key`), rows of the held-out case samples.
    chosen : pandas.DataFrame
        ``size, analyte, entry_frac, is_chosen`` of every analyte that ever entered.
    members : tuple of str
        Axis members the labels were made of.
    """

    probabilities: pd.DataFrame
    chosen: pd.DataFrame
    members: tuple[str, ...]


def panel_key(size: int) -> str:
    """Return the column of the reduced panel of one size."""
    return f"reduced_{size}"


def fit_small_panels(
    learning: Learning,
    training: pd.DataFrame,
    test: pd.DataFrame,
    *,
    sizes: tuple[int, ...],
    routine: tuple[pd.DataFrame, pd.DataFrame] | None,
    draws: int,
    seed: int,
) -> SmallPanelFold:
    """Choose few analytes among the training people, fit, predict the held-out people.

    Analytes of a size are those most often among the first that enter the lasso path of half the
    training people (`entry_frequencies`); a ridge logistic regression is fitted to them. The
    routine panel is the same regression on the routine markers, and tells nothing about people in
    whom none was measured.

    Parameters
    ----------
    learning : Learning
        Training labels.
    training, test : pandas.DataFrame
        Prepared analytes of the training and of the held-out case samples.
    sizes : tuple of int
        Numbers of analytes.
    routine : tuple of pandas.DataFrame or None
        Levels of training and held-out samples.
    draws : int
        Half-samples of the stability selection.
    seed : int

    Returns
    -------
    SmallPanelFold
    """
    y, people = learning.is_subtype, learning.people
    told = pd.DataFrame(index=range(len(test)))
    rows: list[dict[str, object]] = []
    if sizes:
        X = training.to_numpy(dtype=float)
        most = min(max(sizes), X.shape[1])
        share = entry_frequencies(X, y, people, most=most, draws=draws, seed=seed)
        for size in (k for k in sizes if k <= most):
            columns = choose_analytes(share, size)
            told[panel_key(size)] = _predict(
                X[:, columns], y, people, test.to_numpy(dtype=float)[:, columns], seed
            )
            rows.extend(
                {
                    "size": size,
                    "analyte": str(training.columns[j]),
                    "entry_frac": float(share[size - 1, j]),
                    "is_chosen": bool(j in columns),
                }
                for j in np.flatnonzero(share[size - 1] > 0)
            )
    if routine is not None:
        scale = RoutineScale.learn(routine[0])
        if scale.markers:
            given = routine[1][list(scale.markers)].notna().any(axis=1).to_numpy()
            p = _predict(scale.apply(routine[0]), y, people, scale.apply(routine[1]), seed)
            told["routine"] = np.where(given, p, np.nan)
    chosen = pd.DataFrame(rows, columns=["size", "analyte", "entry_frac", "is_chosen"])
    return SmallPanelFold(told, chosen, learning.members)


def _predict(
    X: np.ndarray, y: np.ndarray, people: np.ndarray, X_test: np.ndarray, seed: int
) -> np.ndarray:
    """Fit the small model and predict; the training share where no analyte is left."""
    if X.shape[1] == 0:
        return np.full(len(X_test), float(np.mean(y)))
    model = fit_model("elastic_net", X, y, people, seed=seed, settings=SMALL_MODEL)
    told: np.ndarray = model.predict_proba(X_test)[:, 1]
    return told


def selection_table(folds: list[SmallPanelFold]) -> pd.DataFrame:
    """Return how often each analyte was chosen, by size.

    Parameters
    ----------
    folds : list of SmallPanelFold

    Returns
    -------
    pandas.DataFrame
        ``size, analyte, chosen_frac, entry_frac, n_folds, is_label_member``: the share of outer
        folds that chose it, the mean share of half-samples in which it was among the first `size`
        to enter, the folds, and whether the labels of any fold were made of it. Most often chosen
        first; analytes chosen in no fold are left out.
    """
    parts = [fold.chosen for fold in folds if len(fold.chosen)]
    if not parts:
        return pd.DataFrame(columns=list(SELECTION_COLUMNS))
    members = {name for fold in folds for name in fold.members}
    joined = pd.concat(parts, ignore_index=True)
    sums = joined.groupby(["size", "analyte"], as_index=False, sort=True)[
        ["is_chosen", "entry_frac"]
    ].sum()
    sums = sums.assign(
        chosen_frac=sums["is_chosen"] / len(parts),
        entry_frac=sums["entry_frac"] / len(parts),
        n_folds=len(parts),
        is_label_member=sums["analyte"].isin(members),
    )
    table = sums[sums["chosen_frac"] > 0].sort_values(
        ["size", "chosen_frac", "entry_frac", "analyte"], ascending=[True, False, False, True]
    )
    return table[list(SELECTION_COLUMNS)].reset_index(drop=True)
