"""ST003: members of the axis that are mostly below detection do not carry its score."""

import pandas as pd

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent
from subtyping.knowledge import immune_axes

__all__ = ["CHECK"]

MOSTLY = 0.5


def _claimed(context: CheckContext, axis: str, scored: pd.Series) -> list[str]:
    """Return the scored members, then the weak ones of a known axis that the panel measures."""
    known = immune_axes().get(axis)
    weak = [] if known is None else [name for name in known.analytes if name not in set(scored)]
    measured = set(context.panel.values.columns)
    return [name for name in dict.fromkeys([*scored, *weak]) if name in measured]


def _judge(context: CheckContext) -> Finding:
    if context.axes is None:
        return not_applicable("Needs the axis scores of a study.")
    axis, members = context.axes.axis, context.axes.members
    claimed = _claimed(context, axis, members.loc[members["axis"] == axis, "analyte"])
    shares = pd.DataFrame(
        {
            "case": context.panel.detected_frac(context.is_case),
            "reference": context.panel.detected_frac(context.is_reference),
        }
    )
    detected = shares.max(axis=1)
    hidden = [name for name in claimed if detected[name] < MOSTLY]
    used = ", ".join(context.axes.used_members) or "no analyte"
    if not hidden:
        return silent(f"Every measured member of the {axis} axis is detected; it rests on {used}.")
    verb, carry = ("is", "does") if len(hidden) == 1 else ("are", "do")
    return fires(
        f"{', '.join(sorted(hidden))} {verb} mostly below detection (in more than half of the "
        f"cases and of the reference people) and {carry} not carry the {axis} score, which rests "
        f"on {used}. A more sensitive assay would be needed to use them."
    )


CHECK = Check("ST003", "Axis members are mostly below detection", "tip", _judge)
