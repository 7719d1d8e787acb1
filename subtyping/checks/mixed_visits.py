"""ST028: cases and reference people were sampled at different visits."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

DIFFERENCE, P_LIMIT = 0.3, 0.01


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or "visit" not in context.quality.imbalance:
        return not_applicable("Needs declared groups and a visit column.")
    found = context.quality.imbalance["visit"]
    said = ", ".join(
        f"{level} ({found.case[level]:.0%} of the cases, {found.reference[level]:.0%} of the "
        "reference people)"
        for level in found.case.index[:4]
    )
    column = context.column_of("visit")
    if not (found.difference >= DIFFERENCE and found.p_value < P_LIMIT):
        return silent(f"The groups were sampled at the same visits of {column}: {said}.")
    return fires(
        f"The groups were sampled at different visits of {column}: {said}. Time on treatment, "
        "season and handling differ between visits; compare one visit, with visits: first, last "
        "or a value of the column."
    )


CHECK = Check("ST028", "The groups were sampled at different visits", "issue", _judge)
