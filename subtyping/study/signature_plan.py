"""What a specification asks of the signature, held against the data and the tables of knowledge."""

from collections.abc import Mapping

import pandas as pd

from subtyping._validation import nearest
from subtyping.exceptions import SpecError
from subtyping.knowledge import resolve_analyte
from subtyping.knowledge.blockades import blocked_pathways
from subtyping.knowledge.drugs import known_drug
from subtyping.signature.sides import Side, contrast_sides
from subtyping.study.cohort import StudyCohort
from subtyping.study.cohort_sections import as_group
from subtyping.study.spec import StudySpec

__all__ = ["check_knowledge", "declared_contrasts", "declared_families"]


def declared_contrasts(spec: StudySpec, cohort: StudyCohort) -> dict[str, tuple[Side, Side]]:
    """Return the contrasts of ``signature.contrasts`` by name.

    Raises
    ------
    InputError
        If a side names what the samples table does not hold, both sides share people, or a name is
        that of a contrast every study has.
    """
    samples, asked = cohort.panel.samples, spec.signature
    contrasts = {name: item.sides for name, item in asked.contrasts.items()}
    against = "+".join(cohort.reference)
    own = {f"{group} vs {against}" for group in ("+".join(cohort.case), *cohort.comparison)}
    for name, sides in contrasts.items():
        if name in own:
            message = (
                f"signature.contrasts: {name!r} is made without being asked for; give another name."
            )
            raise SpecError(message)
        _check_sides(samples, f"signature.contrasts.{name}", name, sides)
    for name, item in asked.reversal.observed.items():
        sides = item.after, item.before
        _check_sides(samples, f"signature.reversal.observed.{name}", name, sides)
    return dict(contrasts)


def _check_sides(samples: pd.DataFrame, key: str, name: str, sides: tuple[Side, Side]) -> None:
    """Raise where a side is not there, or names a value that no sample has beside one that is."""
    contrast_sides(samples, name, *sides)
    for side in sides:
        wanted = side if isinstance(side, Mapping) else {"group": side}
        for role, values in wanted.items():
            there = dict.fromkeys(as_group(value) for value in samples[role].dropna())
            absent = [str(value) for value in values if as_group(str(value)) not in there]
            if absent:
                message = (
                    f"{key}: no sample has the {role} {absent[0]!r}.{nearest(absent[0], there)}"
                )
                raise SpecError(message)


def declared_families(spec: StudySpec, cohort: StudyCohort) -> dict[str, list[str]]:
    """Return the analytes of each family under their names on the panel.

    Raises
    ------
    SpecError
        If a name is no analyte of the panel, or two names are one analyte.
    """
    known = [str(name) for name in cohort.panel.values.columns]
    families: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for family, names in spec.signature.families.items():
        families[family] = []
        for name in names:
            analyte = name if name in known else resolve_analyte(name) or name
            if analyte not in known:
                message = (
                    f"signature.families.{family}: {name!r} is no analyte of the panel."
                    f"{nearest(name, known)}"
                )
                raise SpecError(message)
            if analyte in seen:
                message = f"signature.families: {seen[analyte]!r} and {name!r} are one analyte."
                raise SpecError(message)
            seen[analyte] = name
            families[family].append(analyte)
    return families


def check_knowledge(spec: StudySpec) -> None:
    """Raise where a drug or a pathway is not in the tables of knowledge."""
    asked = spec.signature.reversal
    seen: dict[str, str] = {}
    for name in asked.drugs or ():
        drug = known_drug(name)
        if drug in seen:
            message = f"signature.reversal.drugs: {seen[drug]!r} and {name!r} are one drug."
            raise SpecError(message)
        seen[drug] = name
    known = list(blocked_pathways())
    for name in asked.pathways or ():
        if name not in known:
            message = (
                f"signature.reversal.pathways: there is no pathway {name!r}; known are "
                f"{', '.join(known)}.{nearest(name, known)}"
            )
            raise SpecError(message)
