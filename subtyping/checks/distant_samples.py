"""ST018: samples far from all others once the analytes are looked at together."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

BEYOND_WANTED = 0.10


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.distances is None:
        return not_applicable("Needs 30 samples and 8 analytes detected in three quarters of them.")
    distances = context.quality.distances
    table = distances.table
    share, n_far = float(table["is_beyond"].mean()), int(table["is_far"].sum())
    said = (
        f"On {count_of(distances.n_components, 'robust component')} {share:.1%} of the samples "
        f"lie beyond the chi-square limit and {n_far} twice as far"
    )
    if n_far == 0 and share <= BEYOND_WANTED:
        return silent(f"{said}.")
    return fires(
        f"{said}: {list_some(distances.samples)}. Their profile is unlike any other, by illness, "
        "mix-up or failed measurement; look at each, and see whether the verdict holds without "
        "them."
    )


CHECK = Check("ST018", "Samples lie far from all others", "tip", _judge)
