"""Dose curve of a blockade, beside what comparable random targets would do."""

from typing import TYPE_CHECKING

import pandas as pd

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.signature.blockade import Blockade

__all__ = ["blockade_curve"]

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#4d4d4d")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LABELS = {
    "percent_normalised": "Held-out difference expected to go, %",
    "share_brought_back_pct": "Expected back in the healthy interval, %",
}
OFFSET = 0.008


@drawn_in_house_style
def blockade_curve(
    blockade: "Blockade",
    *,
    metric: str = "percent_normalised",
    pathways: tuple[str, ...] | None = None,
) -> "Axes":
    """Draw what is expected to go against how far a pathway is brought to the healthy level.

    Parameters
    ----------
    blockade : Blockade
        Its `curve` is drawn; nothing is computed.
    metric : {"percent_normalised", "share_brought_back_pct"}
        Which curve.
    pathways : tuple of str, optional
        Pathways to draw; all of the curve by default.

    Returns
    -------
    matplotlib.axes.Axes
        One line with its interval for each pathway; the dashed line of the same colour is the
        median of its comparable random targets, the band the central 90 % of those of the first
        pathway. Where no pathway is applicable the axes say so instead.
    """
    curve = blockade.curve[blockade.curve["metric"] == metric]
    if pathways is not None:
        curve = curve[curve["pathway"].isin(pathways)]
    axes = new_axes(7.2, 5.0)
    axes.set_title("Conditional expectation, not an intervention", color=INK)
    axes.set_xlabel("Share of the way to the healthy level (0 none, 1 full)")
    axes.set_ylabel(LABELS.get(metric, metric))
    if curve.empty:
        axes.set(xticks=[], yticks=[])
        axes.text(
            0.5, 0.5, "No pathway is applicable to this panel", transform=axes.transAxes,
            ha="center", color=MUTED,
        )  # fmt: skip
        return axes
    for k, (name, rows) in enumerate(curve.groupby("pathway", sort=False)):
        _one(axes, str(name), rows.sort_values("dose"), k)
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.set_xlim(-0.04, 1.1)
    axes.figure.legend(loc="outside lower center", ncols=3, handletextpad=0.4)
    return axes


def _one(axes: "Axes", name: str, rows: pd.DataFrame, k: int) -> None:
    """Draw one pathway; intervals stand side by side so that they can be told apart."""
    colour, marker = COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]
    dose = rows["dose"] + OFFSET * k
    if k == 0:
        axes.fill_between(
            rows["dose"], rows["null_low"], rows["null_high"], color=GREY, alpha=0.25, lw=0,
            label=f"90 % of random targets, {name}",
        )  # fmt: skip
    axes.plot(
        rows["dose"], rows["null_median"], color=colour, ls=(0, (4, 3)), lw=1.1,
        label=f"median of random targets, {name}" if k == 0 else None,
    )  # fmt: skip
    axes.vlines(dose, rows["ci_low"], rows["ci_high"], color=colour, lw=1.1, alpha=0.8)
    axes.plot(
        dose, rows["value"], color=colour, marker=marker, ms=5.5, lw=1.6,
        label=name,
    )  # fmt: skip
