"""ST034: the very same numbers stand in two places of the table."""

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.pasted is None:
        return not_applicable("Needs numbers with enough decimals to be told apart.")
    rows, columns = context.quality.pasted.rows, context.quality.pasted.columns
    said = []
    if len(rows):
        named = ", ".join(
            f"{row.sample_id!r} and {row.other_id!r} share {row.n_equal}"
            + (f", {abs(row.shift)} columns apart" if row.shift else "")
            for row in rows.head(3).itertuples()
        )
        said.append(f"{count_of(len(rows), 'pair')} of samples with equal numbers: {named}")
    if len(columns):
        named = ", ".join(
            f"{row.analyte} and {row.other_analyte} share {row.n_equal}"
            for row in columns.head(3).itertuples()
        )
        said.append(f"{count_of(len(columns), 'pair')} of analytes with equal numbers: {named}")
    if not said:
        return silent("No run of numbers stands twice in the table.")
    return fires(
        f"{'; '.join(said)}. Measurements do not repeat to the last digit: rows or columns were "
        "probably pasted twice or shifted; go back to the export of the instrument."
    )


CHECK = Check("ST034", "Numbers stand twice in the table", "issue", _judge)
