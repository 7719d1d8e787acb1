"""The immune axes as a radar: one line for each disease, the healthy reference a ring."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import (
    GREY,
    INK,
    MUTED,
    RULE,
    drawn_in_house_style,
    new_axes,
    whole_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axis_radar"]

COLOURS = ("#d55e00", "#009e73", "#b8860b", "#7a5195")
STYLES = ("-", "--", "-.", ":")
SPREAD = 0.055


@drawn_in_house_style
def axis_radar(profile: pd.DataFrame, colours: Mapping[str, str] | None = None) -> "Axes":
    """Draw the difference of each group from the reference people, axis by axis.

    Parameters
    ----------
    profile : pandas.DataFrame
        `Likeness.profile`: ``axis, group, difference_sd, ci_low, ci_high, n_members``; rows
        without a number are not drawn.
    colours : mapping of str to str, optional
        Colour of each group.

    Returns
    -------
    matplotlib.axes.Axes
        Polar. The heavy ring is zero, the reference people; outside it a group is higher. Bars
        are 95 % intervals; groups stand a little side by side on each axis so that bars do not
        cover each other.
    """
    rows = profile.dropna(subset=["difference_sd"])
    names = list(dict.fromkeys(rows["axis"]))
    figure = whole_figure(new_axes(6.4, 6.2))
    figure.clf()
    if not names:
        blank = figure.add_subplot()
        blank.set(xticks=[], yticks=[], xlabel="Immune axes", ylabel="Difference (SD)")
        blank.text(0.5, 0.5, "No axis could be scored", transform=blank.transAxes, ha="center")
        return blank
    axes = figure.add_subplot(projection="polar")
    low = float(np.floor(min(rows["ci_low"].min(), -0.5) * 2) / 2)
    high = float(np.ceil(max(rows["ci_high"].max(), 0.5) * 2) / 2)
    angle = {name: 2 * np.pi * k / len(names) for k, name in enumerate(names)}
    groups = list(dict.fromkeys(rows["group"]))
    for k, group in enumerate(groups):
        colour = (colours or {}).get(group, COLOURS[k % len(COLOURS)])
        mine = rows[rows["group"] == group].set_index("axis").reindex(names).dropna(
            subset=["difference_sd"]
        )  # fmt: skip
        theta = np.array([angle[name] for name in mine.index])
        theta = theta + SPREAD * (k - (len(groups) - 1) / 2)
        value = mine["difference_sd"].to_numpy(dtype=float)
        closed = [*range(len(theta)), 0] if len(theta) > 2 else list(range(len(theta)))
        axes.plot(
            theta[closed], value[closed], STYLES[k % len(STYLES)], color=colour, lw=1.6, marker="o",
            ms=4.5, label=group,
        )  # fmt: skip
        for place, bottom, top in zip(theta, mine["ci_low"], mine["ci_high"], strict=True):
            axes.plot([place, place], [bottom, top], color=colour, lw=1.2, alpha=0.75)
    ring = np.linspace(0, 2 * np.pi, 181)
    axes.plot(ring, np.zeros_like(ring), color=INK, lw=1.4, zorder=1)
    _ring_labels(axes, low, high)
    members = rows.drop_duplicates("axis").set_index("axis")["n_members"]
    axes.set_xticks(list(angle.values()), [f"{_title(n)}\n({members[n]} analytes)" for n in names])
    axes.tick_params(axis="x", pad=22)
    axes.set_xlabel("Difference from the reference people (heavy ring), SD of the axis score")
    figure.legend(loc="outside upper left", ncols=len(groups), handletextpad=0.4)
    return axes


def _ring_labels(axes: "Axes", low: float, high: float) -> None:
    """Set the rings: whole numbers of SD, few enough to read."""
    step = 0.5 if high - low <= 3 else 1.0
    every = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
    ticks = [tick for tick in every.tolist() if tick > low]
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [f"{t:g}" for t in ticks], color=MUTED, fontsize=8.5)
    axes.set_rlabel_position(22)  # type: ignore[attr-defined]
    axes.grid(color=RULE)
    axes.spines["polar"].set_color(GREY)
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]


def _title(axis: str) -> str:
    words = axis.replace("_", " ")
    return words[:1].upper() + words[1:]
