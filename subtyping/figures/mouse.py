"""Human against mouse fold changes: quadrants of agreement, and what could not be compared."""

import textwrap
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes, whole_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from subtyping.signature.mouse import MouseConcordance

__all__ = ["mouse_effects"]

SAME, OPPOSITE = "#009e73", "#d55e00"
FIELD = "#eef6f2"


@drawn_in_house_style
def mouse_effects(
    concordance: "MouseConcordance", *, q_below: float = 0.05, n_labels: int = 16
) -> "Axes":
    """Draw the fold changes of people against those of mice, with 95 % intervals.

    Parameters
    ----------
    concordance : MouseConcordance
        Its table holds the pairs and what was not used.
    q_below : float
        Human false discovery rate under which a pair is filled; the others are hollow.
    n_labels : int
        Number of pairs named, largest product of fold changes first.

    Returns
    -------
    matplotlib.axes.Axes
        The two quadrants of one sign are shaded. Analytes that could not be compared stand in
        small letters below. Without a used pair the axes say so instead.
    """
    table = concordance.table
    rows = table[table["is_used"]]
    axes = new_axes(6.8, 6.2)
    axes.set_title(f"{concordance.mouse_name} against {concordance.human_name}", color=INK)
    axes.set_xlabel("people: log2 fold change")
    axes.set_ylabel("mice: log2 fold change")
    _list_the_rest(axes, table[~table["is_used"]])
    if rows.empty:
        axes.set(xticks=[], yticks=[])
        axes.text(
            0.5, 0.5, "No pair could be compared", transform=axes.transAxes, ha="center",
            color=MUTED,
        )  # fmt: skip
        return axes
    reach_x = _reach(rows, "human")
    reach_y = _reach(rows, "mouse")
    axes.fill_between([0, reach_x], 0, reach_y, color=FIELD, lw=0, zorder=0)
    axes.fill_between([-reach_x, 0], -reach_y, 0, color=FIELD, lw=0, zorder=0)
    axes.set(xlim=(-reach_x, reach_x), ylim=(-reach_y, reach_y))
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=1)
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=1)
    is_hit = (rows["human_q_value"] < q_below).to_numpy(dtype=bool)
    agrees = rows["agrees"].fillna(value=False).to_numpy(dtype=bool)
    for mask, colour, word in ((agrees, SAME, "same sign"), (~agrees, OPPOSITE, "opposite sign")):
        for filled, told in ((True, f"human q < {q_below:g}"), (False, "the rest")):
            chosen = mask & (is_hit == filled)
            if chosen.any():
                label = f"{word}, {told} ({int(chosen.sum())})"
                _points(axes, rows[chosen], colour, label, is_filled=filled)
    axes.figure.legend(loc="outside upper center", ncols=2, handletextpad=0.2)
    size = (rows["human_log2_fc"] * rows["mouse_log2_fc"]).abs()
    _name_points(axes, rows.loc[size.sort_values(ascending=False).index], n_labels)
    return axes


def _reach(rows: pd.DataFrame, side: str) -> float:
    """Return the half width of a symmetric axis that shows every point and most intervals."""
    ends = rows[[f"{side}_ci_low", f"{side}_ci_high", f"{side}_log2_fc"]].abs().to_numpy()
    points = rows[f"{side}_log2_fc"].abs().max()
    return 1.08 * float(max(np.nanquantile(ends, 0.98), points, 0.1))


def _points(axes: "Axes", rows: pd.DataFrame, colour: str, label: str, *, is_filled: bool) -> None:
    """Draw points with the intervals of both species."""
    x, y = rows["human_log2_fc"].to_numpy(), rows["mouse_log2_fc"].to_numpy()
    axes.hlines(y, rows["human_ci_low"], rows["human_ci_high"], color=GREY, lw=0.7, alpha=0.6)
    axes.vlines(x, rows["mouse_ci_low"], rows["mouse_ci_high"], color=GREY, lw=0.7, alpha=0.6)
    axes.scatter(
        x, y, s=34, zorder=3, label=label, linewidths=1.2, edgecolors=colour,
        facecolors=colour if is_filled else "white",
    )  # fmt: skip


def _name_points(axes: "Axes", rows: pd.DataFrame, n_labels: int) -> None:
    """Write names beside their points; one that finds no free place stays unnamed."""
    from matplotlib.text import Text

    figure = whole_figure(axes)
    figure.draw_without_rendering()
    renderer = cast("FigureCanvasAgg", figure.canvas).get_renderer()
    points = axes.transData.transform(rows[["human_log2_fc", "mouse_log2_fc"]].to_numpy(float))
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points.tolist()]
    frame = axes.get_window_extent(renderer)
    for line in rows.head(n_labels).itertuples():
        for side, step in ((s, k) for k in (0, 1, -1, 2, -2) for s in (1, -1)):
            text = axes.annotate(
                line.pair, (line.human_log2_fc, line.mouse_log2_fc), (7 * side, 9.0 * step),
                textcoords="offset points", fontsize=8, va="center", color=INK,
                ha="left" if side > 0 else "right", zorder=4,
            )  # fmt: skip
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)
            corner = (box.x0, box.y0, box.x1, box.y1)
            inside = box.x0 > frame.x0 and box.x1 < frame.x1
            if inside and not any(_touch(corner, other) for other in taken):
                taken.append(corner)
                break
            text.remove()


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    """Whether two boxes (x0, y0, x1, y1) overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _list_the_rest(axes: "Axes", rest: pd.DataFrame) -> None:
    """Write what could not be compared under the axes, no ortholog apart from not measured."""
    is_absent = rest["reason"].astype(str).str.contains("not measured").to_numpy(dtype=bool)
    parts = []
    for mask, title in ((~is_absent, "No usable pair"), (is_absent, "Measured on one side only")):
        names = [str(name) for name in rest.loc[mask, "pair"]]
        if names:
            shown = ", ".join(names[:24]) + (
                f" and {len(names) - 24} more" if len(names) > 24 else ""
            )
            parts.append("\n".join(textwrap.wrap(f"{title} ({len(names)}): {shown}", 108)))
    if parts:
        whole_figure(axes).supxlabel("\n".join(parts), fontsize=7.5, color=MUTED, x=0.02, ha="left")
