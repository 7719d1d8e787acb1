"""ST020: analytes that are detected on one plate, or in one group, and not in the next."""

import pandas as pd

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

DIFFERENCE, Q_LIMIT = 0.25, 0.01
LEAST_ON_PLATES, SHARE_ON_PLATES = 2, 0.05


def _named(rows: pd.DataFrame) -> str:
    """Name the analytes that differ most, with their rates."""
    return ", ".join(
        f"{row.analyte} ({row.lowest_frac:.0%} in {row.lowest_level}, {row.highest_frac:.0%} in "
        f"{row.highest_level})"
        for row in rows.head(2).itertuples()
    )


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.detection is None:
        return not_applicable("Needs declared groups, or plates, of at least ten samples each.")
    detection = context.quality.detection
    groups = detection.marked("case status", DIFFERENCE, Q_LIMIT)
    plates = detection.marked("batch", DIFFERENCE, Q_LIMIT)
    needed = max(LEAST_ON_PLATES, SHARE_ON_PLATES * len(context.panel.values.columns))
    said = []
    if len(groups):
        said.append(f"{count_of(len(groups), 'analyte')} between the groups: {_named(groups)}")
    if len(plates) >= needed:
        column = context.column_of("batch")
        said.append(
            f"{count_of(len(plates), 'analyte')} between levels of {column}: {_named(plates)}"
        )
    if not said:
        return silent(
            f"Detection differs by {DIFFERENCE:.0%} or more in no analyte between groups and in "
            f"{len(plates)} between plates."
        )
    return fires(
        f"Detection differs by {DIFFERENCE:.0%} or more in {'; in '.join(said)}. A mean difference "
        "of such an analyte is a difference in detection: compare rates or censored models, and "
        "look whether the limit differs by plate."
    )


CHECK = Check("ST020", "Detection differs between groups or plates", "tip", _judge)
