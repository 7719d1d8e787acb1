"""ST012: samples whose group is blank or was not declared are in no contrast."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if not context.has_groups:
        return not_applicable("Needs declared groups.")
    group = context.panel.samples["group"]
    declared = {*context.case, *context.reference, *context.comparison}
    outside = ~group.isin(sorted(declared))
    if not outside.any():
        return silent("Every sample is in a declared group.")
    names = group[outside].astype(object).where(group[outside].notna(), "blank").astype(str)
    counts = names.str.strip().replace("", "blank").value_counts()
    said = ", ".join(f"{name} ({count})" for name, count in counts.items())
    return fires(
        f"{count_of(int(outside.sum()), 'sample')} of no declared group, kept out of every "
        f"contrast: {said}. They are scored but not compared."
    )


CHECK = Check("ST012", "Samples are in no declared group", "tip", _judge)
