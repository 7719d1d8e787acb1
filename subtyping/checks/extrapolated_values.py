"""ST031: values read off the standard curve outside its range."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

SHARE_WANTED = 0.2


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.measurement_flags.extrapolated_frac is None:
        return not_applicable("The file does not tell which values are extrapolated.")
    share = context.quality.measurement_flags.extrapolated_frac
    high = share[share > SHARE_WANTED].sort_values(ascending=False, kind="stable")
    if high.empty:
        return silent(f"At most {share.max():.0%} of an analyte's values are extrapolated.")
    named = ", ".join(f"{name} ({value:.0%})" for name, value in high.head(4).items())
    return fires(
        f"{count_of(len(high), 'analyte')} with more than {SHARE_WANTED:.0%} of values "
        f"extrapolated beyond the standards: {named}. Their numbers rank people at best; treat "
        "those under the lowest standard as below detection, or measure again at another dilution."
    )


CHECK = Check("ST031", "Values are extrapolated", "tip", _judge)
