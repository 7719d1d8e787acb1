"""What every replication of a simulated study has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from subtyping._validation import nearest
from subtyping.axes import AxisDefinition, define_axes
from subtyping.cohorts import DESIGNS
from subtyping.exceptions import InputError, SpecError
from subtyping.knowledge import immune_axes
from subtyping.study.replications.truths import TRUTHS, Truth
from subtyping.study.spec import StudySpec

__all__ = ["ReplicationPlan", "plan_replications"]

CASE, REFERENCE = "MDD", "HC"
COVARIATES = ("age", "sex", "bmi")


@dataclass(frozen=True)
class ReplicationPlan:
    """A simulated design and how each draw of it is analysed.

    Attributes
    ----------
    design : str
    settings : mapping
        Settings of the design.
    seed : int
        Root seed; replication k draws its cohort with a seed of its own.
    title : str
        What is true of people.
    axis : AxisDefinition
        The axis that is called or not, and that the drug is taken to block.
    preparation, contrast : mapping
        Options of `Preparation` and of `differential_abundance`.
    least_true_log2 : float
        True difference from which an analyte counts as truly different.
    random_sets : int
        Sets of other analytes that are clamped for comparison.
    """

    design: str
    settings: Mapping[str, Any]
    seed: int
    title: str
    axis: AxisDefinition
    preparation: Mapping[str, Any] = field(default_factory=dict)
    contrast: Mapping[str, Any] = field(default_factory=dict)
    least_true_log2: float = 0.2925
    random_sets: int = 39


def plan_replications(
    study: StudySpec | Truth | str, *, seed: int | None = None, random_sets: int = 39
) -> ReplicationPlan:
    """Settle what is drawn and how it is analysed.

    Parameters
    ----------
    study : StudySpec, Truth or str
        A specification with ``cohort.simulate``, a truth, or the name of one of `TRUTHS` or of a
        design.
    seed : int, optional
        Root seed; that of the specification, or 0, by default.
    random_sets : int, default 39

    Returns
    -------
    ReplicationPlan

    Raises
    ------
    InputError
        If the specification reads a file, declares groups of its own, or the name is unknown.

    Examples
    --------
    >>> plan = plan_replications("no_th2", seed=3)
    >>> plan.design, dict(plan.settings), plan.axis.name
    ('index_study', {'case_th2': 0.0}, 'Th2')
    """
    if isinstance(study, StudySpec):
        return _of_spec(study, study.seed if seed is None else seed, random_sets)
    truth = study if isinstance(study, Truth) else _truth(study)
    return ReplicationPlan(
        design=truth.design,
        settings=dict(truth.settings),
        seed=0 if seed is None else seed,
        title=truth.title,
        axis=define_axes("Th2")[0],
        contrast={"covariates": COVARIATES},
        random_sets=random_sets,
    )


def _truth(name: str) -> Truth:
    if name in TRUTHS:
        return TRUTHS[name]
    if name in DESIGNS:
        return Truth(name, DESIGNS[name].title, name)
    known = [*TRUTHS, *DESIGNS]
    message = f"No truth is called {name!r}; known are {', '.join(known)}.{nearest(name, known)}"
    raise InputError(message)


def _of_spec(spec: StudySpec, seed: int, random_sets: int) -> ReplicationPlan:
    wanted = spec.cohort.simulate
    if wanted is None:
        message = (
            "Replications need a simulated cohort, whose truth is known; this study reads files. "
            "Write cohort: {simulate: {design: index_study}}, or leave signature.replications out."
        )
        raise SpecError(message)
    if spec.cohort.groups is not None:
        message = (
            f"Replications compare the simulated groups, {CASE} with {REFERENCE}; take "
            "cohort.groups out."
        )
        raise SpecError(message)
    choice, axis = spec.preparation, spec.discovery.axis
    covariates = choice.adjust if spec.signature.covariates is None else spec.signature.covariates
    declared = axis.name if axis.members is None else axis.model_dump()
    return ReplicationPlan(
        design=wanted.design,
        settings=dict(wanted.settings),
        seed=seed,
        title=DESIGNS[wanted.design].title if wanted.design in DESIGNS else wanted.design,
        axis=define_axes(declared, spec.axes)[0],
        preparation={
            "detection": choice.detection,
            "min_detected_frac": choice.min_detected_frac,
            "adjust": tuple(choice.adjust),
            "adjust_plates": choice.plates != "none",
            "plates": "location" if choice.plates == "none" else choice.plates,
        },
        contrast={
            "covariates": tuple(covariates),
            "batch": choice.plates != "none",
            "min_detected_frac": choice.min_detected_frac,
        },
        random_sets=random_sets,
    )


def blocked_analytes(axis: AxisDefinition) -> tuple[str, ...]:
    """Return the analytes that blocking the axis is taken to bring to the healthy level."""
    known = immune_axes().get(axis.name)
    return tuple(dict.fromkeys([*axis.members, *([] if known is None else known.analytes)]))
