"""What a preparation did, in plain sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from subtyping._validation import count_of
from subtyping.knowledge import handling_markers
from subtyping.preparation.handling_adjuster import LEAST_PEOPLE

if TYPE_CHECKING:
    from subtyping.preparation.preparation import Preparation

__all__ = ["named", "preparation_notes"]

MOST_NAMES = 60
LEAST_MARKERS = 3
POLICY_NOTES = {
    "lod_sqrt2": "Values below detection stand at the limit / √2 where it is known.",
    "ros": (
        "Values below detection stand at their mean under the normal line through the detected "
        "values (regression on order statistics)."
    ),
    "truncated": (
        "Values below detection stand at their mean under a normal fitted by censored likelihood."
    ),
}


def preparation_notes(fitted: "Preparation", skipped: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence for each thing that was left out, filled in or removed."""
    notes = _left_out(fitted)
    if fitted.detection in POLICY_NOTES:
        notes.append(POLICY_NOTES[fitted.detection])
    if fitted.plates_.effects_:
        notes.append(f"Locations of {len(fitted.plates_.effects_)} plates removed.")
    if fitted.covariates_:
        notes.append(
            f"Slopes of {', '.join(fitted.covariates_)} among the reference people removed."
        )
    if fitted.regress_handling:
        notes.append(_handling(fitted))
    return (*notes, *skipped)


def _handling(fitted: "Preparation") -> str:
    """Say whether handling could be regressed out, and why not."""
    n = fitted.handling_.n_reference_
    if n:
        return (
            f"What goes along with the handling score among {n} reference people is taken out of "
            "every analyte but the handling markers."
        )
    markers = [name for name in handling_markers() if name in fitted.kept_]
    if len(markers) < LEAST_MARKERS:
        why = f"{count_of(len(markers), 'handling marker')} in the matrix, {LEAST_MARKERS} needed"
    else:
        why = (
            f"it takes {LEAST_PEOPLE} reference people with a handling score that differs between "
            f"them; there are {fitted.scaler_.n_reference_} reference people in all"
        )
    return f"Handling was to be regressed out and is not: {why}."


def _left_out(fitted: "Preparation") -> list[str]:
    """Count and name the analytes that did not enter the matrix, reason by reason."""
    table = fitted.detection_[~fitted.detection_["is_kept"]]
    return [
        f"{count_of(len(rows), 'analyte')} of {len(fitted.detection_)} left out, {reason}: "
        f"{named(rows['analyte'].tolist())}."
        for reason, rows in table.groupby("reason", sort=False)
    ]


def named(names: Sequence[str]) -> str:
    """Return names in a row; a very long row ends with how many more there are.

    Examples
    --------
    >>> named(["IL4", "IL5"])
    'IL4, IL5'
    """
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
