"""Rules for a subtype and cuts of an upper tail that stand clear of the floor of their assay."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from subtyping.criteria.candidates import Candidates
from subtyping.criteria.latent_judge import Judge
from subtyping.criteria.noise import Noise
from subtyping.criteria.refusals import Cleared, clear_of_floor
from subtyping.criteria.search import Choice
from subtyping.criteria.subtype_rules import Proposed, subtype_rules
from subtyping.criteria.task import Resampling
from subtyping.criteria.upper_tail import tail_choice, upper_tail_row
from subtyping.panel.panel import Panel

__all__ = ["cleared_subtype_rules", "cleared_tail"]


def cleared_subtype_rules(
    judge: Judge,
    candidates: Candidates,
    target: str,
    floor: tuple[Panel, Noise],
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> tuple[Cleared, Proposed]:
    """Return the rules for a subtype that stand clear of the floor, and those refused.

    Parameters
    ----------
    judge : Judge
        Of the labelling learnt on everybody.
    candidates : Candidates
    target : str
        Target condition.
    floor : tuple of (Panel, Noise)
        The cases, and what is known of limits and of the assay.
    resamples : int
    jobs, advance
        As in `propose_criteria`.

    Returns
    -------
    cleared : Cleared
    proposed : Proposed
        Without rules where every marker was refused.
    """

    def choose(task: Resampling) -> Sequence[Choice | None]:
        return replace(judge, task=task, known={}).choose()

    cleared = clear_of_floor(judge.task, candidates, floor[0], choose, floor[1])
    if cleared.task is None:
        return cleared, Proposed()
    judge = replace(judge, task=cleared.task, known={})  # columns may have moved
    proposed = subtype_rules(
        judge, cleared.candidates, target, resamples, jobs=jobs, advance=advance
    )
    return cleared, proposed


def cleared_tail(
    task: Resampling,
    candidates: Candidates,
    aim: tuple[pd.Series, str, float],
    floor: tuple[Panel, Noise],
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> tuple[Cleared, Proposed]:
    """Return the cut of an upper tail that stands clear of the floor, and those refused.

    Parameters
    ----------
    task : Resampling
    candidates : Candidates
    aim : tuple of (pandas.Series, str, float)
        Skew of the cases, what it is called, and the share above the cut.
    floor, resamples, jobs, advance
        As in `cleared_subtype_rules`.

    Returns
    -------
    cleared : Cleared
    proposed : Proposed
    """
    skew, what, upper_frac = aim
    cases, noise = floor
    score = skew.reindex(cases.sample_ids).to_numpy(dtype=float)

    def choose(left: Resampling) -> Sequence[Choice | None]:
        return [tail_choice(left.values, score, upper_frac)]

    cleared = clear_of_floor(task, candidates, cases, choose, noise)
    if cleared.task is None:
        return cleared, Proposed()
    tail = upper_tail_row(
        cleared.task,
        cleared.candidates,
        skew,
        (what, upper_frac),
        resamples,
        jobs=jobs,
        advance=advance,
    )
    return cleared, Proposed([tail.rule], [tail.row])
