"""Every defensible analysis at once: do they agree, and more than without a subtype?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from subtyping.discovery.specification.algorithms import ALGORITHMS
from subtyping.figures.style import (
    CASE_COLOURS,
    GREY,
    INK,
    MUTED,
    REFERENCE_COLOURS,
    RULE,
    drawn_in_house_style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["specification_curve"]

YES, NO, UNKNOWN = CASE_COLOURS[0], REFERENCE_COLOURS[1], GREY
TWIN = "#7b8794"
TITLES = {
    "algorithm": "Algorithm",
    "features": "Done on",
    "k": "Clusters",
    "covariates": "Adjusted for",
    "plates": "Plates",
    "detection": "Below detection",
    "handling": "Handling markers",
}
WORDS = {
    "skew": "declared axis given level",
    "score": "declared axis as it is",
    "members": "members of the axis",
    "all_skews": "every axis given level",
    "panel": "whole panel",
    "panel_given_level": "whole panel given level",
    "chosen": "as many as it prefers",
    "none": "nothing",
    "adjusted": "adjusted",
    "as_measured": "as measured",
    "lod_sqrt2": "limit / √2",
    "drop": "left out",
}
GAP = 0.9


@drawn_in_house_style
def specification_curve(
    curve: pd.DataFrame,
    specifications: pd.DataFrame,
    choices: pd.DataFrame,
    *,
    verdict: str,
    is_descriptive: bool = False,
) -> "Axes":
    """Draw the specification curve above the choices that make it.

    Above: one column for each specification, from the most to the least agreeing on who is in
    the high group, coloured by whether it would be reported as having found a subtype; behind it
    the same curve of the null twins (median, and from least to most). Below: which choices each
    column stands for, and beside them how often analyses with a choice claim a subtype, in the
    data and in the twins.

    Parameters
    ----------
    curve : pandas.DataFrame
        ``position, specification, claims_subtype, mean_ari, twin_median, twin_low, twin_high``.
    specifications : pandas.DataFrame
        ``specification, is_declared`` and one column a choice.
    choices : pandas.DataFrame
        ``choice, value, n, claims_frac, twin_claims_frac, twin_low, twin_high``; the row
        ``all, all`` goes into the title.
    verdict : str
        What the declared analysis says; goes into the title.
    is_descriptive : bool, default False
        Whether case status is aliased; the title then says so.

    Returns
    -------
    matplotlib.axes.Axes
        The upper panel; the lower ones stand in the same figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = _rows(choices)
    figure = Figure(figsize=(11.5, 4.6 + 0.215 * (rows[-1][0] + 1)), layout="constrained")
    FigureCanvasAgg(figure)
    heights = [2.9, 0.215 * (rows[-1][0] + 1)]
    grid = figure.add_gridspec(2, 2, width_ratios=[3.0, 1.0], height_ratios=heights)
    above = figure.add_subplot(grid[0, 0])
    below = figure.add_subplot(grid[1, 0], sharex=above)
    beside = figure.add_subplot(grid[1, 1], sharey=below)
    _draw_curve(above, curve, specifications)
    _draw_choices(below, curve, specifications, rows)
    _draw_shares(beside, rows)
    figure.suptitle(
        _title(choices, verdict, is_descriptive=is_descriptive),
        x=0.01,
        ha="left",
        fontsize=12,
        color=INK,
    )
    _draw_key(figure.add_subplot(grid[0, 1]), above, beside)
    return above


def _draw_key(axes: "Axes", above: "Axes", beside: "Axes") -> None:
    """Explain the marks of the curve, and below them those of the shares."""
    axes.set_axis_off()
    for panel, corner in ((above, "upper left"), (beside, "lower left")):
        handles, labels = panel.get_legend_handles_labels()
        earlier = axes.get_legend()
        axes.legend(handles, labels, loc=corner, borderaxespad=0.0, handlelength=1.6)
        if earlier is not None:
            axes.add_artist(earlier)


def _title(choices: pd.DataFrame, verdict: str, *, is_descriptive: bool) -> str:
    """Say the two shares a reader should compare, and what was declared to decide."""
    every = choices[choices["choice"] == "all"].iloc[0]
    lead = (
        "Descriptive only: case and reference people were not measured alike.\n"
        if is_descriptive
        else ""
    )
    text = (
        f"{lead}Would other defensible analyses report a subtype?  In these data "
        f"{every['claims_frac']:.0%} of {int(every['n']):,} would"
    )
    if pd.notna(every["twin_claims_frac"]):
        text += (
            f";\nin look-alike data made without any subtype {every['twin_claims_frac']:.0%} "
            f"would ({every['twin_low']:.0%} to {every['twin_high']:.0%})"
        )
    known = "" if is_descriptive else ", whose error rate is known,"
    return f"{text}.\nThe declared analysis{known} says: {verdict}."


def _rows(choices: pd.DataFrame) -> list[tuple[float, str, dict[str, Any]]]:
    """Place of each row of the lower panels, with a gap and a heading before each choice."""
    place = 0.0
    found: list[tuple[float, str, dict[str, Any]]] = []
    for choice, title in TITLES.items():
        part = choices[choices["choice"] == choice]
        if len(part) < 2 and choice != "algorithm":
            continue
        place += GAP if found else 0.0
        for row in part.to_dict("records"):
            found.append((place, title, row))
            place += 1.0
    return found


def _word(choice: str, value: str) -> str:
    """Return a value as a reader would call it."""
    if choice == "algorithm":
        return ALGORITHMS[value].title if value in ALGORITHMS else value
    if value == "keep":
        return "values kept" if choice == "detection" else "kept"
    return WORDS.get(value, value.replace("+", ", "))


