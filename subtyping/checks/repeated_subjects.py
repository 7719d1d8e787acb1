"""ST015: a person who counts twice."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if "subject" not in context.panel.samples:
        return not_applicable("No subject column is declared.")
    subjects = context.panel.samples["subject"].dropna()
    repeated = subjects[subjects.duplicated()].unique()
    if len(repeated) == 0:
        return silent("Every subject has one sample.")
    return fires(
        f"{count_of(len(repeated), 'subject')} with more than one sample: "
        f"{list_some(repeated)}. Samples of one person are not independent, and p-values and "
        "intervals count them as if they were; keep one visit with visits: first, last or a "
        "value of the visit column."
    )


CHECK = Check("ST015", "Subjects have several samples", "issue", _judge)
