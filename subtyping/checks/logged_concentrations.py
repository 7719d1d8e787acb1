"""ST025: concentrations in pg/mL that look as if they had been logged."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.panel.unit != "pg/mL":
        return not_applicable("The unit is logarithmic.")
    if context.quality is None or context.quality.unit is None:
        return not_applicable("Needs three analytes with 20 detected values.")
    unit = context.quality.unit
    said = (
        f"{unit.n_analytes} analytes between {unit.lowest:.3g} and {unit.highest:.3g} pg/mL, SD "
        f"{unit.cv:.0%} of the mean and skewness {unit.skewness:.1f} (medians over analytes)"
    )
    if not unit.looks_logged:
        return silent(f"{said}.")
    return fires(
        f"{said}. Concentrations spread over orders of magnitude with a long right tail; these "
        "look logged. Declare unit: log2 if the file holds log2 values, or export the "
        "concentrations: logs taken twice hide differences."
    )


CHECK = Check("ST025", "Concentrations look logarithmic", "issue", _judge)
