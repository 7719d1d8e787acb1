"""Immune axes side by side: every person, by group."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.axes import AxisScores

__all__ = ["axis_scores"]


@drawn_in_house_style
def axis_scores(
    scores: "AxisScores",
    group_of_sample: pd.Series,
    colours: Mapping[str, str],
) -> "Axes":
    """Draw the general level and the score of each immune axis, person by person.

    Parameters
    ----------
    scores : AxisScores
        Its table holds ``level`` and one ``<axis>_score`` for each axis.
    group_of_sample : pandas.Series
        Group of each sample, indexed by sample_id; only groups with a colour are drawn.
    colours : mapping
        Colour of each group, in the order they are drawn.

    Returns
    -------
    matplotlib.axes.Axes
        One row for each axis; within it one strip for each group, with median and quartiles.
        The sideways scatter inside a strip carries no information.
    """
    table = scores.table
    columns = [name for name in ("level",) if name in table and table[name].notna().any()]
    columns += [name for name in table if name.endswith("_score") and table[name].notna().any()]
    group = group_of_sample.reindex(table.index).astype(str)
    groups = [name for name in colours if (group == name).any()]
    axes = new_axes(6.8, 1.5 + 0.24 * len(columns) * (len(groups) + 1))
    noise = stream(0, "axis_scores figure")
    height = 1.0 / (len(groups) + 1)
    for row, column in enumerate(columns):
        for k, name in enumerate(groups):
            values = table.loc[group == name, column].dropna().to_numpy()
            centre = row + (k - (len(groups) - 1) / 2) * height
            jitter = noise.uniform(-0.3, 0.3, len(values)) * height
            place = (centre, height)
            _strip(axes, values, jitter, place=place, colour=colours.get(name, GREY))
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.grid(axis="x")
    axes.set_yticks(range(len(columns)), [_title(name) for name in columns])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(columns) - 0.5, -0.5)
    axes.set_xlabel("Score (SD of the reference people; bar: quartiles, tick: median)")
    for name in groups:
        axes.plot([], [], "o", color=colours[name], label=f"{name} (n = {(group == name).sum():,})")
    if groups:
        axes.figure.legend(loc="outside upper left", ncols=4, handletextpad=0.2)
    return axes


def _title(column: str) -> str:
    """Return the name of a row."""
    if column == "level":
        return "General level"
    name = column.removesuffix("_score").replace("_", " ")
    return name[:1].upper() + name[1:]


def _strip(
    axes: "Axes",
    values: np.ndarray,
    jitter: np.ndarray,
    *,
    place: tuple[float, float],
    colour: str,
) -> None:
    """Draw one group's people, their quartiles and their median."""
    if not len(values):
        return
    centre, height = place
    axes.scatter(
        values, centre + jitter, s=9, color=colour, alpha=0.45, lw=0, rasterized=True
    )  # fmt: skip
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    axes.plot([low, high], [centre, centre], color=INK, lw=2.2, solid_capstyle="butt")
    tick = 0.36 * height
    axes.plot([middle, middle], [centre - tick, centre + tick], color=INK, lw=1.8)
