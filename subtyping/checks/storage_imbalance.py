"""ST035: the samples of one group were stored longer."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

DIFFERENCE_SD, P_LIMIT = 0.5, 0.01


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or "storage" not in context.quality.imbalance:
        return not_applicable("Needs declared groups and a storage column with numbers.")
    found = context.quality.imbalance["storage"]
    said = (
        f"{context.column_of('storage')}: mean {found.case['mean']:.4g} in the cases, "
        f"{found.reference['mean']:.4g} in the reference people ({found.difference:+.1f} SD, "
        f"p {found.p_value:.2g})"
    )
    if not found.exceeds(DIFFERENCE_SD, 1.0, P_LIMIT):
        return silent(f"{said}.")
    return fires(
        f"{said}. Levels drift in the freezer, so storage imitates a difference between the "
        "groups; match samples on storage, or show that the verdict holds in those stored alike."
    )


CHECK = Check("ST035", "One group was stored longer", "issue", _judge)
