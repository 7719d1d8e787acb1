"""ST003: members of the axis that are mostly below detection do not carry its score."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.axes is None:
        return not_applicable("Needs the axis scores of a study.")
    axis, members = context.axes.axis, context.axes.members
    mine = members[members["axis"] == axis]
    detected = mine[["detected_case_frac", "detected_reference_frac"]].max(axis=1)
    hidden = mine[detected < 0.5]
    used = ", ".join(context.axes.used_members) or "no analyte"
    if hidden.empty:
        return silent(f"Every measured member of the {axis} axis is detected: {used}.")
    names = ", ".join(hidden["analyte"])
    verb = "is" if len(hidden) == 1 else "are"
    carry = "does" if len(hidden) == 1 else "do"
    return fires(
        f"{names} {verb} detected in fewer than half of the cases and of the reference people "
        f"and {carry} not carry the {axis} score, which rests on {used}. A more "
        "sensitive assay would be needed to use them."
    )


CHECK = Check("ST003", "Axis members are mostly below detection", "tip", _judge)
