"""The new people of a replication: who they are, and what cannot be a replication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from subtyping._validation import count_of, list_some
from subtyping.discovery.assigner import Assigner
from subtyping.discovery.assignment import Assignment
from subtyping.discovery.decide import study_design
from subtyping.discovery.derivation import sample_fingerprints
from subtyping.discovery.labelling import LEAST_CASES, FittedLabelling, LabellingProcedure
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.replication.frozen import FrozenSubtype, declared_axes

__all__ = ["Newcomers", "settle_newcomers"]

LEAST_REFERENCE = 8


@dataclass(frozen=True, eq=False)
class Newcomers:
    """The new people, settled: who can be assigned, and what may be learnt from them.

    Attributes
    ----------
    frozen : FrozenSubtype
    panel : Panel
        Cases and reference people that the model can assign.
    procedure : LabellingProcedure
        Of the derivation, with the groups of the new panel.
    fitted : FittedLabelling
        Frozen scores of `panel`, with a mixture of their own.
    assignment : Assignment
        Every sample of the new panel.
    n_left_out : int
        Cases and reference people the model cannot assign.
    refits_scale : bool
        Whether there are reference people enough to learn the procedure anew.
    method_reason : str
        Why not; empty where there are.
    """

    frozen: FrozenSubtype
    panel: Panel
    procedure: LabellingProcedure
    fitted: FittedLabelling
    assignment: Assignment
    n_left_out: int
    refits_scale: bool
    method_reason: str


def settle_newcomers(
    assigner: Assigner,
    panel: Panel,
    *,
    case: Sequence[str] | None,
    reference: Sequence[str] | None,
    axis: str | Mapping[str, Any] | None,
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
    _refuse_same_people(frozen, panel)
    _refuse_repeated(panel, panel.in_groups(cases))
    is_known = np.isfinite(assignment.table["probability"].to_numpy(dtype=float))
    wanted = panel.in_groups([*cases, *references])
    people = panel.take(wanted & is_known)
    n_case, n_reference = (int(people.in_groups(part).sum()) for part in (cases, references))
    if n_case < LEAST_CASES:
        message = (
            f"A replication needs at least {LEAST_CASES} new cases that the model can assign; of "
            f"{int(panel.in_groups(cases).sum())} in {list(cases)} it can assign {n_case}."
        )
        raise InputError(message)
    axes, settings = declared_axes(frozen.axis, axis), preparation
    reason = _no_method(n_reference) if n_reference < LEAST_REFERENCE else ""
    if not reason:
        settings = _without_aliased(preparation, people, cases, references)
        reason = _not_learnt(LabellingProcedure(cases, references, axes, settings), people)
    if reason:
        people, references = people.take(people.in_groups(cases)), ()
    procedure = LabellingProcedure(cases, references, axes, settings)
    return Newcomers(
        frozen=frozen,
        panel=people,
        procedure=procedure,
        fitted=frozen.over(people, procedure),
        assignment=assignment,
        n_left_out=int((wanted & ~is_known).sum()),
        refits_scale=not reason,
        method_reason=reason,
    )


def _no_method(n_reference: int) -> str:
    """Say why the whole procedure cannot learn from the new people."""
    found = "none" if n_reference == 0 else f"only {n_reference}"
    return (
        f"because the new panel has {found} of the {LEAST_REFERENCE} reference people it needs; "
        "only the mixture was refitted, on the frozen scale"
    )


def _not_learnt(procedure: LabellingProcedure, people: Panel) -> str:
    """Say why the procedure cannot be learnt from the new people; empty where it can."""
    try:
        procedure.fit(people)
    except InputError as error:
        return (
            "because the procedure cannot be learnt from the new people "
            f"({str(error).partition('. ')[0].rstrip('.')}); only the mixture was refitted, on the "
            "frozen scale"
        )
    return ""


def _without_aliased(
    preparation: dict[str, Any], people: Panel, case: tuple[str, ...], reference: tuple[str, ...]
) -> dict[str, Any]:
    """Leave plates alone where case status is aliased with them, as the derivation does."""
    if reference and "batch" in study_design(people, case, reference).aliased:
        return {**preparation, "adjust_plates": False}
    return preparation


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


def _refuse_same_people(frozen: FrozenSubtype, panel: Panel) -> None:
    """Raise if samples of the derivation are among the new ones, whatever they are called."""
    if not frozen.fingerprints:
        return
    prepared = frozen.prepare(panel)
    prints = sample_fingerprints(prepared.log2, prepared.detected)
    same = prints[prints.isin(frozen.fingerprints)]
    if len(same):
        message = (
            f"{count_of(len(same), 'sample')} of the new panel ({list_some(same.index)}) "
            f"{'holds' if len(same) == 1 else 'hold'} the very values of derivation samples, under "
            "the same or other ids: these are not independent people. Leave them out."
        )
        raise InputError(message)


def _refuse_repeated(panel: Panel, is_case: np.ndarray) -> None:
    """Raise if a person has several samples among the cases."""
    subject = panel.role("subject")
    if subject is None:
        return
    mine = subject[is_case].dropna().astype(str)
    twice = mine[mine.duplicated()].unique()
    if len(twice):
        message = (
            f"{count_of(len(twice), 'subject')} of the new cases ({list_some(twice)}) "
            f"{'has' if len(twice) == 1 else 'have'} several samples; a replication counts people. "
            "Keep one visit of each."
        )
        raise InputError(message)
