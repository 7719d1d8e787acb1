"""ST010: covariates that move cytokines are neither given nor declared unknown."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, silent

__all__ = ["CHECK"]

COVARIATES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


def _one_sided(context: CheckContext, given: list[str]) -> list[str]:
    """List the covariates that are known among cases only, or among reference people only."""
    if not context.has_groups:
        return []
    found = []
    for role in given:
        known = context.panel.samples[role].notna().to_numpy()
        if known[context.is_case].any() != known[context.is_reference].any():
            found.append(role)
    return found


def _judge(context: CheckContext) -> Finding:
    samples, unknown = context.panel.samples, context.panel.unknown_roles
    given = [role for role in COVARIATES if role in samples and samples[role].notna().any()]
    absent = [role for role in COVARIATES if role not in given and role not in unknown]
    lopsided = _one_sided(context, given)
    if not absent and lopsided:
        return fires(
            f"{', '.join(lopsided)}: known in one of the two groups only, so nothing can be "
            "adjusted for it. Add it for the other group, or declare it unknown."
        )
    if not absent:
        said = f"Given: {', '.join(given) or 'none'}"
        said += f"; declared unknown: {', '.join(unknown)}" if unknown else ""
        return silent(f"{said}.")
    return fires(
        f"{', '.join(absent)}: neither given nor declared unknown. Each moves inflammatory "
        "proteins and can imitate a subtype; map its column, or write "
        f"{absent[0]}: !unknown to say it was not recorded."
    )


CHECK = Check("ST010", "Covariates are missing", "tip", _judge)
