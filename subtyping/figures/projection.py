"""Every case between two diseases, with what is known of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from subtyping._random import stream
from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.signature.likeness import Projection

__all__ = ["projection"]

COLOURS = {"case": "#d55e00"}
OTHERS = ("#009e73", "#b8860b")


@drawn_in_house_style
def projection(
    found: "Projection", colours: Mapping[str, str] | None = None, *, case: str = "cases"
) -> "Axes":
    """Draw where each case stands on the line between two diseases.

    Parameters
    ----------
    found : Projection
        Its table holds ``group, position, is_like_neither``.
    colours : mapping of str to str, optional
        Colour of each group; the cases are ``case``.
    case : str, default "cases"
        What the cases are called.

    Returns
    -------
    matplotlib.axes.Axes
        One strip for each group; 1 is the mean of the first disease, -1 that of the second. Open
        points are like neither. The sideways scatter carries no information.
    """
    axes = new_axes(6.8, 3.2)
    axes.set_xlabel(f"Position (-1: mean of {found.second or 'second'}, 1: mean of {found.first})")
    if not len(found.table):
        axes.set(xticks=[], yticks=[], ylabel="People")
        told = f"No projection: {found.reason}"
        axes.text(0.5, 0.5, told, transform=axes.transAxes, ha="center", color=MUTED, wrap=True)
        return axes
    order = [found.first, "case", found.second]
    palette = {found.first: OTHERS[0], found.second: OTHERS[1], **COLOURS, **(colours or {})}
    noise = stream(0, "projection figure")
    labels = []
    for y, name in enumerate(order):
        mine = found.table[found.table["group"] == name]
        x = mine["position"].to_numpy(dtype=float)
        at = y + noise.uniform(-0.26, 0.26, len(x))
        open_points = mine["is_like_neither"].to_numpy(dtype=bool)
        colour = palette.get(name, GREY)
        axes.scatter(x[~open_points], at[~open_points], s=22, color=colour, alpha=0.7, lw=0)
        axes.scatter(x[open_points], at[open_points], s=22, facecolors="none", edgecolors=colour)
        if len(x):
            middle = float(np.median(x))
            axes.plot([middle, middle], [y - 0.36, y + 0.36], color=INK, lw=1.8)
        labels.append(f"{case if name == 'case' else name} (n = {len(x):,})")
    axes.set_yticks(range(3), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(2.55, -0.55)
    axes.grid(axis="x")
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.scatter([], [], s=22, facecolors="none", edgecolors=INK, label="like neither")
    axes.plot([], [], color=INK, lw=1.8, label="median")
    axes.figure.legend(loc="outside upper left", ncols=2, handletextpad=0.4)
    return axes
