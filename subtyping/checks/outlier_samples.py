"""ST017: samples whose median or interquartile range stands out (the OlinkAnalyze rule)."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

FARTHEST_SD = 5.0


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.outliers is None:
        return not_applicable("Needs 20 samples and a panel of 10 analytes.")
    outliers = context.quality.outliers
    samples = outliers.samples
    said = f"{count_of(len(samples), 'sample')} outside 3 SD of the median or interquartile range"
    if len(samples) <= outliers.n_usual and outliers.farthest_sd <= FARTHEST_SD:
        return silent(f"{said}; up to {outliers.n_usual} are usual for this size.")
    return fires(
        f"{said}, the farthest {outliers.farthest_sd:.1f} SD away (up to {outliers.n_usual} are "
        f"usual for this size): {list_some(samples)}. Look at their volume, dilution and plate "
        "position, and repeat the run without them before believing a small group."
    )


CHECK = Check("ST017", "Samples have an unusual median or spread", "tip", _judge)
