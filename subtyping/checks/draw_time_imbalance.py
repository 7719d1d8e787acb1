"""ST037: the groups were sampled at different times of day."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

DIFFERENCE_SD, P_LIMIT = 0.5, 0.01


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or "draw_time" not in context.quality.imbalance:
        return not_applicable("Needs declared groups and a draw_time column with times.")
    found = context.quality.imbalance["draw_time"]
    said = (
        f"{context.column_of('draw_time')}: mean {found.case['mean']:.1f} h in the cases, "
        f"{found.reference['mean']:.1f} h in the reference people ({found.difference:+.1f} SD, "
        f"p {found.p_value:.2g})"
    )
    if not found.exceeds(DIFFERENCE_SD, 1.0, P_LIMIT):
        return silent(f"{said}.")
    return fires(
        f"{said}. Several cytokines follow the time of day and meals; compare people drawn within "
        "a few hours of each other, or say that the difference may be one of the clock."
    )


CHECK = Check("ST037", "The groups were sampled at different times of day", "tip", _judge)
