"""Inner folds of a training part, the labelling procedure learnt anew in each."""

import numpy as np

from subtyping._random import child_seed
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.fold_labels import labelled_cases
from subtyping.prediction.folds import split_people
from subtyping.prediction.procedure import Procedure
from subtyping.prediction.tuning import InnerFold

__all__ = ["inner_parts"]


def inner_parts(procedure: Procedure, train: Panel, folds: int, *, seed: int) -> list[InnerFold]:
    """Split the people of a training part again and learn the procedure in each part.

    Labels of inner held-out people come from the procedure learnt on the inner training people,
    as they do in the outer folds: neither settings nor calibrators are chosen against labels that
    those people helped to make.

    Parameters
    ----------
    procedure : Procedure
    train : Panel
        Training people of one outer fold, case and reference.
    folds : int
        Inner folds, at least 2.
    seed : int
        Seed of this outer fold.

    Returns
    -------
    list of InnerFold
        Those in which the procedure could be learnt and somebody was labelled; an empty list
        where the people are too few to be split.
    """
    try:
        fold_of = split_people(
            train, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
        )
    except InputError:
        return []
    found = []
    for j in range(folds):
        part = train.take((fold_of >= 0) & (fold_of != j))
        rest = train.take(fold_of == j)
        try:
            fitted = procedure.fit(part, seed=child_seed(seed, "inner_labeller", j))
        except InputError:
            continue
        learnt = labelled_cases(fitted, part, procedure.case)
        held = labelled_cases(fitted, rest, procedure.case)
        if len(held.is_subtype) == 0 or len(learnt.is_subtype) == 0:
            continue
        X = fitted.prepare(learnt.panel)
        X_held = fitted.prepare(held.panel)[list(X.columns)]
        found.append(
            InnerFold(
                X.to_numpy(dtype=float),
                learnt.is_subtype,
                learnt.people,
                X_held.to_numpy(dtype=float),
                np.asarray(held.is_subtype, dtype=bool),
            )
        )
    return found
