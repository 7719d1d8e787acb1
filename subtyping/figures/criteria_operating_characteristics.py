"""What each rule finds and what it wrongly lets in, with intervals."""

import re
import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from subtyping.figures.style import INK, MUTED, RULE, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.criteria import Criteria

__all__ = ["criteria_operating_characteristics"]

EVERYBODY = "everybody"
MEASURES = (("sensitivity", "#d55e00", "o"), ("specificity", "#0072b2", "s"))


@drawn_in_house_style
def criteria_operating_characteristics(criteria: "Criteria", *, n_rules: int = 12) -> "Axes":
    """Draw sensitivity and specificity of each rule as a forest plot.

    Parameters
    ----------
    criteria : Criteria
        Its table holds ``rule_text`` and ``sensitivity``, ``specificity`` with their
        ``_ci_low`` and ``_ci_high``.
    n_rules : int
        Number of rules drawn, in the order of the table.

    Returns
    -------
    matplotlib.axes.Axes
        One row for each rule; a rule without a number keeps its row and says so. Enrolling
        everybody is a yardstick of the table and is not drawn.
    """
    table = criteria.table
    table = table[table["rule_text"] != EVERYBODY].head(n_rules).reset_index(drop=True)
    axes = new_axes(7.2, 1.35 + 0.52 * len(table))
    for k, (measure, colour, marker) in enumerate(MEASURES):
        rows = pd.Series(range(len(table)), dtype=float) + (k - 0.5) * 0.3
        for row, line in zip(rows, table.to_dict("records"), strict=True):
            low, high = line.get(f"{measure}_ci_low"), line.get(f"{measure}_ci_high")
            if pd.notna(low) and pd.notna(high):
                axes.plot([100 * low, 100 * high], [row, row], color=colour, lw=2.0)
        values = 100 * pd.to_numeric(table[measure]).to_numpy(dtype=float)
        axes.plot(values, rows, marker, color=colour, ms=7, mec="white", mew=0.8,
                  label=measure, clip_on=False)  # fmt: skip
    for row in range(1, len(table)):
        axes.axhline(row - 0.5, color=RULE, lw=0.8)
    for row, value in enumerate(pd.to_numeric(table["sensitivity"])):
        if pd.isna(value):
            axes.text(2, row, "not known in these people", va="center", color=MUTED, fontsize=9.5)
    labels = [_label(str(text)) for text in table["rule_text"]]
    axes.set_yticks(range(len(table)), labels, fontsize=9.5, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, 100), ylim=(len(table) - 0.5, -0.5))
    axes.grid(axis="x")
    axes.set_xlabel("Per cent, with 95% interval")
    axes.figure.legend(loc="outside upper right", ncols=2)
    return axes


def _label(rule_text: str) -> str:
    """Return a rule as it is set beside its row: one condition on a line."""
    conditions = rule_text.replace(">=", "≥").replace("<=", "≤").replace("/uL", "/µL")
    for joiner in ("and", "or"):
        conditions = re.sub(rf" {joiner} (?![<>≤≥])", f"\n{joiner} ", conditions)
    return "\n".join(textwrap.fill(line, 38) for line in conditions.split("\n"))
