"""ST029: analytes that have one number in every sample."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.quality is None:
        return not_applicable("Needs the quality report of the panel.")
    constant = context.quality.distinct_values.constant
    if not constant:
        return silent("Every analyte varies.")
    return fires(
        f"{count_of(len(constant), 'analyte')} with one number in all samples: "
        f"{list_some(constant, 5)}. It stands for below detection or for a failed assay and says "
        "nothing about people; flag it (lod, zeros) or leave it out."
    )


CHECK = Check("ST029", "Analytes do not vary", "tip", _judge)
