"""The explained model learnt anew on people drawn with replacement, labels and all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.exceptions import InputError
from subtyping.panel.drawing import draw_people
from subtyping.panel.panel import Panel
from subtyping.prediction.explain.fold_explanation import FoldExplanation
from subtyping.prediction.explanation import BACKGROUND_ROWS, explain
from subtyping.prediction.fold_labels import labelled_cases
from subtyping.prediction.folds import people_of
from subtyping.prediction.models import fit_model, why_not_fit
from subtyping.prediction.procedure import Procedure

__all__ = ["LEFT_OUT_ROWS", "refit_explanations"]

LEFT_OUT_ROWS = 150
"""Most samples of left-out people that one refit explains."""


@dataclass(frozen=True, eq=False)
class _RefitTask:
    """What one refit needs; picklable, and carrying its own seed."""

    procedure: Procedure
    panel: Panel
    k: int
    model: str
    settings: Mapping[str, Any] | None
    seed: int


def refit_explanations(
    procedure: Procedure,
    panel: Panel,
    *,
    model: str,
    resamples: int = 50,
    seed: int = 0,
    settings: Sequence[Mapping[str, Any]] = (),
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> tuple[FoldExplanation, ...]:
    """Learn labels and model anew on resampled people, and explain the people left out.

    In each resample people are drawn with replacement, case and reference apart, subjects whole.
    The procedure learns preparation, axis and labels from those drawn; the model learns these
    labels; case samples of people who were not drawn are explained. What varies between refits is
    what would vary between cohorts: the people, the labels, the model.

    Parameters
    ----------
    procedure : Procedure
        With ``case``, ``reference`` and ``fit(panel, seed=)``.
    panel : Panel
        All samples; only those of the procedure's groups are drawn.
    model : str
        The model to explain, see `subtyping.prediction.MODELS`.
    resamples : int, default 50
        B, at least 0.
    seed : int, default 0
        Root seed; resample k has a stream of its own.
    settings : sequence of mapping, default ()
        Settings of the model in the outer folds, which refits take in turn; without any the
        model's own.
    jobs : int, optional
        Workers; None uses every core. Results do not depend on it.
    advance : callable, optional
        Called after each refit.

    Returns
    -------
    tuple of FoldExplanation
        One for each resample in which labels and model could be learnt, in order. At most 150
        left-out samples and a background of at most 100 drawn people, both taken at random.

    Raises
    ------
    InputError
        If `resamples` is negative.

    Notes
    -----
    A resample holds about 63 % of the people, so its model is a little poorer than those of many
    folds and intervals lean to the wide side.

    References
    ----------
    Efron B, Tibshirani R (1997). doi:10.1080/01621459.1997.10474007

    Examples
    --------
    `subtyping.prediction.attribution.with_refits` takes what this returns.

    >>> from types import SimpleNamespace
    >>> asked = SimpleNamespace(case=("MDD",), reference=("HC",))
    >>> refit_explanations(asked, None, model="elastic_net", resamples=0)
    ()
    """
    if resamples < 0:
        message = f"The resamples of an explanation are 0 (none) or more; got {resamples}."
        raise InputError(message)
    if resamples == 0:
        return ()
    inside = panel.take(panel.in_groups([*procedure.case, *procedure.reference]))
    tasks = [
        _RefitTask(procedure, inside, k, model, _in_turn(settings, k), seed)
        for k in range(resamples)
    ]
    found = map_in_order(_refit, tasks, jobs=jobs, advance=advance)
    return tuple(one for one in found if one is not None)


def _in_turn(settings: Sequence[Mapping[str, Any]], k: int) -> Mapping[str, Any] | None:
    """Settings of the k-th refit."""
    return settings[k % len(settings)] if len(settings) else None


def _refit(task: _RefitTask) -> FoldExplanation | None:
    """Learn everything on the people of one resample; None where that is impossible."""
    panel, case = task.panel, task.procedure.case
    is_case, people = panel.in_groups(list(case)), people_of(panel)
    rng = stream(task.seed, "explanation refit", task.k)
    rows = draw_people(panel, is_case, rng)
    drawn = panel.resample(rows)
    seed = child_seed(task.seed, "explanation refit", task.k)
    try:
        fitted = task.procedure.fit(drawn, seed=seed)
        learning = labelled_cases(fitted, drawn, case)
    except (InputError, np.linalg.LinAlgError):
        return None
    # Who was drawn twice is one person still, also to the inner folds of a model.
    place = drawn.sample_ids.get_indexer(learning.panel.sample_ids)
    who = people[rows[place]]
    outside = np.flatnonzero(is_case & ~np.isin(people, people[rows]))
    outside = np.sort(rng.permutation(outside)[:LEFT_OUT_ROWS])
    if len(outside) == 0 or why_not_fit(who, learning.is_subtype):
        return None
    training = fitted.prepare(learning.panel)
    held = fitted.prepare(panel.take(outside))[list(training.columns)]
    # Single precision: tree explainers compare in it.
    training, held = (z.astype(np.float32).astype(float) for z in (training, held))
    X = training.to_numpy()
    model = fit_model(task.model, X, learning.is_subtype, who, seed=seed, settings=task.settings)
    some = np.sort(rng.permutation(len(X))[:BACKGROUND_ROWS])
    values, baseline = explain(model, X[some], held.to_numpy())
    return FoldExplanation(held, values, baseline, None, len(some), len(X), learning.members)
