"""Which members of a set are measurable, and what a dropped set was short of."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping._validation import nearest
from subtyping.axes.definition import AxisDefinition
from subtyping.axes.set_scores.models import COMPETITIVE_METHODS
from subtyping.axes.set_scores.sentences import method_note
from subtyping.exceptions import InputError

__all__ = ["as_definitions", "choose_sets", "everything_detected", "member_table"]

COLUMNS = (
    "set",
    "analyte",
    "is_used",
    "weight",
    "reason",
    "detected_case_frac",
    "detected_reference_frac",
)


def as_definitions(
    sets: Mapping[str, Sequence[str]] | Sequence[AxisDefinition] | None,
) -> tuple[AxisDefinition, ...]:
    """Return the sets as definitions; a mapping holds lists of one's own (one member is enough)."""
    if not sets:
        message = "There is no set to score; give sets={'name': ['CCL17', 'CCL11', ...]}."
        raise InputError(message)
    if not isinstance(sets, Mapping):
        return tuple(sets)
    found = []
    for name, members in sets.items():
        if isinstance(members, str) or not len(members):
            message = f"Set {name!r} needs a list of analytes; got {members!r}."
            raise InputError(message)
        distinct = tuple(dict.fromkeys(str(item) for item in members))
        found.append(AxisDefinition(name=str(name), members=distinct, is_named=False))
    return tuple(found)


def everything_detected(analytes: Collection[str]) -> pd.DataFrame:
    """Return the detection table of a matrix that is taken as detected throughout."""
    return pd.DataFrame(
        {
            "analyte": list(analytes),
            "detected_case_frac": 1.0,
            "detected_reference_frac": 1.0,
            "reason": "",
        }
    )


def member_table(
    axis: AxisDefinition,
    detection: pd.DataFrame,
    analytes: Collection[str],
    *,
    least_detected: float,
    by_detection: bool,
) -> pd.DataFrame:
    """Return each member with its detected fractions, whether it is used, and its weight.

    A member is used if it is detected in at least `least_detected` of the cases or of the
    reference people and stands in the matrix. Its weight is 1, or with `by_detection` the mean of
    the two detected fractions.
    """
    measured = {str(row["analyte"]): row for row in detection.to_dict("records")}
    rows = []
    for analyte in axis.members:
        row = measured.get(analyte)
        if row is None:
            hint = "" if axis.is_named else _hint(analyte, measured)
            reason = f"is not on the panel{hint}"
            rows.append((axis.name, analyte, False, 0.0, reason, np.nan, np.nan))
            continue
        case, reference = float(row["detected_case_frac"]), float(row["detected_reference_frac"])
        known = [value for value in (case, reference) if np.isfinite(value)]
        is_detected = max(known, default=0.0) >= least_detected
        is_used = is_detected and analyte in analytes
        reason = (
            "" if is_used else f"is detected in {case:.0%} of cases, {reference:.0%} of reference"
        )
        if is_detected and not is_used:
            reason = f"is not in the matrix ({row.get('reason') or 'left out'})"
        weight = float(is_used) * (float(np.mean(known)) if by_detection and known else 1.0)
        rows.append((axis.name, analyte, is_used, weight, reason, case, reference))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _hint(analyte: str, measured: Collection[str]) -> str:
    close = nearest(analyte, measured).strip()
    return f" ({close[0].lower()}{close[1:]})" if close else ""


def choose_sets(
    definitions: Sequence[AxisDefinition],
    detection: pd.DataFrame,
    analytes: list[str],
    method: str,
    least_detected: float,
) -> tuple[dict[str, tuple[str, ...]], list[pd.DataFrame], tuple[str, ...]]:
    """Keep the sets with enough measurable members; say of each other one why not.

    Returns the used members of each kept set in the order of `analytes`, the member table of
    every set, and the notes. A set without enough members, or for a competitive method one that
    is the whole panel, is not kept; that none is kept is an `InputError`.
    """
    kept: dict[str, tuple[str, ...]] = {}
    tables, notes = [], []
    for axis in definitions:
        members = member_table(
            axis, detection, analytes, least_detected=least_detected,
            by_detection=method == "z_detection",
        )  # fmt: skip
        tables.append(members)
        used = tuple(sorted(members.loc[members["is_used"], "analyte"], key=analytes.index))
        if len(used) < axis.least_members:
            notes.append(_dropped(axis, members))
        elif method in COMPETITIVE_METHODS and len(used) == len(analytes):
            notes.append(
                f"{axis.name} is not scored: it holds every analyte of the panel, and "
                f"{method} weighs a set against the others."
            )
        else:
            kept[axis.name] = used
            if len(used) < len(members):
                notes.append(f"{axis.name} is scored without {_unused(members)}.")
    if not kept:
        message = f"No set can be scored. {' '.join(notes)}"
        raise InputError(message)
    note = method_note(method, len(analytes))
    return kept, tables, (*notes, note) if note else tuple(notes)


def _unused(members: pd.DataFrame) -> str:
    unused = members[~members["is_used"]]
    return "; ".join(f"{row.analyte}, which {row.reason}" for row in unused.itertuples(index=False))


def _dropped(axis: AxisDefinition, members: pd.DataFrame) -> str:
    return (
        f"{axis.name} is not scored: {int(members['is_used'].sum())} of the {axis.least_members} "
        f"members it needs are measurable, without {_unused(members)}."
    )
