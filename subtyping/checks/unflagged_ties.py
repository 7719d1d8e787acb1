"""ST030: many values stand at the lowest number and are not flagged as below detection."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.quality is None:
        return not_applicable("Needs the quality report of the panel.")
    tied = context.quality.distinct_values.tied
    if tied.empty:
        return silent("No analyte piles up at its lowest number unflagged.")
    named = ", ".join(f"{row.analyte} ({row.frac:.0%})" for row in tied.head(4).itertuples())
    rest = f" and {len(tied) - 4} more" if len(tied) > 4 else ""
    return fires(
        f"{count_of(len(tied), 'analyte')} with many values at the lowest number that are not "
        f"flagged as below detection: {named}{rest}. They look like a fill (LOD, LOD/2, LOD/√2) "
        "taken for a measurement; give the limits (lod: FILE, or zeros: below_lod), else "
        "detection rates are wrong and the pile imitates a group."
    )


CHECK = Check("ST030", "Lowest values are tied and not flagged", "issue", _judge)
