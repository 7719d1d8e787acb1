"""Split-panel fidelity: labels from half of an axis, predicted from its other half."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.discovery.labelling import LabellingProcedure
from subtyping.panel.panel import Panel
from subtyping.prediction.folds import people_of
from subtyping.prediction.left_out import outer_folds
from subtyping.prediction.routine import align_routine
from subtyping.prediction.split_panel_fold import SplitTask, run_split
from subtyping.prediction.split_panel_result import SplitPanelFidelity, join_splits, not_applicable

__all__ = ["LEAST_MEMBERS", "split_panel_fidelity"]

LEAST_MEMBERS = 3
"""Fewest detected members in each half."""


def split_panel_fidelity(
    procedure: LabellingProcedure,
    panel: Panel,
    *,
    routine: pd.DataFrame | None = None,
    splits: int = 10,
    folds: int | str = 5,
    resamples: int = 200,
    seed: int,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> SplitPanelFidelity:
    """Label by a random half of the detected axis members, predict from the other half.

    In each split the detected members of the declared axis are halved at random. In each outer
    fold the whole procedure is learnt on the training people with the first half as the axis; the
    second half stays out of the general level. A ridge logistic regression learns these labels
    from the second half (mean 0, SD 1 in the reference people, level not removed), from the routine
    markers, and from both, and is judged on the held-out people's labels. Assay errors of the two
    halves are apart, so this is agreement beyond the label's own noise. The mean over splits is
    reported.

    Parameters
    ----------
    procedure : LabellingProcedure
        Its first axis is split.
    panel : Panel
        The cohort, or a continuum twin of it.
    routine : pandas.DataFrame, optional
        Routine markers, index ``sample_id``; one that is itself a label member of a split stays
        out of that split.
    splits : int, default 10
        Random halvings.
    folds : int or {"leave_one_site_out", "leave_one_plate_out"}, default 5
    resamples : int, default 200
        Bootstrap draws of people.
    seed : int
    jobs : int, optional
    advance : callable, optional
        Called once for each split and fold.

    Returns
    -------
    SplitPanelFidelity
        Not applicable, with the reason, where a half would hold fewer than 3 detected members.

    Raises
    ------
    InputError
        If the people are too few for the folds or the procedure cannot be learnt on all people.

    Notes
    -----
    Never counted as evidence of existence: read it beside its continuum twin.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40, n_analytes=30).panel
    >>> own = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> found = split_panel_fidelity(own, panel, seed=1, jobs=1)
    >>> found.is_applicable, found.reason
    (False, 'each half needs 3 detected members of the Th2 axis; the panel has 5 in all')
    """
    fold_of, names = outer_folds(
        panel, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
    )
    members = tuple(procedure.fit(panel, child_seed(seed, "split_panel", "members")).members)
    if len(members) // 2 < LEAST_MEMBERS:
        reason = (
            f"each half needs {LEAST_MEMBERS} detected members of the {procedure.axes[0].name} "
            f"axis; the panel has {len(members)} in all"
        )
        return not_applicable(reason)
    levels = align_routine(routine, panel)
    halves = [_halve(members, seed, s) for s in range(splits)]
    tasks = [
        SplitTask(procedure, panel, fold_of, k, half, rest, levels, seed)
        for half, rest in halves
        for k in range(len(names))
    ]
    told = map_in_order(run_split, tasks, jobs=jobs, advance=advance)
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    per = [
        pd.concat(told[s * len(names) : (s + 1) * len(names)], ignore_index=True)
        for s in range(splits)
    ]
    return join_splits(per, halves, people, resamples=resamples, seed=seed)


def _halve(
    members: tuple[str, ...], seed: int, split: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Label members (the smaller half) and predictor members of one split."""
    shuffled = stream(seed, "prediction", "split_panel", split).permutation(np.array(members))
    cut = len(members) // 2
    first, second = sorted(map(str, shuffled[:cut])), sorted(map(str, shuffled[cut:]))
    return tuple(first), tuple(second)
