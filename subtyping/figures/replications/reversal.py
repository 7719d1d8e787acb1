"""What models of a drug say would be undone, where no drug is given to anybody."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.replications.drawn import DrawnReplications
from subtyping.figures.style import INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["replication_reversal"]

MODELS = (
    ("naive_best_pct", "careless, best finding", "#cc79a7"),
    ("naive_reversal_pct", "careless, mean of the findings", "#d55e00"),
    ("random_reversal_pct", "careless, random analytes clamped instead", "#9aa5b1"),
    ("honest_reversal_pct", "held-out people, within groups, members left out", "#0072b2"),
)
LIMITS = (-45.0, 165.0)
STEP = 0.19


@drawn_in_house_style
def replication_reversal(replications: Mapping[str, DrawnReplications]) -> "Axes":
    """Draw the percent of the findings undone in every replication, truth by truth.

    Parameters
    ----------
    replications : mapping of str to Replications

    Returns
    -------
    matplotlib.axes.Axes
        One dot per replication with something to undo, a line at the median; values beyond the
        axis stand at its ends.
    """
    axes = new_axes(7.4, 1.8 + 1.25 * len(replications))
    places = np.arange(len(replications))[::-1]
    for place, found in zip(places, replications.values(), strict=True):
        for row, (column, _, colour) in enumerate(MODELS):
            if column not in found.table:
                continue
            values = found.table[column].dropna().to_numpy(dtype=float)
            y = place + STEP * (1.5 - row)
            spread = 0.28 * STEP * (2 * (np.arange(len(values)) * 0.618034 % 1) - 1)
            axes.scatter(values.clip(*LIMITS), y + spread, s=9, color=colour, lw=0, alpha=0.55)
            if len(values):
                axes.vlines(np.median(values), y - STEP / 2.2, y + STEP / 2.2, color=INK, lw=1.8)
    for column, label, colour in MODELS:
        if any(column in found.table for found in replications.values()):
            axes.scatter([], [], s=30, color=colour, lw=0, label=label)
    for at in (0.0, 100.0):
        axes.axvline(at, color=MUTED, lw=0.9, ls=(0, (4, 2)), zorder=0)
    axes.set_yticks(places, [name.replace("_", " ").replace(" ", "\n", 1) for name in replications])
    axes.set_ylim(-0.55, len(replications) - 0.45)
    axes.set_xlim(LIMITS[0] - 4, LIMITS[1] + 4)
    axes.set_xlabel("Percent of the findings called undone (no drug was given; the truth is 0)")
    axes.set_title("A model that clamps the axis undoes findings whatever the drug does", color=INK)
    axes.tick_params(axis="y", length=0)
    axes.figure.legend(loc="outside lower center", ncols=2, handletextpad=0.2)
    return axes
