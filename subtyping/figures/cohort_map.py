"""A picture of the cohort: the stored two-dimensional embedding, coloured."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from subtyping.figures.style import GREY, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.discovery import Assignment

__all__ = ["cohort_map"]


@drawn_in_house_style
def cohort_map(
    embedding: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    assignment: "Assignment | None" = None,
) -> "Axes":
    """Draw every sample where the embedding put it.

    Parameters
    ----------
    embedding : pandas.DataFrame
        ``sample_id, x, y, group``.
    colours : mapping
        Colour of each group.
    assignment : Assignment, optional
        Where it holds probabilities, the people it covers are coloured by their probability of
        belonging to the subtype, and everyone else by group.

    Returns
    -------
    matplotlib.axes.Axes
        Positions have no unit; nothing is ever clustered on them, and the figure says so.
    """
    axes = new_axes(6.8, 5.0)
    probability = _probability(embedding, assignment)
    is_shaded = probability.notna().to_numpy()
    groups = embedding["group"].astype(str)
    for group in dict.fromkeys(groups):
        mask = (groups == group).to_numpy() & ~is_shaded
        rows = embedding[mask]
        if len(rows):
            axes.scatter(
                rows["x"], rows["y"], s=24, color=colours.get(group, GREY), alpha=0.7, lw=0,
                label=f"{group} (n = {len(rows):,})", rasterized=len(embedding) > 300,
            )  # fmt: skip
    if is_shaded.any():
        rows = embedding[is_shaded]
        points = axes.scatter(
            rows["x"], rows["y"], s=30, c=probability[is_shaded], cmap="inferno_r", vmin=-0.15,
            vmax=1.0, edgecolors=MUTED, linewidths=0.4, rasterized=len(embedding) > 300,
            label=f"{' or '.join(dict.fromkeys(groups[is_shaded]))}, shaded (n = {len(rows):,})",
        )  # fmt: skip
        bar = axes.figure.colorbar(points, ax=axes, shrink=0.7, pad=0.02)
        bar.ax.set_ylim(0, 1)
        bar.set_label("Probability of the subtype")
        bar.outline.set_visible(False)
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel("UMAP 1 (no unit)")
    axes.set_ylabel("UMAP 2 (no unit)")
    axes.set_title("A picture only: nothing is clustered on it", color=MUTED)
    axes.figure.legend(loc="outside lower center", ncols=3, markerscale=1.3)
    return axes


def _probability(embedding: pd.DataFrame, assignment: "Assignment | None") -> pd.Series:
    """Return each embedded sample's probability, NaN where there is none."""
    if assignment is None:
        return pd.Series(float("nan"), index=embedding.index)
    table = assignment.table.drop_duplicates("sample_id").set_index("sample_id")
    return embedding["sample_id"].map(pd.to_numeric(table["probability"]))
