"""What a preparation did, in plain sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from subtyping._validation import count_of

if TYPE_CHECKING:
    from subtyping.preparation.preparation import Preparation

__all__ = ["named", "preparation_notes"]

MOST_NAMES = 60
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
    return (*notes, *skipped)


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
