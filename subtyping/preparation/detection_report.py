"""Which analytes are detected, group by group, and which are below the rate in every group."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.preparation.notes import named

__all__ = ["DetectionReport", "detection_report"]


@dataclass(frozen=True, eq=False)
class DetectionReport:
    """Detection of every analyte in every group.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each analyte and group: ``analyte, group, n_measured, n_detected,
        detected_frac`` (NaN where the group was not measured).
    below_everywhere : tuple of str
        Analytes detected in less than `min_detected_frac` of every group that was measured.
    only_in_comparison : tuple of str
        Analytes that reach it in a comparison group alone: not in the matrix, which compares cases
        with reference people, but compared in that group's own contrast.
    min_detected_frac : float
    sentence : str
        Counts and names.
    """

    table: pd.DataFrame
    below_everywhere: tuple[str, ...]
    only_in_comparison: tuple[str, ...]
    min_detected_frac: float
    sentence: str


def detection_report(
    panel: Panel,
    *,
    case: Sequence[str],
    reference: Sequence[str],
    comparison: Sequence[str] = (),
    min_detected_frac: float = 0.5,
) -> DetectionReport:
    """Report the detection of every analyte in cases, reference people and comparison groups.

    Parameters
    ----------
    panel : Panel
    case, reference, comparison : sequence of str
        Group labels; each comparison group is counted by itself, one that is called "case" or
        "reference" as "comparison case" or "comparison reference".
    min_detected_frac : float, default 0.5
        The rate under which an analyte counts as mostly undetected in a group.

    Returns
    -------
    DetectionReport

    Raises
    ------
    InputError
        If `min_detected_frac` is not a share, or no group was declared.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    >>> found = detection_report(panel, case=["MDD"], reference=["HC"])
    >>> "IL4" in found.below_everywhere, found.table.columns.tolist()
    (True, ['analyte', 'group', 'n_measured', 'n_detected', 'detected_frac'])
    >>> found.sentence[:71]
    '24 of 92 analytes are detected in fewer than 50% of every group: IL13, '
    """
    if not 0 < min_detected_frac <= 1:
        message = f"min_detected_frac is a share above 0 and up to 1; got {min_detected_frac}."
        raise InputError(message)
    groups = {"case": list(case), "reference": list(reference)}
    for name in map(str, comparison):
        groups[f"comparison {name}" if name in groups else name] = [name]
    table = pd.concat([_count(panel, name, labels) for name, labels in groups.items()])
    share = table.pivot_table(
        index="analyte", columns="group", values="detected_frac", dropna=False, sort=False
    ).reindex(panel.values.columns.astype(str))
    enough = share >= min_detected_frac
    measured = share.notna().any(axis=1)
    low = tuple(share.index[measured & ~enough.any(axis=1)])
    core = enough.reindex(columns=["case", "reference"]).fillna(value=False).any(axis=1)
    elsewhere = tuple(share.index[enough.any(axis=1) & ~core])
    table = table.reset_index(drop=True)
    return DetectionReport(
        table, low, elsewhere, min_detected_frac,
        _sentence(len(share), low, elsewhere, min_detected_frac),
    )  # fmt: skip


def _count(panel: Panel, name: str, labels: Sequence[str]) -> pd.DataFrame:
    rows = panel.in_groups(labels)
    detected = panel.detected.to_numpy()[rows]
    measured = detected | panel.below_lod.to_numpy()[rows]
    n_measured, n_detected = measured.sum(axis=0), detected.sum(axis=0)
    table = pd.DataFrame({"analyte": panel.values.columns.astype(str), "group": name})
    table["n_measured"], table["n_detected"] = n_measured, n_detected
    table["detected_frac"] = table["n_detected"] / table["n_measured"].where(n_measured > 0)
    return table


def _sentence(total: int, low: Sequence[str], elsewhere: Sequence[str], limit: float) -> str:
    if not low:
        text = (
            f"Every one of the {count_of(total, 'analyte')} is detected in at least {limit:.0%} "
            "of some group."
        )
    else:
        verb = "is" if len(low) == 1 else "are"
        text = (
            f"{len(low)} of {count_of(total, 'analyte')} {verb} detected in fewer than "
            f"{limit:.0%} of every group: {named(low)}."
        )
    if elsewhere:
        text += f" Detected that often in a comparison group alone: {named(elsewhere)}."
    return text
