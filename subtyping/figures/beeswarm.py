"""Every held-out person's attributions, analyte by analyte, coloured by the value."""

from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes, whole_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.prediction import Attribution

__all__ = ["beeswarm"]

LOW, MIDDLE, HIGH = "#0072b2", "#c9d1d9", "#d55e00"
WIDTH = 0.36  # half the height a row of points may take
REACH = 2.5  # z at which the colour is full


@drawn_in_house_style
def beeswarm(result: "Attribution", *, n_analytes: int = 12) -> "Axes":
    """Draw the attribution of each analyte in each held-out sample.

    Parameters
    ----------
    result : Attribution
    n_analytes : int
        Number of analytes drawn, by rank.

    Returns
    -------
    matplotlib.axes.Axes
        One row of points for each analyte; points of like attribution are spread upwards and
        downwards, coloured by the z-score of the analyte. Grey points have no value, because the
        fold did not keep the analyte.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    table = result.table.sort_values("rank", kind="stable").head(n_analytes)
    axes = new_axes(6.8, 1.5 + 0.38 * len(table))
    colours = LinearSegmentedColormap.from_list("values", [LOW, MIDDLE, HIGH])
    scale = Normalize(-REACH, REACH, clip=True)
    span = float(np.ptp(result.values)) if result.values.size else 1.0
    for row, name in enumerate(table["analyte"]):
        phi = result.values[:, result.data.columns.get_loc(name)]
        z = result.data[name].to_numpy(dtype=float)
        height = row + _spread(phi, span)
        there = np.isfinite(z)
        axes.scatter(phi[~there], height[~there], s=9, color=GREY, lw=0)
        axes.scatter(
            phi[there], height[there], s=11, c=z[there], cmap=colours, norm=scale, lw=0, alpha=0.9
        )
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks(range(len(table)), list(table["analyte"]))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(axis="x")
    model = result.model.replace("_", " ")
    axes.set_xlabel(f"SHAP value, out of fold ({result.scale}, {model})", color=INK)
    bar = whole_figure(axes).colorbar(
        ScalarMappable(scale, colours), ax=axes, aspect=40, pad=0.02, extend="both"
    )
    bar.set_label("value of the analyte (z)", color=INK)
    bar.outline.set_visible(False)
    return axes


def _spread(phi: np.ndarray, span: float) -> np.ndarray:
    """Heights of the points of a row: those of like attribution stand side by side."""
    height = np.zeros(len(phi))
    if span <= 0 or not len(phi):
        return height
    bins = np.floor((phi - phi.min()) / (span / 90)).astype(int)
    most = int(np.bincount(bins).max())
    step = min(0.07, 2 * WIDTH / max(most - 1, 1))
    for k in np.unique(bins):
        inside = np.flatnonzero(bins == k)
        place = np.arange(len(inside))
        height[inside] = step * ((place + 1) // 2) * np.where(place % 2, 1, -1)
    return height
