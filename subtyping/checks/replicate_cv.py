"""ST032: replicate wells disagree."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

MEDIAN_PCT, HIGH_FRAC = 20.0, 0.10


def _judge(context: CheckContext) -> Finding:
    flags = None if context.quality is None else context.quality.measurement_flags
    if flags is None or flags.median_cv_pct is None or flags.high_cv_frac is None:
        return not_applicable("The file has no replicate wells.")
    if flags.median_cv_pct.notna().sum() == 0:
        return not_applicable("No detected value has replicate wells.")
    noisy = (flags.median_cv_pct > MEDIAN_PCT) | (flags.high_cv_frac > HIGH_FRAC)
    if not noisy.any():
        return silent(
            f"Median CV of replicates {flags.median_cv_pct.median():.0f} %; no analyte above "
            f"{MEDIAN_PCT:.0f} %."
        )
    worst = flags.median_cv_pct[noisy].sort_values(ascending=False, kind="stable")
    named = ", ".join(
        f"{name} (median {value:.0f} %, {flags.high_cv_frac[name]:.0%} above 30 %)"
        for name, value in worst.head(3).items()
    )
    return fires(
        f"{count_of(int(noisy.sum()), 'analyte')} with poorly repeated wells: {named}. Noise of "
        "this size hides groups and moves people over a threshold; leave such pairs out or "
        "measure again, and keep these analytes out of a rule."
    )


CHECK = Check("ST032", "Replicate wells disagree", "tip", _judge)
