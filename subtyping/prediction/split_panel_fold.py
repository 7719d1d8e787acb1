"""One split of an axis in one outer fold."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.discovery.labelling import LabellingProcedure
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel
from subtyping.prediction.fold_labels import as_label, labelled_cases, membership
from subtyping.prediction.models import fit_model, why_not_fit
from subtyping.prediction.routine import RoutineScale
from subtyping.prediction.small_panels import SMALL_MODEL

__all__ = ["SplitTask", "run_split"]


@dataclass(frozen=True, eq=False)
class SplitTask:
    """One split in one outer fold; picklable, and carrying its own seed.

    Attributes
    ----------
    procedure : LabellingProcedure
        Its first axis is split.
    panel : Panel
        All samples.
    fold_of : ndarray of int, shape (n_samples,)
        Fold of each sample; -1 for samples in none.
    fold : int
    half, rest : tuple of str
        Label members and predictor members.
    routine : pandas.DataFrame or None
        Routine markers in the panel's order.
    seed : int
        Root seed.
    """

    procedure: LabellingProcedure
    panel: Panel
    fold_of: np.ndarray
    fold: int
    half: tuple[str, ...]
    rest: tuple[str, ...]
    routine: pd.DataFrame | None
    seed: int


def run_split(task: SplitTask) -> pd.DataFrame:
    """Return the held-out rows of one split in one fold.

    Parameters
    ----------
    task : SplitTask

    Returns
    -------
    pandas.DataFrame
        ``sample_id, fold, label`` and a probability from each predictor set that could be fitted.
    """
    case = task.procedure.case
    axis = task.procedure.axes[0]
    outside = [name for name in (*axis.members, *axis.correlates) if name not in task.half]
    own = replace(
        axis,
        members=task.half,
        correlates=tuple(dict.fromkeys((*outside, *task.rest))),
        is_named=False,
    )
    procedure = replace(task.procedure, axes=(own, *task.procedure.axes[1:]))
    train = task.panel.take((task.fold_of >= 0) & (task.fold_of != task.fold))
    held = task.panel.take((task.fold_of == task.fold) & task.panel.in_groups(case))
    rows = pd.DataFrame(
        {"sample_id": held.sample_ids.to_numpy(dtype=object), "fold": task.fold, "label": "unclear"}
    ).astype({"label": object})
    try:
        fitted = procedure.fit(train, seed=child_seed(task.seed, "split_panel", task.fold))
    except InputError:
        return rows
    rows["label"] = as_label(membership(fitted, held))
    learning = labelled_cases(fitted, train, case)
    if why_not_fit(learning.people, learning.is_subtype):
        return rows
    z, z_held = fitted.prepare(learning.panel), fitted.prepare(held)
    kept = [name for name in task.rest if name in z.columns]
    sets = {"other_half": (z[kept].to_numpy(dtype=float), z_held[kept].to_numpy(dtype=float))}
    sets |= _routine_sets(task, learning.panel, held, sets["other_half"])
    for name, (X, X_held) in sets.items():
        if X.shape[1] == 0:
            continue
        model = fit_model(
            "elastic_net",
            X,
            learning.is_subtype,
            learning.people,
            seed=child_seed(task.seed, "split_panel", "model", task.fold),
            settings=SMALL_MODEL,
        )
        rows[name] = model.predict_proba(X_held)[:, 1]
    return rows


def _routine_sets(
    task: SplitTask, train: Panel, held: Panel, half: tuple[np.ndarray, np.ndarray]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Predictor sets with routine markers, those the labels are made of left out."""
    if task.routine is None:
        return {}
    free = [one for one in task.routine.columns if routine_analyte(str(one)) not in task.half]
    scale = RoutineScale.learn(task.routine.loc[train.sample_ids, free])
    if not scale.markers:
        return {}
    X, X_held = (scale.apply(task.routine.loc[p.sample_ids]) for p in (train, held))
    both = np.hstack([half[0], X]), np.hstack([half[1], X_held])
    return {"routine": (X, X_held), "other_half_and_routine": both}
