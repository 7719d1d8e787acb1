"""ST008: delay before spinning goes along with case status or with the axis."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

P_LIMIT = 0.01
CORRELATION_LIMIT = 0.2


def _judge(context: CheckContext) -> Finding:
    if context.handling is None and not context.has_groups:
        return not_applicable("Needs declared groups.")
    if context.handling is None:
        return not_applicable(
            "Needs at least 3 handling markers (SIRT2, STAMBP, CASP8, AXIN1, SULT1A1, EIF4EBP1)."
        )
    table = context.handling.table
    table = table[table["term"] != "plate"]
    strong = table[(table["p_value"] < P_LIMIT) & (table["correlation"].abs() > CORRELATION_LIMIT)]
    if strong.empty:
        return silent(
            f"The handling score ({len(context.handling.markers)} markers) is not associated with "
            "case status or the axis."
        )
    said = ", ".join(
        f"{row['term']} (r = {row['correlation']:.2f})" for _, row in strong.iterrows()
    )
    return fires(
        f"The handling score is associated with {said}. These proteins leak from cells when "
        "blood waits before spinning; compare with preparation.handling: drop before "
        "believing a difference."
    )


CHECK = Check("ST008", "Sample handling is associated with the comparison", "issue", _judge)
