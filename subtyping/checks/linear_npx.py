"""ST026: NPX or log2 values that look as if they had not been logged."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.panel.unit == "pg/mL":
        return not_applicable("The unit is linear.")
    if context.quality is None or context.quality.unit is None:
        return not_applicable("Needs three analytes with 20 detected values.")
    unit = context.quality.unit
    said = (
        f"{unit.n_analytes} analytes between {unit.lowest:.3g} and {unit.highest:.3g}, "
        f"{unit.above_30_frac:.1%} of the values above 30, skewness {unit.skewness:.1f} (median "
        "over analytes)"
    )
    if not unit.looks_linear:
        return silent(f"{said}.")
    return fires(
        f"{said}. No {context.panel.unit} value exceeds about 25, and logs are not heavily "
        "skewed; these look like concentrations or linear counts. Declare unit: pg/mL, or take "
        "log2 first: a few high values would otherwise carry every mean."
    )


CHECK = Check("ST026", "Logarithmic values look linear", "issue", _judge)
