"""ST004: the general level is measured too loosely to take it out of the axis."""

import math

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

RELIABILITY_WANTED = 0.7


def _judge(context: CheckContext) -> Finding:
    if context.axes is None or not math.isfinite(context.axes.level_reliability):
        return not_applicable("Needs a level score.")
    reliability = context.axes.level_reliability
    said = f"The reliability of the level in the cases is {reliability:.2f}"
    if reliability >= RELIABILITY_WANTED:
        return silent(f"{said}.")
    return fires(
        f"{said}, under {RELIABILITY_WANTED}. The skew is corrected for it, but part of the "
        "general level may remain in the skew; more analytes outside the axis would help."
    )


CHECK = Check("ST004", "The level is measured with low reliability", "issue", _judge)
