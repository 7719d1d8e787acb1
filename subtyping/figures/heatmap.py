"""People by analytes: how far each lies from the healthy reference."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import INK, MUTED, drawn_in_house_style, new_axes, whole_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["heatmap"]

MOST = 60
MISSING = "#d0d0d0"
SHADES = ("#0072b2", "#8cc3e3", "#f7f7f7", "#f0a97c", "#d55e00")


@drawn_in_house_style
def heatmap(
    z: pd.DataFrame,
    group_of_sample: pd.Series,
    colours: Mapping[str, str],
    *,
    analytes: Sequence[str] | None = None,
    limit: float = 3.0,
) -> "Axes":
    """Draw z-scores against the healthy reference, analytes by people, people by group.

    Parameters
    ----------
    z : pandas.DataFrame of shape (n_samples, n_analytes)
        z-scores (`Prepared.z`).
    group_of_sample : pandas.Series
        Group of each sample, indexed by sample_id; only groups with a colour are drawn.
    colours : mapping
        Colour of each group, in the order they are drawn.
    analytes : sequence of str, optional
        Rows, from the top; those that `z` lacks are passed over, and at most sixty are drawn. All
        of `z` by default.
    limit : float, default 3
        z at which the colours end.

    Returns
    -------
    matplotlib.axes.Axes
        White is the reference mean, grey not measured. Within a group people stand in the order
        of their mean over the rows shown: a picture, nothing is clustered.
    """
    named = list(z.columns) if analytes is None else [name for name in analytes if name in z]
    rows = named[:MOST]
    group = group_of_sample.reindex(z.index).astype(str)
    groups = [name for name in colours if (group == name).any()]
    axes = new_axes(6.8, 2.2 + 0.15 * max(6, len(rows)))
    left_out = f", the first {len(rows)} of {len(named)} analytes" if len(named) > len(rows) else ""
    axes.set_title(f"People in the order of their mean; nothing is clustered{left_out}", color=INK)
    axes.set_xlabel("People, by group")
    if not groups or not rows:
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel("Analytes")
        axes.text(0.5, 0.5, "Nothing to show", transform=axes.transAxes, ha="center", color=MUTED)
        return axes
    blocks = [_in_order(z.loc[group == name, rows]) for name in groups]
    whole = np.vstack(blocks)
    edges = np.concatenate([[0], np.cumsum([len(block) for block in blocks])])
    _colour_cells(axes, whole.T, limit)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.tick_params(axis="both", length=0)
    middles = (edges[:-1] + edges[1:]) / 2 - 0.5
    names = [f"{name}\n(n = {len(block):,})" for name, block in zip(groups, blocks, strict=True)]
    axes.set_xticks(middles, names)
    axes.tick_params(axis="x", pad=8)
    for edge in edges[1:-1]:
        axes.axvline(edge - 0.5, color="white", lw=2.5)
    for name, start, stop in zip(groups, edges[:-1], edges[1:], strict=True):
        axes.plot(
            [start - 0.5, stop - 0.5], [len(rows) - 0.1] * 2, color=colours[name], lw=4,
            solid_capstyle="butt", clip_on=False,
        )  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)
    return axes


def _in_order(block: pd.DataFrame) -> np.ndarray:
    """Return the people of a group from the lowest mean to the highest."""
    order = np.argsort(block.mean(axis=1).to_numpy(dtype=float), kind="stable")
    return np.asarray(block.to_numpy(dtype=float)[order])


def _colour_cells(axes: "Axes", values: np.ndarray, limit: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("reference", SHADES)
    axes.set_facecolor(MISSING)
    picture = axes.imshow(
        np.ma.masked_invalid(values), cmap=shades, vmin=-limit, vmax=limit, aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    for side in axes.spines.values():
        side.set_visible(False)
    bar = whole_figure(axes).colorbar(picture, ax=axes, shrink=0.6, extend="both", pad=0.02)
    bar.set_label("SD from the reference mean")
    bar.outline.set_visible(False)
