"""Differential abundance at a glance: how large, how sure."""

from typing import TYPE_CHECKING, cast

import pandas as pd

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes, whole_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from subtyping.signature import Differential

__all__ = ["volcano"]

SMALLEST_P = 1e-200
HIGHER, LOWER = "#d55e00", "#0072b2"


@drawn_in_house_style
def volcano(
    differential: "Differential",
    *,
    contrast: str | None = None,
    q_below: float = 0.05,
    n_labels: int = 12,
) -> "Axes":
    """Draw fold change against p-value for one contrast.

    Parameters
    ----------
    differential : Differential
        Its table holds ``analyte, contrast, log2_fc, p_value, q_value``.
    contrast : str, optional
        Contrast to draw; the first of the table by default.
    q_below : float
        False discovery rate under which an analyte is coloured.
    n_labels : int
        Number of coloured analytes named, smallest p-value first.

    Returns
    -------
    matplotlib.axes.Axes
        p-values on a logarithmic scale, smallest on top. Where the table has no p-values
        (a blocked verdict) the axes say so instead.
    """
    table = differential.table
    chosen = contrast if contrast is not None else next(iter(table["contrast"]), "")
    rows = table[table["contrast"] == chosen].dropna(subset=["log2_fc", "p_value"])
    axes = new_axes(6.8, 4.8)
    axes.set_title(f"{chosen} ({len(rows):,} analytes)", color=INK)
    axes.set_xlabel("log2 fold change (adjusted)")
    axes.set_ylabel("p-value (log scale, smaller is higher)")
    if rows.empty:
        axes.set(xticks=[], yticks=[])
        axes.text(
            0.5, 0.5, "No p-values are given for this contrast", transform=axes.transAxes,
            ha="center", color=MUTED,
        )  # fmt: skip
        return axes
    rows = rows.assign(p_value=rows["p_value"].clip(lower=SMALLEST_P))
    is_hit = rows["q_value"] < q_below
    is_up = rows["log2_fc"] > 0
    for mask, colour, label in (
        (~is_hit, GREY, f"q ≥ {q_below:g} ({(~is_hit).sum():,})"),
        (is_hit & is_up, HIGHER, f"higher, q < {q_below:g} ({(is_hit & is_up).sum():,})"),
        (is_hit & ~is_up, LOWER, f"lower, q < {q_below:g} ({(is_hit & ~is_up).sum():,})"),
    ):
        axes.scatter(
            rows.loc[mask, "log2_fc"], rows.loc[mask, "p_value"], s=26, color=colour, lw=0,
            alpha=0.75, label=label,
        )  # fmt: skip
    axes.set_yscale("log")
    axes.invert_yaxis()
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.margins(x=0.16, y=0.08)
    axes.figure.legend(loc="outside lower center", ncols=3, handletextpad=0.2)
    _name_points(axes, rows[is_hit], n_labels)
    return axes


def _name_points(axes: "Axes", hits: pd.DataFrame, n_labels: int) -> None:
    """Write each analyte beside its point, shifted until it touches no other name or point."""
    from matplotlib.text import Text

    figure = whole_figure(axes)
    figure.draw_without_rendering()
    renderer = cast("FigureCanvasAgg", figure.canvas).get_renderer()
    points = axes.transData.transform(hits[["log2_fc", "p_value"]].to_numpy(dtype=float))
    reach = 4.0
    taken = [(x - reach, y - reach, x + reach, y + reach) for x, y in points.tolist()]
    for line in hits.nsmallest(n_labels, "p_value").itertuples():
        side = 1 if line.log2_fc > 0 else -1
        for step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5):
            text = axes.annotate(
                line.analyte, (line.log2_fc, line.p_value), (7 * side, 11.0 * step),
                textcoords="offset points", fontsize=8.5, va="center", color=INK,
                ha="left" if side > 0 else "right",
                arrowprops={"arrowstyle": "-", "color": MUTED, "lw": 0.5, "shrinkA": 0,
                            "shrinkB": 2} if step else None,
            )  # fmt: skip
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)  # of the words, without their line
            corner = (box.x0, box.y0, box.x1, box.y1)
            if not any(_touch(corner, other) for other in taken):
                taken.append(corner)
                break
            text.remove()


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    """Whether two boxes (x0, y0, x1, y1) overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
