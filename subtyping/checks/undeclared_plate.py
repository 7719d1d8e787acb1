"""ST009: no plate, site or date is declared, so aliasing cannot be seen."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, silent

__all__ = ["CHECK"]

FACTORS = ("batch", "site", "date")


def _judge(context: CheckContext) -> Finding:
    declared = [role for role in FACTORS if role in context.panel.samples]
    if declared:
        return silent(
            "Declared: "
            + ", ".join(f"{role} ({context.column_of(role)})" for role in declared)
            + "."
        )
    return fires(
        "No plate, site or date of measurement is declared, so whether it goes along with case "
        "status cannot be judged and no plate effect is removed. Map it, for example columns: "
        "{batch: <plate column>}."
    )


CHECK = Check("ST009", "No plate, site or date is declared", "tip", _judge)
