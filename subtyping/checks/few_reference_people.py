"""ST006: the healthy reference is small, and every score is scaled by it."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

PEOPLE_WANTED = 40


def _judge(context: CheckContext) -> Finding:
    if not context.has_groups:
        return not_applicable("Needs a declared reference group.")
    n_reference = int(context.is_reference.sum())
    if n_reference >= PEOPLE_WANTED:
        return silent(f"The reference group has {n_reference} people.")
    return fires(
        f"The reference group has {n_reference} people, fewer than {PEOPLE_WANTED}. Scores and "
        "thresholds are scaled by them and inherit their uncertainty. Add healthy "
        "people measured in the same runs."
    )


CHECK = Check("ST006", "The reference group is small", "issue", _judge)
