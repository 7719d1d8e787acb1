"""How much a study of this size overstates what it finds."""

from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.replications.drawn import DrawnReplications
from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["replication_winners_curse"]

FOUND = "#d55e00"
LARGEST = 150.0


@drawn_in_house_style
def replication_winners_curse(replications: DrawnReplications) -> "Axes":
    """Draw the mean estimate of each analyte against the truth: always, and when it was found.

    Parameters
    ----------
    replications : Replications

    Returns
    -------
    matplotlib.axes.Axes
        Grey: mean over all replications. Colour: mean over those in which the rule found it, the
        area by how often that was. On the line an estimate is right.
    """
    axes = new_axes(6.8, 5.0)
    table = replications.by_analyte[replications.by_analyte["n_compared"] > 0]
    found = table[table["found_frac"] > 0]
    axes.scatter(
        table["truth_log2"], table["estimate_log2"], s=16, color=GREY, lw=0, alpha=0.8,
        label="mean over all studies",
    )  # fmt: skip
    axes.scatter(
        found["truth_when_found_log2"], found["estimate_when_found_log2"],
        s=6 + LARGEST * found["found_frac"], color=FOUND, lw=0, alpha=0.55,
        label="over those that found it (area: how often)",
    )  # fmt: skip
    ends = np.concatenate([table["truth_log2"], found["truth_when_found_log2"].dropna()])
    line = [min(0.0, float(ends.min())), float(ends.max()) * 1.05]
    axes.plot(line, line, color=MUTED, lw=0.9, zorder=0, label="truth")
    axes.axhline(0.0, color=MUTED, lw=0.6, zorder=0)
    axes.set_xlabel("True difference, log2 fold change")
    axes.set_ylabel("Estimated difference, log2 fold change")
    value = replications.value
    axes.set_title(
        f"Findings are overstated {value('exaggeration'):.1f}-fold (type M); "
        f"{100 * value('wrong_sign_frac'):.1f} % have the wrong sign (type S)",
        color=INK,
    )
    axes.margins(x=0.05, y=0.07)
    axes.figure.legend(loc="outside lower center", ncols=3, handletextpad=0.4)
    return axes
