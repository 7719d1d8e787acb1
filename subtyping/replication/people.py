"""The new people of a replication: who they are, and what cannot be a replication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from subtyping._validation import list_some
from subtyping.discovery.assigner import Assigner
from subtyping.discovery.assignment import Assignment
from subtyping.discovery.decide import study_design
from subtyping.discovery.labelling import LEAST_CASES, FittedLabelling, LabellingProcedure
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.replication.frozen import FrozenSubtype, declared_axes
from subtyping.replication.independence import (
    refuse_derivation_ids,
    refuse_repeated,
    refuse_same_values,
)
from subtyping.statistics.design import DesignReport

__all__ = ["Newcomers", "settle_newcomers"]

LEAST_REFERENCE = 8


@dataclass(frozen=True, eq=False)
class Newcomers:
    """The new people, settled: who can be assigned, and what may be learnt from them.

    Attributes
    ----------
    frozen : FrozenSubtype
    panel : Panel
        Cases and reference people that the model can assign; fewer than 8 reference people take
        no part.
    procedure : LabellingProcedure
        Of the derivation, with the groups of the new panel.
    fitted : FittedLabelling
        Frozen scores of `panel`, with a mixture of their own.
    assignment : Assignment
        Every sample of the new panel.
    n_left_out : int
        Cases and reference people that take no part.
    design : DesignReport or None
        How far case status is aliased; None without 8 reference people.
    refitted : FittedLabelling or None
        The procedure learnt anew from `panel`; None where that cannot be done.
    method_reason : str
        Why it cannot; empty where it can.
    """

    frozen: FrozenSubtype
    panel: Panel
    procedure: LabellingProcedure
    fitted: FittedLabelling
    assignment: Assignment
    n_left_out: int
    design: DesignReport | None
    refitted: FittedLabelling | None
    method_reason: str


def settle_newcomers(
    assigner: Assigner,
    panel: Panel,
    *,
    case: Sequence[str] | None,
    reference: Sequence[str] | None,
    axis: str | Mapping[str, Any] | None,
    own_numbering: bool = False,
) -> Newcomers:
    """Refuse what cannot be a replication, and fix who and what takes part.

    Parameters
    ----------
    assigner : Assigner
    panel : Panel
    case, reference : sequence of str or None
        Groups of the new panel; those of the derivation by default.
    axis : str or mapping or None
        As it was declared for the derivation.
    own_numbering : bool, default False
        Whether equal ids are other people; the values are compared anyway.

    Returns
    -------
    Newcomers

    Raises
    ------
    InputError
        See `replicate_subtype`.
    """
    _require_candidate(assigner)
    frozen = FrozenSubtype.of(assigner)
    preparation = dict(assigner.card["preparation"]["settings"])
    defaults = {
        part: [str(name) for name in preparation.pop(part)] for part in ("case", "reference")
    }
    cases = _groups(panel, case, defaults["case"], "case")
    references = _groups(panel, reference, defaults["reference"], "reference")
    if set(cases) & set(references):
        both = list_some(sorted(set(cases) & set(references)))
        message = f"A group is case or reference, not both: {both}. Name the groups apart."
        raise InputError(message)
    assignment = assigner.assign(panel)  # refuses another unit, platform or panel
    block, wanted = assigner.card.get("replication") or {}, panel.in_groups([*cases, *references])
    if not own_numbering:
        refuse_derivation_ids(block, panel)
    refuse_same_values(block, frozen.prepare(panel))
    refuse_repeated(panel, wanted)
    is_known = np.isfinite(assignment.table["probability"].to_numpy(dtype=float))
    people = panel.take(wanted & is_known)
    n_case, n_reference = (int(people.in_groups(part).sum()) for part in (cases, references))
    if n_case < LEAST_CASES:
        message = (
            f"A replication needs at least {LEAST_CASES} new cases that the model can assign; of "
            f"{int(panel.in_groups(cases).sum())} in {list(cases)} it can assign {n_case}."
        )
        raise InputError(message)
    design = None
    if n_reference < LEAST_REFERENCE:
        reason = _no_method(n_reference)
        people, references = people.take(people.in_groups(cases)), ()
    else:
        design, reason = study_design(people, cases, references), ""
        if "batch" in design.aliased:  # plates are then left alone, as in the derivation
            preparation["adjust_plates"] = False
    procedure = LabellingProcedure(cases, references, declared_axes(frozen.axis, axis), preparation)
    refitted = None
    if design is not None and not design.is_blocked:
        refitted, reason = _learnt(procedure, people)
    return Newcomers(
        frozen=frozen,
        panel=people,
        procedure=procedure,
        fitted=frozen.over(people, procedure),
        assignment=assignment,
        n_left_out=int(wanted.sum()) - len(people.sample_ids),
        design=design,
        refitted=refitted,
        method_reason=reason,
    )


def _no_method(n_reference: int) -> str:
    """Say why the whole procedure cannot learn from the new people."""
    found, left_out = "none", ""
    if n_reference:
        found, left_out = f"only {n_reference}", ", and they take no part"
    return (
        f"because the new panel has {found} of the {LEAST_REFERENCE} reference people it needs"
        f"{left_out}; only the mixture was refitted, on the frozen scale"
    )


def _learnt(procedure: LabellingProcedure, people: Panel) -> tuple[FittedLabelling | None, str]:
    """Learn the procedure from the new people, or say why that cannot be done."""
    try:
        return procedure.fit(people), ""
    except InputError as error:
        return None, (
            "because the procedure cannot be learnt from the new people "
            f"({str(error).partition('. ')[0].rstrip('.')}); only the mixture was refitted, on the "
            "frozen scale"
        )


def _require_candidate(assigner: Assigner) -> None:
    """Raise unless the run found a candidate."""
    verdict = assigner.card["verdict"]
    if verdict["kind"] != "discrete":
        message = (
            f"The run's verdict was {verdict['kind']}: there is no candidate subtype to replicate. "
            "Replicate a run whose verdict is discrete, or run the study on the new people."
        )
        raise InputError(message)


def _groups(
    panel: Panel, given: Sequence[str] | None, default: Sequence[str], part: str
) -> tuple[str, ...]:
    """Return the groups of one part; those of the derivation need not be there as reference."""
    wanted = tuple(map(str, given if given else default))
    panel.in_groups(wanted)  # says so where no group column was declared
    counts = panel.samples["group"].dropna().astype(str).value_counts().sort_index()
    absent = [name for name in wanted if name not in counts.index]
    if absent and (given or part == "case"):
        found = ", ".join(f"{name} ({n})" for name, n in counts.items()) or "none"
        source = "" if given else " (the derivation's)"
        message = (
            f"No new sample has the {part} group {absent[0]!r}{source}. Groups found: {found}. "
            f"Name the {part} group with --{part}."
        )
        raise InputError(message)
    return tuple(name for name in wanted if name not in absent)
