"""The frozen skew of new cases, under the groups the derivation found and their own."""

from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.style import ACCENT, GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.replication.replicate import Replication

__all__ = ["replication"]

TITLES = {
    "replicated": "The groups of the derivation are there again in independent people",
    "not replicated": "The groups of the derivation are not shown again in independent people",
    "underpowered": "Too few new cases to tell whether the groups are there again",
    "blocked": "Descriptive only: the new groups were not measured alike",
}
VETOED = "The new cases show a group, but something else may explain it"


@drawn_in_house_style
def replication(result: "Replication") -> "Axes":
    """Draw the distribution of the new cases on the frozen scale.

    Parameters
    ----------
    result : Replication
        Its `values` are drawn as a histogram, its `curves` as lines.

    Returns
    -------
    matplotlib.axes.Axes
        Density against the frozen skew, in SD of the derivation's reference people.
    """
    axes = new_axes(6.8, 4.5)
    values = result.values.to_numpy()
    edges = np.linspace(values.min(), values.max(), 31 if len(values) > 150 else 19).tolist()
    axes.hist(
        values, edges, density=True, histtype="stepfilled", facecolor=(GREY, 0.35),
        edgecolor=MUTED, lw=1.0, label=f"new cases (n = {len(values):,})",
    )  # fmt: skip
    curves = result.curves
    axes.plot(
        curves["x"], curves["density_derivation"], color=ACCENT, lw=1.8,
        label="groups of the derivation, frozen",
    )  # fmt: skip
    axes.plot(
        curves["x"], curves["density_new"], color=INK, lw=1.6, ls=(0, (4, 2)),
        label="groups fitted to the new cases",
    )  # fmt: skip
    axes.set_xlabel(f"Frozen {result.axis} {result.quantity} (SD of the derivation's reference)")
    axes.set_ylabel("Density (area under each = 1)")
    axes.set_title(VETOED if result.veto else TITLES[result.outcome], color=INK)
    axes.margins(y=0.08)
    axes.figure.legend(loc="outside lower center", ncols=2)
    return axes
