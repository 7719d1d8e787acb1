"""ST005: too few analytes outside the axis to estimate the general level."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

ANALYTES_WANTED = 8


def _judge(context: CheckContext) -> Finding:
    if context.axes is None:
        return not_applicable("Needs the axis scores of a study.")
    n_analytes = context.axes.n_level_analytes
    if n_analytes >= ANALYTES_WANTED:
        return silent(f"The level rests on {n_analytes} analytes outside the axis.")
    return fires(
        f"Only {n_analytes} analytes outside the axis are measurable and at least "
        f"{ANALYTES_WANTED} are needed for a level, so skew is not applicable and the raw axis "
        "score is used: general inflammation and the axis are not told apart."
    )


CHECK = Check("ST005", "Too few analytes to separate level from skew", "issue", _judge)
