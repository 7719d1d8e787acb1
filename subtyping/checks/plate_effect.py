"""ST019: many analytes differ between plates after case status is taken out."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

SHARE_OF_VARIANCE, Q_LIMIT = 0.10, 0.01
SHARE_OF_ANALYTES = 0.25


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.plates is None:
        return not_applicable("Needs a declared plate (batch) with two levels of three samples.")
    plates = context.quality.plates
    marked, total = plates.marked(SHARE_OF_VARIANCE, Q_LIMIT), len(plates.table)
    said = (
        f"{len(marked)} of {total} analytes have at least {SHARE_OF_VARIANCE:.0%} of their "
        f"variance between the {plates.n_plates} levels of {context.column_of('batch')} after the "
        f"groups are taken out (median over analytes {plates.table['plate_frac'].median():.0%})"
    )
    if len(marked) < SHARE_OF_ANALYTES * total:
        return silent(f"{said}.")
    first = ", ".join(f"{row.analyte} {row.plate_frac:.0%}" for row in marked.head(3).itertuples())
    return fires(
        f"{said}; most in {first}. Keep preparation.adjust_plates: true, and bridge plates that "
        "share samples; where plates and recruitment go together the adjustment takes biology too."
    )


CHECK = Check("ST019", "Plates differ", "tip", _judge)
