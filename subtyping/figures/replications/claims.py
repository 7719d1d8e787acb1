"""How often each of a study's claims is made, under one truth or several."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.replications.drawn import DrawnReplications
from subtyping.figures.style import INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["replication_claims"]

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#b8860b", "#7a5195")
SAID = {
    "is_called_by_zscore": "{axis} higher: mean z",
    "is_called_by_gsva": "{axis} higher: GSVA",
    "is_called_by_skew": "{axis} higher: skew (given the level)",
    "is_called_by_skew_given_handling": "{axis} higher: skew, handling held constant",
}
LIKE = {
    "is_called_like_": "like {group}: plain correlation",
    "is_debiased_like_": "like {group}: errors taken out",
    "is_nearer_": "more like {group}: plain correlation",
    "is_debiased_nearer_": "more like {group}: errors taken out",
}


@drawn_in_house_style
def replication_claims(replications: Mapping[str, DrawnReplications]) -> "Axes":
    """Draw the share of replications in which each claim is made, with Wilson's interval.

    Parameters
    ----------
    replications : mapping of str to Replications
        One colour for each truth, by its name.

    Returns
    -------
    matplotlib.axes.Axes
        Claims from top to bottom; the dashed line is the 5 % at which a claim that is not true
        may be made.
    """
    first = next(iter(replications.values()))
    quantities = [str(name) for name in first.summary["quantity"]]
    claims = [name for name in SAID if name in quantities]
    claims += [name for prefix in LIKE for name in quantities if name.startswith(prefix)]
    axes = new_axes(7.4, 1.6 + 0.52 * len(claims))
    places = np.arange(len(claims))[::-1]
    offsets = np.linspace(0.24, -0.24, len(replications)) if len(replications) > 1 else [0.0]
    for (name, found), offset, colour in zip(
        replications.items(), offsets, COLOURS * 3, strict=False
    ):
        rows = found.summary.set_index("quantity").loc[claims]
        share = 100 * rows["value"].to_numpy()
        ends = [share - 100 * rows["ci_low"], 100 * rows["ci_high"] - share]
        axes.errorbar(
            share, places + offset, xerr=np.maximum(ends, 0), fmt="o", ms=6, color=colour, lw=1.4,
            label=name.replace("_", " "),
        )  # fmt: skip
    axes.axvline(5, color=MUTED, lw=0.9, ls=(0, (4, 2)), zorder=0)
    axes.set_yticks(places, [_said(name, first.axis) for name in claims])
    axes.set_xlim(-3, 103)
    axes.set_xlabel("Claimed in % of the studies (line: 5 %)")
    axes.set_title(f"What {first.n:,} studies of this size would claim", color=INK)
    axes.grid(axis="x")
    axes.figure.legend(loc="outside lower center", ncols=3, title="where the truth is")
    return axes


def _said(name: str, axis: str) -> str:
    if name in SAID:
        return SAID[name].format(axis=axis)
    prefix = next(prefix for prefix in LIKE if name.startswith(prefix))
    return LIKE[prefix].format(group=name.removeprefix(prefix))
