"""ST013: analytes whose name the alias table does not know."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    unknown = context.panel.reading.unknown_analytes
    if not unknown:
        return silent("Every analyte name is known.")
    return fires(
        f"{count_of(len(unknown), 'analyte')} kept under the name of the file because the alias "
        f"table does not know it: {list_some(unknown, 8)}. An unknown analyte is analysed but is "
        "a member of no named axis."
    )


CHECK = Check("ST013", "Analyte names are unknown", "tip", _judge)
