"""ST038: values that were not measured at all."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

SHARE_WANTED, OF_ONE_WANTED = 0.05, 0.2


def _judge(context: CheckContext) -> Finding:
    if context.quality is None:
        return not_applicable("Needs the quality report of the panel.")
    found = context.quality.completeness
    samples = found.by_sample[found.by_sample > OF_ONE_WANTED]
    analytes = found.by_analyte[found.by_analyte > OF_ONE_WANTED]
    said = f"{found.missing_frac:.1%} of the values were not measured"
    if found.missing_frac <= SHARE_WANTED and samples.empty and analytes.empty:
        return silent(f"{said}.")
    if len(analytes):
        names = list_some(analytes.sort_values(ascending=False, kind="stable").index)
        said += (
            f"; {count_of(len(analytes), 'analyte')} missing in over a fifth of samples: {names}"
        )
    if len(samples):
        names = list_some(samples.sort_values(ascending=False, kind="stable").index)
        said += f"; {count_of(len(samples), 'sample')} missing over a fifth of analytes: {names}"
    return fires(
        f"{said}. What is missing stands at the reference median and pulls people to the middle; "
        "leave such analytes or samples out, and see whether they are missing in one group."
    )


CHECK = Check("ST038", "Values are missing", "tip", _judge)
