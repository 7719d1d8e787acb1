"""ST014: samples the laboratory flagged are analysed."""

import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

PASSED = ("pass", "passed", "ok", "good", "0", "")


def _by_group(context: CheckContext, flagged: pd.Series) -> str:
    """Return the rate in each of the two groups, where they are declared."""
    if not context.has_groups:
        return ""
    case, reference = flagged[context.is_case], flagged[context.is_reference]
    if case.empty or reference.empty:
        return ""
    return f"; {case.mean():.1%} of the cases and {reference.mean():.1%} of the reference people"


def _judge(context: CheckContext) -> Finding:
    if "qc" not in context.panel.samples:
        return not_applicable("No quality-control column is declared or carried by the file.")
    qc = context.panel.samples["qc"]
    flagged = qc.notna() & ~qc.astype(str).str.strip().str.casefold().isin(PASSED)
    if not flagged.any():
        return silent("No sample carries a quality-control warning.")
    return fires(
        f"{count_of(int(flagged.sum()), 'sample')} with a quality-control warning in the "
        f"analysis ({flagged.mean():.1%} of all{_by_group(context, flagged)}): "
        f"{list_some(context.panel.sample_ids[flagged])}. Write qc_flagged: drop to "
        "leave them out, and see whether the verdict holds."
    )


CHECK = Check("ST014", "Samples carry a quality-control warning", "tip", _judge)
