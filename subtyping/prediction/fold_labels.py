"""Labels of a training part and of its held-out people, by a procedure learnt on the former."""

from dataclasses import dataclass

import numpy as np

from subtyping.panel.panel import Panel
from subtyping.prediction.folds import people_of
from subtyping.prediction.procedure import FittedProcedure

__all__ = ["Learning", "as_label", "labelled_cases", "membership"]


@dataclass(frozen=True, eq=False)
class Learning:
    """Training case samples of a fold that have a label.

    Attributes
    ----------
    panel : Panel
        The samples.
    is_subtype : ndarray of bool
        Their labels.
    people : ndarray of str
        Who gave them.
    members : tuple of str
        Axis members the labels were made of.
    """

    panel: Panel
    is_subtype: np.ndarray
    people: np.ndarray
    members: tuple[str, ...]


def membership(fitted: FittedProcedure, panel: Panel) -> np.ndarray:
    """Return the membership probability of each sample in the panel's order; NaN where none."""
    table = fitted.label(panel).table.set_index("sample_id")["probability"]
    return table.reindex(panel.sample_ids).to_numpy(dtype=float)


def as_label(probability: np.ndarray) -> np.ndarray:
    """Return subtype above one half, other at or below, unclear without a probability."""
    side = np.where(probability > 0.5, "subtype", "other")
    return np.where(np.isfinite(probability), side, "unclear").astype(object)


def labelled_cases(fitted: FittedProcedure, train: Panel, case: tuple[str, ...]) -> Learning:
    """Return the case samples of a panel that have a label."""
    cases = train.take(train.in_groups(list(case)))
    probability = membership(fitted, cases)
    has_label = np.isfinite(probability)
    labelled = cases.take(has_label)
    is_subtype = probability[has_label] > 0.5
    return Learning(labelled, is_subtype, people_of(labelled), tuple(fitted.members))