def _colours(curve: pd.DataFrame) -> np.ndarray:
    """Colour of each column: claims, does not, could not be done."""
    claims = curve["claims_subtype"].astype("boolean")
    return np.where(
        claims.isna(), UNKNOWN, np.where(claims.fillna(value=False).to_numpy(dtype=bool), YES, NO)
    )


def _draw_curve(axes: "Axes", curve: pd.DataFrame, specifications: pd.DataFrame) -> None:
    """Draw agreement on members, the twins' band behind it."""
    position = curve["position"].to_numpy()
    colours = _colours(curve)
    for colour, label in ((YES, "would report a subtype"), (NO, "would report none")):
        chosen = (colours == colour) & curve["mean_ari"].notna().to_numpy()
        axes.scatter(
            position[chosen], curve["mean_ari"].to_numpy()[chosen], s=13, color=colour, lw=0,
            label=label, zorder=3,
        )  # fmt: skip
    if curve["twin_median"].notna().any():
        axes.fill_between(
            position, curve["twin_low"], curve["twin_high"], color=TWIN, alpha=0.3, lw=0,
            label="look-alikes without a\nsubtype: least to most",
        )  # fmt: skip
        axes.plot(position, curve["twin_median"], color=TWIN, lw=1.6, label="their median")
    _mark_declared(axes, curve, specifications)
    silent = curve.loc[curve["mean_ari"].isna(), "position"]
    if len(silent):
        axes.axvspan(silent.min() - 0.5, silent.max() + 0.5, color=RULE, alpha=0.6, lw=0)
        if len(silent) > 0.04 * len(curve):
            axes.text(
                silent.mean(), 0.5, "one cluster:\nname nobody", rotation=90, ha="center",
                va="center", fontsize=8.5, color=MUTED, transform=axes.get_xaxis_transform(),
            )  # fmt: skip
    axes.set_ylabel("Agreement with the other\nanalyses on who is in it\n(1 same people, 0 chance)")
    axes.set_xlim(0, len(curve) + 1)
    top = curve[["mean_ari", "twin_high"]].max().max()
    low = curve[["mean_ari", "twin_low"]].min().min()
    if pd.notna(top):
        axes.set_ylim(min(-0.05, low - 0.03), max(0.4, top + 0.08))
    axes.grid(axis="y")
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.set_title(
        f"Each column is one of {len(curve):,} analyses, sorted by agreement", color=MUTED
    )


def _mark_declared(axes: "Axes", curve: pd.DataFrame, specifications: pd.DataFrame) -> None:
    """Ring the declared analysis."""
    names = specifications.loc[specifications["is_declared"], "specification"]
    mine = curve[curve["specification"].isin(names) & curve["mean_ari"].notna()]
    axes.scatter(
        mine["position"], mine["mean_ari"], s=90, facecolors="none", edgecolors=INK, lw=1.4,
        label="the declared analysis", zorder=4, clip_on=False,
    )  # fmt: skip


def _columns_of(
    curve: pd.DataFrame, specifications: pd.DataFrame
) -> Iterator[tuple[str, pd.Series]]:
    """Values of each choice in the order of the columns."""
    ordered = specifications.set_index("specification").loc[curve["specification"]]
    for choice in TITLES:
        yield choice, ordered[choice].astype(str)


def _draw_choices(
    axes: "Axes",
    curve: pd.DataFrame,
    specifications: pd.DataFrame,
    rows: list[tuple[float, str, dict[str, Any]]],
) -> None:
    """Draw a tick where a column makes a choice."""
    position, colours = curve["position"].to_numpy(), _colours(curve)
    values = dict(_columns_of(curve, specifications))
    width = min(4.0, max(0.55, 420 / len(curve)))
    for place, _, row in rows:
        chosen = (values[row["choice"]] == str(row["value"])).to_numpy()
        axes.vlines(
            position[chosen], place - 0.36, place + 0.36, colors=colours[chosen].tolist(), lw=width
        )
    labels = [_word(row["choice"], str(row["value"])) for _, _, row in rows]
    axes.set_yticks([place for place, _, _ in rows], labels, fontsize=9)
    axes.set_ylim(rows[-1][0] + 0.7, -0.9)
    axes.tick_params(axis="both", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    firsts: dict[str, float] = {}
    for place, title, _ in rows:
        firsts.setdefault(title, place)
    for title, place in firsts.items():
        axes.annotate(
            title, (0, place), xytext=(-178, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=9, color=MUTED, va="center", annotation_clip=False,
        )  # fmt: skip
        if place:
            axes.axhline(place - 0.5 - GAP / 2, color=RULE, lw=0.8)


def _draw_shares(axes: "Axes", rows: list[tuple[float, str, dict[str, Any]]]) -> None:
    """Draw how often a choice ends in a claim, in the data and in the twins."""
    names = ("look-alikes: least to most", "their median", "these data")
    for place, _, row in rows:
        band, line, dot = names if place == rows[0][0] else ("_", "_", "_")
        low, high = 100 * row["twin_low"], 100 * row["twin_high"]
        if pd.notna(low):
            axes.plot([low, high], [place, place], color=TWIN, alpha=0.45, lw=6.5,
                      solid_capstyle="butt", label=band)  # fmt: skip
            middle = 100 * row["twin_claims_frac"]
            axes.plot([middle, middle], [place - 0.32, place + 0.32], color=TWIN, lw=2.0,
                      label=line)  # fmt: skip
        axes.plot(100 * row["claims_frac"], place, "o", color=YES, ms=5.5, mec="white", mew=0.6,
                  clip_on=False, zorder=3, label=dot)  # fmt: skip
    axes.set_xlim(-3, 103)
    axes.set_xticks([0, 50, 100])
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("Would report a subtype (%)")
