"""The whole procedure inside the bootstrap: labels, markers and thresholds chosen anew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.criteria.choosing import fresh_cuts
from subtyping.criteria.latent_judge import Judged, judge_of
from subtyping.criteria.operating import OperatingCharacteristics
from subtyping.criteria.search import Choice
from subtyping.criteria.task import Resampling
from subtyping.exceptions import InputError
from subtyping.panel.drawing import draw_people

__all__ = ["Resample", "resample_rules"]


@dataclass(frozen=True, eq=False)
class Resample:
    """One resample.

    Attributes
    ----------
    prevalence_frac : float
        Share of the resampled cases in the subtype, by the resample's own labels.
    chosen : tuple of Choice or None
        Rule of each size, as chosen on the resample.
    inside, outside : tuple of Judged or None
        Those rules among the resampled cases, and among the cases the resample left out.
    frozen : tuple of Judged or None
        The final rules among the resampled cases.
    refitted : tuple of Choice or None
        Final markers with the cuts this resample gives them.
    fixed : tuple of OperatingCharacteristics
        Of the published rules, in the resampled cases.
    """

    prevalence_frac: float
    chosen: tuple[Choice | None, ...]
    inside: tuple[Judged | None, ...]
    outside: tuple[Judged | None, ...]
    frozen: tuple[Judged | None, ...]
    refitted: tuple[Choice | None, ...]
    fixed: tuple[OperatingCharacteristics, ...] = field(default=())


def resample_rules(
    task: Resampling,
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> list[Resample]:
    """Repeat the whole procedure on resampled people, subjects staying whole.

    Parameters
    ----------
    task : Resampling
    resamples : int
        How many; resample *k* draws from its own stream, so the order and the number of workers
        do not matter.
    jobs : int, optional
        Workers; None uses every core.
    advance : callable, optional
        Called after each resample.

    Returns
    -------
    list of Resample
        Those in which the procedure could be fitted.
    """
    found = map_in_order(partial(_resample, task), range(resamples), jobs=jobs, advance=advance)
    return [one for one in found if one is not None]


def _resample(task: Resampling, k: int) -> Resample | None:
    rows = draw_people(task.panel, task.is_case, stream(task.seed, "criteria", k))
    seed = child_seed(task.seed, "criteria labels", k)
    cases = task.panel.take(task.is_case)
    counts = np.bincount(rows, minlength=len(task.is_case))[task.is_case].astype(float)
    try:
        fitted = task.procedure.fit(task.panel.resample(rows), seed=seed)
        judge = judge_of(task, fitted, cases, counts)
    except (InputError, np.linalg.LinAlgError):
        return None
    options: dict[str, Any] = {
        "aim": task.aim,
        "target_prevalence_frac": task.target_prevalence_frac,
        "is_log": task.is_log or None,
    }
    given = (task.values, judge.probability, counts)
    chosen = judge.choose()
    if chosen[0] is None:
        return None
    outside = (counts == 0).astype(float)
    return Resample(
        judge.prevalence_frac,
        chosen,
        tuple(judge.judge(rule, counts) for rule in chosen),
        tuple(judge.judge(rule, outside) for rule in chosen),
        tuple(judge.judge(rule, counts) for rule in task.final),
        tuple(fresh_cuts(*given, rule, **options) for rule in task.final),
        tuple(judge.against(flags, judge.probability, counts) for flags in task.fixed),
    )
