"""ST001: case status cannot be told apart from where or when the samples were measured."""

import pandas as pd

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _evidence(context: CheckContext, row: pd.Series) -> str:
    """Say how little the groups overlap over one factor's levels."""
    return (
        f"{int(row['levels_with_both'])} of {int(row['n_levels'])} levels of "
        f"{context.column_of(str(row['factor']))} hold both groups, with "
        f"{row['case_overlap_frac']:.0%} of the cases and {row['reference_overlap_frac']:.0%} of "
        "the reference people in them"
    )


def _judge(context: CheckContext) -> Finding:
    if context.design is None or context.design.table.empty:
        return not_applicable(
            "Needs case and reference groups, and a declared plate (batch), site or date."
        )
    table = context.design.table
    if not context.design.aliased:
        names = ", ".join(context.column_of(str(name)) for name in table["factor"])
        return silent(f"Case status can be told apart from {names}.")
    rows = [row for _, row in table[table["is_aliased"]].iterrows()]
    names = " and ".join(context.column_of(str(row["factor"])) for row in rows)
    return fires(
        "; ".join(_evidence(context, row) for row in rows)
        + ". A difference between cases and reference people cannot be told apart from a "
        "difference in measurement, so nothing is inferred; measure both groups on the same "
        "plates and at the same times.",
        title=f"Case status is aliased with {names}",
    )


CHECK = Check("ST001", "Case status is aliased with plate, site or date", "issue", _judge)
