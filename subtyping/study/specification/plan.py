"""The grid of a study, settled from its specification and from facts of the data."""

from dataclasses import dataclass, replace

import numpy as np

from subtyping.discovery import FittedLabelling, LabellingProcedure, study_design
from subtyping.discovery.specification.algorithms import has_stepmix
from subtyping.discovery.specification.choices import COVARIATES, PreparationChoice, in_order
from subtyping.discovery.specification.features import feature_sizes
from subtyping.discovery.specification.grid import Grid, GridFacts, GridOptions, make_grid
from subtyping.panel import Panel
from subtyping.preparation.covariates import usable_covariates
from subtyping.statistics.design import DesignReport
from subtyping.study.cohort import StudyCohort
from subtyping.study.plan import StudyPlan
from subtyping.study.spec import StudySpec

__all__ = ["GridPlan", "plan_grid"]


@dataclass(frozen=True, eq=False)
class GridPlan:
    """What is run, and on whom.

    Attributes
    ----------
    panel : Panel
        Cases and reference people; nobody else teaches an analysis anything.
    fitted : FittedLabelling
        The declared preparation, every axis scored.
    design : DesignReport
    grid : Grid
    min_detected_frac : float
    """

    panel: Panel
    fitted: FittedLabelling
    design: DesignReport
    grid: Grid
    min_detected_frac: float

    def procedure(self, preparation: PreparationChoice) -> LabellingProcedure:
        """Return the study's labelling procedure with another preparation."""
        settings = preparation.settings(self.min_detected_frac)
        settings["plates"] = self.fitted.preparation.plates
        return replace(self.fitted.procedure, preparation=settings)


def plan_grid(spec: StudySpec, cohort: StudyCohort, plan: StudyPlan) -> GridPlan:
    """Settle the grid: the rules look at sizes, limits and columns, never at a result.

    Parameters
    ----------
    spec : StudySpec
    cohort : StudyCohort
    plan : StudyPlan

    Returns
    -------
    GridPlan

    Raises
    ------
    InputError
        If the declared analysis cannot be done, or no other specification is left.
    """
    panel = cohort.panel.take(cohort.panel.in_groups([*cohort.case, *cohort.reference]))
    design = study_design(panel, cohort.case, cohort.reference)
    is_reference = panel.in_groups(cohort.reference)
    recorded = usable_covariates(panel.samples, is_reference, COVARIATES)[0]
    can_adjust = _has_plates(panel) and "batch" not in design.aliased
    asked = spec.preparation
    declared = PreparationChoice(
        detection=asked.detection,
        plates="adjusted" if asked.plates != "none" and can_adjust else "as_measured",
        covariates=in_order(name for name in asked.adjust if name in recorded),
        handling="drop" if asked.handling == "drop" else "keep",
    )
    settings = declared.settings(asked.min_detected_frac)
    settings["plates"] = plan.procedure.preparation["plates"]
    fitted = replace(plan.procedure, preparation=settings).fit(panel, every_axis=True)
    facts = GridFacts(
        n_case=int(fitted.is_case.sum()),
        sizes=feature_sizes(fitted),
        recorded=recorded,
        can_adjust_plates=can_adjust,
        has_censored=_has_censored(panel, fitted),
        has_handling=bool(fitted.prepared.handling_markers),
        has_stepmix=has_stepmix(),
    )
    grid = make_grid(_options(spec), declared, facts)
    return GridPlan(panel, fitted, design, grid, asked.min_detected_frac)


def _options(spec: StudySpec) -> GridOptions:
    """Return the options of the specification in the terms of the grid."""
    asked = spec.specifications
    sets: list[list[str]] = (
        [[], ["age", "sex"], list(spec.preparation.adjust)]
        if asked.covariates is None
        else [list(names) for names in asked.covariates]
    )
    return GridOptions(
        detection=tuple(asked.detection),
        plates=tuple(asked.plates),
        covariates=tuple(tuple(names) for names in sets),
        handling=tuple(asked.handling),
        features=tuple(asked.features),
        algorithms=tuple(asked.algorithms),
        numbers=tuple(str(number) for number in asked.k),
        most_departures=asked.most_departures,
    )


def _has_plates(panel: Panel) -> bool:
    """Tell whether two plates or more are named."""
    plates = panel.role("batch")
    if plates is None:
        return False
    named = plates.dropna().astype(str).str.strip()
    return bool(named[named != ""].nunique() > 1)


def _has_censored(panel: Panel, fitted: FittedLabelling) -> bool:
    """Tell whether a value of the matrix lies below a limit that is known."""
    kept = list(fitted.preparation.kept_)
    below = panel.below_lod[kept].to_numpy(dtype=bool)
    return bool((below & np.isfinite(panel.lod[kept].to_numpy(dtype=float))).any())
