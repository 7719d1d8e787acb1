"""The null twin: the same pipeline on draws from a continuum fitted to this cohort."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._random import child_seed
from subtyping.cohorts import fit_continuum
from subtyping.cohorts.continuum import Continuum
from subtyping.discovery.decide import decide, study_design
from subtyping.discovery.labelling import LabellingProcedure
from subtyping.discovery.settings import DiscoverySettings
from subtyping.exceptions import InputError
from subtyping.panel import Panel
from subtyping.prediction import numbers_of, predict_membership

__all__ = ["Existence", "run_twins"]

FIDELITY_TWINS = 1
FIDELITY_RESAMPLES = 20


@dataclass(frozen=True)
class Existence:
    """The verdict as outer folds and twins ask for it: panel and seed to p-value and answer."""

    procedure: LabellingProcedure
    settings: DiscoverySettings

    def __call__(self, panel: Panel, seed: int) -> tuple[float | None, bool]:
        """Learn the labelling on `panel` and decide, with every veto, as for the whole cohort."""
        fitted = self.procedure.fit(panel)
        design = study_design(panel, self.procedure.case, self.procedure.reference)
        settings = replace(self.settings, evidence="decide", n_resamples=FIDELITY_RESAMPLES)
        verdict = decide(fitted, panel, design, settings, seed=seed)
        return verdict.p_value, verdict.is_discrete


@dataclass(frozen=True, eq=False)
class _TwinTask:
    """One draw and what is done with it; carries its own seed."""

    continuum: Continuum
    existence: Existence
    axis_of: dict[str, str]
    options: Mapping[str, Any] | None
    seed: int
    k: int


def _run_twin(task: _TwinTask) -> dict[str, float]:
    """Take one twin through discovery and, for the first few, prediction."""
    panel = task.continuum.draw(task.seed, task.k)
    seed = child_seed(task.seed, "twin", task.k)
    try:
        p_value, is_discrete = task.existence(panel, seed)
        fitted = task.existence.procedure.fit(panel)
    except InputError:
        return {"existence_p_value": np.nan}
    found = {
        "existence_p_value": float("nan") if p_value is None else p_value,
        "is_discrete": float(is_discrete),
        "upper_component_frac": fitted.model.weight,
        "level_reliability": fitted.scores.level_reliability,
    }
    if task.options is not None and task.k < FIDELITY_TWINS:
        found.update(_fidelity(task, panel, seed))
    return found


def _fidelity(task: _TwinTask, panel: Panel, seed: int) -> dict[str, float]:
    """Return every fidelity metric of one twin, named ``<model>_<metric>``."""
    try:
        prediction = predict_membership(
            task.existence.procedure,
            panel,
            axis_of=task.axis_of,
            seed=seed,
            jobs=1,
            explain=None,
            resamples=FIDELITY_RESAMPLES,
            **(task.options or {}),
        )
    except InputError:
        return {}
    return numbers_of(prediction.metrics, prediction.panels)


def run_twins(
    panel: Panel,
    procedure: LabellingProcedure,
    settings: DiscoverySettings,
    *,
    draws: int,
    axis_of: dict[str, str],
    options: Mapping[str, Any] | None,
    seed: int,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Run the pipeline on draws of the continuum that resembles this cohort.

    Every headline number stands beside the median of these draws: what the same method finds
    where there is no group.

    Parameters
    ----------
    panel : Panel
        The cohort the continuum is fitted to.
    procedure : LabellingProcedure
    settings : DiscoverySettings
    draws : int
        Number of twins; prediction runs on the first only.
    axis_of : dict of str to str
    options : mapping or None
        What `predict_membership` is given (folds, models, ...); None predicts nothing.
    seed : int
    jobs : int, optional
    advance : callable, optional

    Returns
    -------
    pandas.DataFrame
        One row for each twin: ``existence_p_value, is_discrete, upper_component_frac,
        level_reliability`` and ``<model>_<metric>``; NaN where a step could not be done.
    """
    people = panel.take(panel.in_groups([*procedure.case, *procedure.reference]))
    continuum = fit_continuum(people, case=procedure.case, reference=procedure.reference)
    existence = Existence(procedure, settings)
    tasks = [_TwinTask(continuum, existence, axis_of, options, seed, k) for k in range(draws)]
    return pd.DataFrame(map_in_order(_run_twin, tasks, jobs=jobs, advance=advance))
