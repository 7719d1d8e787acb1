"""ST002: the comparison of the groups rests on part of the people."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

OVERLAP_WANTED = 0.8
VIF_WANTED = 2.5


def _joint(context: CheckContext, together: tuple[str, ...]) -> str:
    """Say which factors determine case status only together."""
    named = []
    for factors in together:
        text = factors
        for role in ("batch", "site", "date"):
            text = text.replace(role, context.column_of(role))
        named.append(text)
    return (
        f"Case status is aliased with {'; '.join(named)} taken together, though with none alone: "
        "within their combinations there are hardly two groups to compare, so a difference may be "
        "one of measurement."
    )


def _judge(context: CheckContext) -> Finding:
    if context.design is None or context.design.table.empty:
        return not_applicable(
            "Needs case and reference groups, and a declared plate (batch), site or date."
        )
    table = context.design.table
    overlap = table[["case_overlap_frac", "reference_overlap_frac"]].min(axis=1)
    several = table["n_levels"] > 1
    partial = (
        ~table["is_aliased"] & several & ((overlap < OVERLAP_WANTED) | (table["vif"] > VIF_WANTED))
    )
    together = context.design.jointly_aliased
    if not partial.any() and not together:
        return silent("No further factor leans on case status.")
    said = [
        f"{context.column_of(str(row['factor']))} (variance inflation {row['vif']:.1f}, "
        f"{min(row['case_overlap_frac'], row['reference_overlap_frac']):.0%} of one group in "
        "levels that hold both)"
        for _, row in table[partial].iterrows()
    ]
    if not said:
        return fires(_joint(context, together))
    return fires(
        f"Case status leans on {'; '.join(said)}. The comparison holds but rests on the people "
        "in shared levels, and its intervals are wider for it."
        + (f" {_joint(context, together)}" if together else "")
    )


CHECK = Check("ST002", "Case status is partly aliased", "tip", _judge)
