"""How like each disease the case signature is, and whether it is more like one than another."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.signature.likeness import Likeness

__all__ = ["likeness"]

HEADLINE = "signature_correlation"
COLOURS = ("#009e73", "#b8860b", "#7a5195", "#4d4d4d")
PLAIN = f"{HEADLINE}_uncorrected"
TITLES = {
    HEADLINE: "all analytes",
    f"{HEADLINE}_without_handling": "without handling markers",
    f"{HEADLINE}_uncentred": "about zero, a common shift included",
    "axis_profile_correlation": "over axis scores",
}


@drawn_in_house_style
def likeness(found: "Likeness", colours: Mapping[str, str] | None = None) -> "Axes":
    """Draw corrected correlations with intervals, disease by disease, and their difference.

    Parameters
    ----------
    found : Likeness
        Its table holds ``comparison, measure, value, ci_low, ci_high, reason``.
    colours : mapping of str to str, optional
        Colour of each comparison.

    Returns
    -------
    matplotlib.axes.Axes
        One row for each comparison and measure; filled points with intervals are corrected for
        shared and own errors, the open point is the plain correlation of fold changes. The last
        rows are differences between comparisons. A row that is not estimable says so.
    """
    table = found.table[found.table["measure"] != "rank_overlap"]
    is_gap = table["measure"].str.endswith("_difference")
    comparisons = list(dict.fromkeys(table.loc[~is_gap, "comparison"]))
    lines: list[tuple[str, pd.Series, str]] = []
    for k, name in enumerate(comparisons):
        mine = table[(table["comparison"] == name) & ~is_gap & (table["measure"] != PLAIN)]
        colour = (colours or {}).get(name, COLOURS[k % len(COLOURS)])
        lines += [(f"{name}: {_title(row['measure'])}", row, colour) for _, row in mine.iterrows()]
    shown = table[is_gap & table["measure"].isin([f"{name}_difference" for name in TITLES])]
    lines += [
        (f"{row['comparison']}: {_title(row['measure'].removesuffix('_difference'))}", row, INK)
        for _, row in shown.iterrows()
    ]
    plain = table[table["measure"] == PLAIN].set_index("comparison")["value"]
    axes = new_axes(7.4, 1.5 + 0.33 * max(1, len(lines)))
    for y, (_, row, colour) in enumerate(lines):
        _draw(axes, y, row, colour)
        if row["measure"] == HEADLINE and row["comparison"] in plain.index:
            axes.plot(
                plain[row["comparison"]], y, "D", mfc="none", mec=INK, ms=7, zorder=4
            )  # fmt: skip
    n_gap = len(shown)
    if 0 < n_gap < len(lines):
        axes.axhline(len(lines) - n_gap - 0.5, color=MUTED, lw=0.6)
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.grid(axis="x")
    axes.set_yticks(range(len(lines)), [label for label, _, _ in lines])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    drawn = table[["value", "ci_low", "ci_high"]].to_numpy(dtype=float)
    known = drawn[np.isfinite(drawn)].tolist()
    axes.set_xlim(min([-1.0, *known]) - 0.08, max([1.0, *known]) + 0.08)
    axes.set_xlabel("Correlation (below the line: difference)")
    axes.plot([], [], "o-", color=INK, label="corrected, 95 % interval")
    axes.plot([], [], "D", mfc="none", mec=INK, label="plain correlation of fold changes")
    axes.figure.legend(loc="outside lower center", ncols=2, handletextpad=0.4)
    return axes


def _draw(axes: "Axes", y: int, row: pd.Series, colour: str) -> None:
    if pd.isna(row["value"]):
        told = str(row["reason"]).split(":")[0] or "not given"
        axes.text(0.02, y, told, color=MUTED, va="center", fontsize=8.5)
        return
    is_main = row["measure"].removesuffix("_difference") == HEADLINE
    axes.plot(
        [row["ci_low"], row["ci_high"]], [y, y], color=colour, lw=2.4 if is_main else 1.3,
        alpha=1.0 if is_main else 0.7, solid_capstyle="butt",
    )  # fmt: skip
    axes.plot(row["value"], y, "o", color=colour, ms=7 if is_main else 5, zorder=3)


def _title(measure: str) -> str:
    if measure in TITLES:
        return TITLES[measure]
    return f"without the {measure.removeprefix(f'{HEADLINE}_without_')} analytes"
