"""What a specification asks of the signature, held against the data and the tables of knowledge."""

from subtyping._validation import nearest
from subtyping.exceptions import SpecError
from subtyping.knowledge import resolve_analyte
from subtyping.knowledge.blockades import blocked_pathways
from subtyping.knowledge.drugs import known_drug
from subtyping.signature.sides import Side, contrast_sides
from subtyping.study.cohort import StudyCohort
from subtyping.study.spec import StudySpec

__all__ = ["check_knowledge", "declared_contrasts", "declared_families"]


def declared_contrasts(spec: StudySpec, cohort: StudyCohort) -> dict[str, tuple[Side, Side]]:
    """Return the contrasts of ``signature.contrasts`` by name.

    Raises
    ------
    InputError
        If a side names what the samples table does not hold, or both sides share people.
    """
    samples = cohort.panel.samples
    contrasts = {name: item.sides for name, item in spec.signature.contrasts.items()}
    for name, (case, reference) in contrasts.items():
        contrast_sides(samples, name, case, reference)
    for name, item in spec.signature.reversal.observed.items():
        contrast_sides(samples, name, item.after, item.before)
    return dict(contrasts)


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
    for name in asked.drugs or ():
        known_drug(name)
    known = list(blocked_pathways())
    for name in asked.pathways or ():
        if name not in known:
            message = (
                f"signature.reversal.pathways: there is no pathway {name!r}; known are "
                f"{', '.join(known)}.{nearest(name, known)}"
            )
            raise SpecError(message)
