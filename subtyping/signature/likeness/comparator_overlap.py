"""Was a comparison disease measured together with the cases?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import list_some
from subtyping.statistics.design import DesignReport, design_report

__all__ = ["ComparatorOverlap", "comparator_overlap"]

COLUMNS = (
    "factor",
    "n_levels",
    "levels_with_comparison_and_case",
    "levels_with_comparison_and_reference",
    "levels_with_case_and_reference",
    "is_apart",
    "reason",
)
BRIDGE = "from another study or batch: bridge first"


@dataclass(frozen=True, eq=False)
class ComparatorOverlap:
    """Whether a comparison can be told apart from where and when it was measured.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per technical factor: how many of its levels hold the comparison with the cases,
        with reference people, and the cases with reference people; ``is_apart`` where the
        contrast of the comparison with its reference people is aliased with the factor, and the
        ``reason``.
    is_apart : bool
        Whether any factor stands in the way.
    is_within_batch : bool
        Whether the comparison shares no level of some factor with the cases, but has reference
        people of its own there: the contrasts are made within levels, and that is sound as far as
        those reference people are the same kind of people.
    report : DesignReport
        Comparison against reference people, factor by factor.
    sentence : str
    """

    table: pd.DataFrame
    is_apart: bool
    is_within_batch: bool
    report: DesignReport
    sentence: str


def comparator_overlap(
    samples: pd.DataFrame,
    case: Sequence[str],
    comparison: Sequence[str],
    reference: Sequence[str],
    *,
    roles: Sequence[str] = ("batch", "site", "date", "matrix"),
) -> ComparatorOverlap:
    """Compare the plates, sites, dates and matrices of a comparison with those of the others.

    A likeness compares two contrasts. Each is sound if its disease shares levels of plate, site
    and date with reference people; the disease and the cases need not meet. So a comparison is
    *apart* where its contrast with the reference people is aliased with a factor, as
    `design_report` judges it: no shared level, fewer than half of either in shared levels, or a
    variance inflation above 10.

    Parameters
    ----------
    samples : pandas.DataFrame
        Role columns, ``group`` among them.
    case, comparison, reference : sequence of str
        Group labels.
    roles : sequence of str, default ("batch", "site", "date", "matrix")
        Technical factors looked at, as far as they are declared.

    Returns
    -------
    ComparatorOverlap

    Examples
    --------
    >>> samples = pd.DataFrame({
    ...     "group": ["MDD", "HC"] * 4 + ["AD"] * 4, "batch": ["p1"] * 8 + ["p2"] * 4,
    ... })
    >>> found = comparator_overlap(samples, ["MDD"], ["AD"], ["HC"])
    >>> found.is_apart, found.table.loc[0, "reason"]
    (True, 'no level holds reference people too')
    """
    group = samples["group"].astype(str).to_numpy()
    sides = {
        name: np.isin(group, [str(label) for label in labels])
        for name, labels in (("case", case), ("comparison", comparison), ("reference", reference))
    }
    factors = {name: samples[name] for name in roles if name in samples}
    report = design_report(
        sides["comparison"], sides["reference"], factors, times=[n for n in factors if n == "date"]
    )
    rows = [_row(name, values, sides, report) for name, values in factors.items()]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"is_apart": bool})
    alone = table["levels_with_comparison_and_case"].eq(0) & table["n_levels"].gt(1)
    is_apart = bool(table["is_apart"].any())
    within = bool((alone & ~table["is_apart"] & (table["factor"] != "date")).any())
    return ComparatorOverlap(
        table, is_apart, within and not is_apart, report,
        _sentence(list_some(comparison), table, is_apart=is_apart, within=within),
    )  # fmt: skip


def _row(
    name: str, values: pd.Series, sides: dict[str, np.ndarray], report: DesignReport
) -> dict[str, object]:
    text = values.astype(str).where(values.notna()).to_numpy(dtype=object)
    levels = {side: {v for v in text[mask] if isinstance(v, str)} for side, mask in sides.items()}
    pairs = (("comparison", "case"), ("comparison", "reference"), ("case", "reference"))
    shared = {pair: len(levels[pair[0]] & levels[pair[1]]) for pair in pairs}
    is_apart = name in report.aliased
    reason = ""
    if is_apart:
        none = shared["comparison", "reference"] == 0
        reason = (
            "no level holds reference people too"
            if none
            else "too few people stand in levels with reference people"
        )
    counts = {f"levels_with_{one}_and_{two}": n for (one, two), n in shared.items()}
    n_levels = len(set.union(*levels.values()))
    return {"factor": name, "n_levels": n_levels, **counts, "is_apart": is_apart, "reason": reason}


def _sentence(name: str, table: pd.DataFrame, *, is_apart: bool, within: bool) -> str:
    if table.empty:
        return f"{name}: no plate, site or date was declared, so nothing can be said of them."
    if is_apart:
        found = table[table["is_apart"]]
        told = "; ".join(f"{r.factor}: {r.reason}" for r in found.itertuples())
        return f"{name} is {BRIDGE} ({told})."
    if within:
        return (
            f"{name} shares no level of some factor with the cases but has reference people there: "
            "contrasts are made within levels."
        )
    return f"{name} was measured together with reference people."
