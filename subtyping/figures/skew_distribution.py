"""The skew of cases beside that of the reference people: one hump or two."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.axes import AxisScores
    from subtyping.discovery import Verdict

__all__ = ["skew_distribution"]

TITLES = {
    "discrete": "Two groups describe the cases better than one",
    "continuum": "One group; people differ by more than assay noise",
    "none": "One group; no difference beyond assay noise shown",
    "underpowered": "Too few cases to tell one group from two",
    "blocked": "Descriptive only: the two groups were not measured alike",
}


@drawn_in_house_style
def skew_distribution(
    scores: "AxisScores",
    verdict: "Verdict",
    group_of_sample: pd.Series,
    colours: Mapping[str, str],
    *,
    case: list[str],
    reference: list[str],
    fit: pd.DataFrame | None = None,
) -> "Axes":
    """Draw the distribution of the verdict's axis in cases and in reference people.

    Parameters
    ----------
    scores : AxisScores
        Its table holds ``<axis>_skew``; where the skew is not available the raw score is drawn,
        and the axis label says so.
    verdict : Verdict
        Gives the axis and, by its kind, the line above the figure.
    group_of_sample : pandas.Series
        Group of each sample, indexed by sample_id.
    colours : mapping
        Colour of each group.
    case, reference : list of str
        Groups that count as cases and as reference.
    fit : pandas.DataFrame, optional
        ``x, density_mixture, density_unimodal`` on the scale of the skew.

    Returns
    -------
    matplotlib.axes.Axes
        Histograms as densities; the fitted curves belong to the cases.
    """
    values, label = _values(scores.table, verdict.axis)
    group = group_of_sample.reindex(values.index)
    cases = values[group.isin(case)].dropna()
    others = values[group.isin(reference)].dropna()
    axes = new_axes(6.8, 4.5)
    both = pd.concat([cases, others])
    if both.empty:
        axes.text(0.5, 0.5, "No sample could be scored", transform=axes.transAxes, ha="center")
    else:
        n_edges = 31 if len(both) > 150 else 19
        edges = np.linspace(both.min(), both.max(), n_edges).tolist()
        _histograms(axes, cases, others, edges=edges, colours=colours, names=(case, reference))
    if fit is not None and len(fit):
        axes.plot(fit["x"], fit["density_mixture"], color=INK, lw=1.8, label="two groups, fitted")
        axes.plot(
            fit["x"], fit["density_unimodal"], color=MUTED, lw=1.6, ls=(0, (4, 2)),
            label="one group, fitted",
        )  # fmt: skip
    axes.set_xlabel(label)
    axes.set_ylabel("Density (area under each = 1)")
    axes.set_title(TITLES[verdict.kind], color=INK)
    axes.margins(y=0.08)
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.figure.legend(loc="outside lower center", ncols=2 if len(handles) > 3 else 4)
    return axes


def _values(table: pd.DataFrame, axis: str) -> tuple[pd.Series, str]:
    """Return the skew and its axis label; the raw score where there is no skew."""
    skew = table.get(f"{axis}_skew")
    if skew is not None and skew.notna().any():
        return skew, f"{axis} skew: {axis} score given the general level (reference SD)"
    score = table.get(f"{axis}_score", pd.Series(np.nan, index=table.index))
    return score, f"{axis} raw score, general level not removed (reference SD)"


def _histograms(
    axes: "Axes",
    cases: pd.Series,
    others: pd.Series,
    *,
    edges: list[float],
    colours: Mapping[str, str],
    names: tuple[list[str], list[str]],
) -> None:
    """Draw reference people as a filled background and cases as a filled outline."""
    for values, groups, alpha in ((others, names[1], 0.30), (cases, names[0], 0.38)):
        if values.empty:
            continue
        colour = colours.get(groups[0], GREY) if groups else GREY
        label = f"{' or '.join(groups)} (n = {len(values):,})"
        axes.hist(
            values, edges, density=True, histtype="stepfilled", facecolor=(colour, alpha),
            edgecolor=colour, lw=1.3, label=label,
        )  # fmt: skip
