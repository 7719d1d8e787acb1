"""ST039: values above the range of the assay."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

SHARE_WANTED = 0.05


def _judge(context: CheckContext) -> Finding:
    if context.quality is None:
        return not_applicable("Needs the quality report of the panel.")
    share = context.quality.measurement_flags.above_uloq_frac
    high = share[share > SHARE_WANTED].sort_values(ascending=False, kind="stable")
    if high.empty:
        most = 0.0 if share.empty else float(share.max())
        return silent(f"At most {most:.1%} of an analyte's values are flagged above the range.")
    named = ", ".join(f"{name} ({value:.0%})" for name, value in high.head(4).items())
    return fires(
        f"{count_of(len(high), 'analyte')} with more than {SHARE_WANTED:.0%} of values above the "
        f"range: {named}. People at the top are not told apart, so no threshold may lie there; "
        "measure again at a higher dilution."
    )


CHECK = Check("ST039", "Values lie above the range", "tip", _judge)
