"""ST036: the groups were sampled in different seasons."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

DIFFERENCE, P_LIMIT = 0.3, 0.01


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or "season" not in context.quality.imbalance:
        return not_applicable("Needs declared groups and a date column with dates.")
    found = context.quality.imbalance["season"]
    said = ", ".join(
        f"{season} {found.case[season]:.0%} of the cases and {found.reference[season]:.0%} of the "
        "reference people"
        for season in found.case.index
    )
    if not found.exceeds(1.0, DIFFERENCE, P_LIMIT):
        return silent(f"The groups were sampled in like seasons: {said}.")
    return fires(
        f"The groups were sampled in different seasons: {said}. Pollen, infections and heat on "
        "the way to the laboratory differ by season; compare within a season, or add people "
        "sampled in the missing one."
    )


CHECK = Check("ST036", "The groups were sampled in different seasons", "issue", _judge)
