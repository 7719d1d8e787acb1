"""ST016: people with a C-reactive protein of an acute infection are among the cases."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

CRP_LIMIT_MG_L = 10.0
SHARE_WANTED = 0.05


def _judge(context: CheckContext) -> Finding:
    if context.routine is None or "crp" not in context.routine:
        return not_applicable("Needs routine: {crp: {column: ..., unit: mg/L}}.")
    values = context.routine["crp"]
    if context.has_groups:
        values = values[context.is_case]
    measured = values.dropna()
    if measured.empty:
        return not_applicable("No C-reactive protein was measured in the cases.")
    share = float((measured > CRP_LIMIT_MG_L).mean())
    said = f"{share:.0%} of {len(measured)} people have a CRP above {CRP_LIMIT_MG_L:g} mg/L"
    if share <= SHARE_WANTED:
        return silent(f"{said}.")
    return fires(
        f"{said}, which usually means an acute infection or a chronic inflammatory disease. "
        "Trials measure again before they enrol; repeat the run without these people."
    )


CHECK = Check("ST016", "Many people have a CRP above 10 mg/L", "tip", _judge)
