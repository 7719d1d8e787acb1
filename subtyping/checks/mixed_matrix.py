"""ST033: serum and plasma, or two anticoagulants, are in one panel."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

MOST_NAMED = 4


def _judge(context: CheckContext) -> Finding:
    if "matrix" not in context.panel.samples:
        return not_applicable("No matrix (serum, plasma) is declared.")
    matrix = context.panel.samples["matrix"].dropna().astype(str).str.strip()
    counts = matrix[matrix != ""].str.casefold().value_counts()
    if counts.empty:
        return not_applicable("The matrix column is blank.")
    if len(counts) == 1:
        return silent(f"All samples are {counts.index[0]}.")
    said = ", ".join(f"{name} {n}" for name, n in counts.head(MOST_NAMED).items())
    quality = context.quality
    found = None if quality is None else quality.imbalance.get("matrix")
    if found is not None and found.exceeds(0.0, 0.1, 0.01):
        said += (
            f"; {found.difference:.0%} of either group would have to change for them to be alike"
        )
    return fires(
        f"More than one matrix: {said}. Clotting releases platelet proteins and anticoagulants "
        "shift assays, so the levels do not compare; run one matrix, or name it in "
        "cohort.where."
    )


CHECK = Check("ST033", "Serum and plasma are mixed", "issue", _judge)
