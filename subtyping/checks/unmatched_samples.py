"""ST011: rows of the panel file or of the samples table that did not become a sample."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    reading = context.panel.reading
    said = []
    for reason, rows in reading.dropped.groupby("reason", sort=True):
        ids = list_some(rows["sample_id"])
        said.append(f"{count_of(len(rows), 'row')} not kept ({reason}): {ids}")
    said.extend(note.rstrip(".") for note in reading.notes if "samples table" in note)
    if not said:
        return silent(f"All {reading.rows_read} rows of the panel file are samples of the panel.")
    return fires("; ".join(said) + ".")


CHECK = Check("ST011", "Rows did not become samples", "tip", _judge)
