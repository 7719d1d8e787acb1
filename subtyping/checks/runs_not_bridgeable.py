"""ST040: a run could not be brought onto the scale of the reference run."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.bridging is None:
        return not_applicable("No run was bridged.")
    report = context.bridging
    if report.is_bridgeable:
        return silent(report.sentence)
    return fires(
        f"{report.sentence} The two runs are on scales of their own: analyse each by itself and "
        "compare results, not values; more bridge samples, spread over the range, may help."
    )


CHECK = Check("ST040", "The runs cannot be bridged", "issue", _judge)
