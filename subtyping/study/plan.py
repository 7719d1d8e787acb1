"""What a specification asks of the rooms below, settled before the first computation."""

from dataclasses import dataclass
from typing import Any

from subtyping._validation import nearest
from subtyping.criteria import Aim
from subtyping.criteria.noise import Noise
from subtyping.discovery import (
    DiscoverySettings,
    LabellingProcedure,
    make_procedure,
    power_surface,
)
from subtyping.exceptions import SpecError
from subtyping.knowledge import resolve_analyte
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.routine import routine_analytes
from subtyping.signature.sides import Side
from subtyping.study.cohort import StudyCohort
from subtyping.study.signature_plan import (
    check_knowledge,
    declared_contrasts,
    declared_families,
)
from subtyping.study.spec import StudySpec

__all__ = ["StudyPlan", "make_plan"]

Contrasts = dict[str, tuple[Side, Side]]


@dataclass(frozen=True)
class StudyPlan:
    """The declared choices of one study in the terms of the rooms.

    Attributes
    ----------
    procedure : LabellingProcedure
    discovery : DiscoverySettings
    contrasts : dict
        Name to the two sides; the cases first, then each comparison group, then those declared.
    covariates : tuple of str
        Adjusted for in the contrasts, those declared in the samples table only.
    axis_of : dict of str to str
        Axis of each member analyte, for attributions.
    markers : tuple of str or None
        Markers the criteria may use; None leaves the choice to the procedure.
    families : dict of str to list of str
        Analytes of each declared family of contrasts, under their names on the panel.
    """

    procedure: LabellingProcedure
    discovery: DiscoverySettings
    contrasts: Contrasts
    covariates: tuple[str, ...]
    axis_of: dict[str, str]
    markers: tuple[str, ...] | None
    families: dict[str, list[str]]


def make_plan(spec: StudySpec, cohort: StudyCohort) -> StudyPlan:
    """Settle the plan of a study, or say what in the specification does not fit the data.

    Parameters
    ----------
    spec : StudySpec
    cohort : StudyCohort

    Returns
    -------
    StudyPlan

    Raises
    ------
    InputError
        If the axis is unknown, a marker of the criteria, or one whose repeatability is given, is
        neither an analyte of the panel nor a routine marker, or a lower limit is given of what is
        no analyte of it.
    """
    check_knowledge(spec)
    Aim(spec.criteria.choose_by, spec.criteria.choose_at)  # says what is missing or out of range
    _require_known_names(spec, cohort)
    axis, choice = spec.discovery.axis, spec.preparation
    declared = axis.name if axis.members is None else axis.model_dump()
    preparation = {
        "detection": choice.detection,
        "min_detected_frac": choice.min_detected_frac,
        "adjust": tuple(choice.adjust),
        "adjust_plates": choice.plates != "none",
        "plates": "location" if choice.plates == "none" else choice.plates,
        "drop_handling": choice.handling == "drop",
        "regress_handling": choice.handling == "regress_out",
    }
    procedure = make_procedure(
        cohort.panel,
        case=cohort.case,
        reference=cohort.reference,
        axis=declared,
        other_axes=spec.axes,
        preparation=preparation,
    )
    wanted = choice.adjust if spec.signature.covariates is None else spec.signature.covariates
    minimum = spec.discovery.minimum_subtype
    if spec.discovery.power == "stored":
        _require_known_power(minimum.fraction, minimum.effective_separation)
    return StudyPlan(
        procedure=procedure,
        discovery=DiscoverySettings(
            n_bootstrap=spec.discovery.bootstrap,
            n_resamples=spec.discovery.resamples,
            minimum_fraction=minimum.fraction,
            minimum_separation=minimum.effective_separation,
            power=spec.discovery.power,
            assay_cv_pct=spec.discovery.assay_cv_pct,
            allow_aliased=spec.discovery.allow_aliased,
        ),
        contrasts=_contrasts(cohort) | declared_contrasts(spec, cohort),
        covariates=tuple(name for name in wanted if name in cohort.panel.samples),
        axis_of={member: item.name for item in reversed(procedure.axes) for member in item.members},
        markers=_markers(spec, cohort),
        families=declared_families(spec, cohort),
    )


def _require_known_names(spec: StudySpec, cohort: StudyCohort) -> None:
    """Raise if a repeatability or a lower limit is given of what was not measured."""
    icc: Any = spec.criteria.icc
    if isinstance(icc, dict):
        icc = {name: tuple(one) if isinstance(one, list) else one for name, one in icc.items()}
    Noise(icc=icc, lloq=spec.criteria.lloq).for_people(cohort.panel, cohort.routine)


def _require_known_power(fraction: float, separation: float) -> None:
    """Raise if the smallest subtype of interest is smaller than any whose power is stored."""
    surface = power_surface()
    for name, value in (("fraction", fraction), ("effective_separation", separation)):
        least = float(surface[name].min())
        if value < least:
            message = (
                f"discovery.minimum_subtype.{name} must be at least {least:g}, the smallest whose "
                f"power is stored; got {value:g}. Ask for discovery.power: simulated instead."
            )
            raise SpecError(message)


def _contrasts(cohort: StudyCohort) -> Contrasts:
    """Name the contrasts: cases, then each comparison group, against the reference."""
    against = "+".join(cohort.reference)
    contrasts: Contrasts = {
        f"{'+'.join(cohort.case)} vs {against}": (cohort.case, cohort.reference)
    }
    for group in cohort.comparison:
        contrasts[f"{group} vs {against}"] = ((group,), cohort.reference)
    return contrasts


def _markers(spec: StudySpec, cohort: StudyCohort) -> tuple[str, ...] | None:
    """Resolve the markers the criteria may use."""
    if spec.criteria.markers is None:
        return None
    joined = routine_analytes(cohort.panel)
    own = [name for name in map(str, cohort.panel.values.columns) if name not in joined]
    known = [*own, *cohort.routine_columns]
    by_analyte = {routine_analyte(name): name for name in cohort.routine_columns}
    chosen = []
    for name in spec.criteria.markers:
        marker = name if name in known else resolve_analyte(name) or name
        marker = by_analyte.get(marker, marker) if marker not in known else marker
        if marker not in known:
            message = (
                f"criteria.markers: {name!r} is neither an analyte of the panel nor a routine "
                f"marker.{nearest(name, known)}"
            )
            raise SpecError(message)
        chosen.append(marker)
    return tuple(chosen)
