"""ST007: too few cases, or a comparison group too small to contrast."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

CASES_WANTED = 50
COMPARISON_WANTED = 10


def _judge(context: CheckContext) -> Finding:
    if not context.has_groups:
        return not_applicable("Needs declared groups.")
    n_case = int(context.is_case.sum())
    said = []
    if n_case < CASES_WANTED:
        said.append(
            f"{n_case} cases, fewer than {CASES_WANTED}, can rarely show a subtype of a quarter "
            "of them"
        )
    for group in context.comparison:
        count = int(context.panel.in_groups([group]).sum())
        if count < COMPARISON_WANTED:
            said.append(f"comparison group {group} has {count} people")
    if not said:
        return silent(f"There are {n_case} cases.")
    text = "; ".join(said)
    return fires(f"{text[0].upper()}{text[1:]}. Read the verdict with its power.")


CHECK = Check("ST007", "Groups are small", "tip", _judge)
