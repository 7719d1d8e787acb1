"""Who meets which criteria together: one bar for each combination (an UpSet plot)."""

import re
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import (
    ACCENT,
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

    from subtyping.criteria import Criteria

__all__ = ["criteria_overlap"]

PROPOSED = "#d55e00"


@drawn_in_house_style
def criteria_overlap(criteria: "Criteria", *, n_combinations: int = 12) -> "Axes":
    """Draw how many cases meet each combination of criteria, and no other of them.

    Parameters
    ----------
    criteria : Criteria
        Its ``overlap`` holds ``combination, rule_text, is_met, n_case``; its ``table`` tells
        which rules are published.
    n_combinations : int
        Combinations drawn, the largest first; the others share one grey bar.

    Returns
    -------
    matplotlib.axes.Axes
        The matrix of dots: one row for each rule, one column for each combination. Above it stand
        the sizes of the combinations, beside it those of the rules. A ring is a rule that a
        person cannot be judged by.
    """
    rows = criteria.overlap
    sizes = rows.drop_duplicates("combination").set_index("combination")["n_case"].astype(int)
    shown, rest = sizes.iloc[:n_combinations], sizes.iloc[n_combinations:]
    rules = list(dict.fromkeys(rows["rule_text"].astype(str)))
    kinds = criteria.table.set_index("rule_text")["kind"]
    colours = [ACCENT if kinds.get(rule) == "published" else PROPOSED for rule in rules]
    below, above, beside = _panels(len(rules))
    _draw_sizes(above, shown, rest)
    _draw_dots(below, rows, shown, rules, colours)
    _draw_rules(beside, rows, rules, colours)
    for colour, name in ((PROPOSED, "proposed here"), (ACCENT, "published")):
        if colour in colours:
            below.plot([], [], "o", ms=8, color=colour, label=name)
    whole_figure(below).legend(loc="upper right", handletextpad=0.2)
    below.set_xlim(-0.6, len(shown) + bool(len(rest)) - 0.4)
    below.set_xlabel("Combinations of criteria, the largest first")
    return below


def _panels(n_rules: int) -> "tuple[Axes, Axes, Axes]":
    """Return the matrix, the panel above it and the one beside it."""
    below = new_axes(7.6, 2.9 + 0.46 * n_rules)
    figure = whole_figure(below)
    grid = figure.add_gridspec(
        2, 2, width_ratios=[3.4, 1.0], height_ratios=[2.0, max(1.0, 0.46 * n_rules)]
    )
    below.set_subplotspec(grid[1, 0])
    above = figure.add_subplot(grid[0, 0], sharex=below)
    return below, above, figure.add_subplot(grid[1, 1], sharey=below)


def _draw_sizes(axes: "Axes", shown: pd.Series, rest: pd.Series) -> None:
    """Draw the size of each combination, and one bar for those that are not drawn."""
    axes.bar(range(len(shown)), shown, width=0.62, color=MUTED)
    numbers = list(shown)
    if len(rest):
        numbers.append(int(rest.sum()))
        axes.bar(len(shown), numbers[-1], width=0.62, color=RULE, ec=GREY, lw=0.8, ls="--")
    for place, number in enumerate(numbers):
        axes.annotate(
            f"{number:,}", (place, number), (0, 3), textcoords="offset points", ha="center",
            fontsize=9, color=INK,
        )  # fmt: skip
    axes.set_ylabel("Cases who meet these\nand no others")
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.margins(y=0.14)
    axes.grid(axis="y")


def _draw_dots(
    axes: "Axes", rows: pd.DataFrame, shown: pd.Series, rules: list[str], colours: list[str]
) -> None:
    """Draw which rules each combination is made of."""
    met = rows.pivot_table(
        index="rule_text", columns="combination", values="is_met", aggfunc="first", dropna=False
    )
    for place in range(0, len(rules), 2):
        axes.axhspan(place - 0.5, place + 0.5, color="#f5f7f9", lw=0, zorder=0)
    for column, combination in enumerate(shown.index):
        answers = [met.loc[rule, combination] for rule in rules]
        places = [k for k, answer in enumerate(answers) if pd.notna(answer) and bool(answer)]
        if len(places) > 1:
            axes.plot([column, column], [places[0], places[-1]], color=MUTED, lw=1.4, zorder=1)
        for place, answer in enumerate(answers):
            unknown = pd.isna(answer)
            filled = colours[place] if place in places else RULE
            axes.plot(
                column, place, "o", ms=8, mfc="white" if unknown else filled,
                mec=GREY if unknown else filled, mew=1.2, zorder=2,
            )  # fmt: skip
    left = rows["combination"].nunique() - len(shown)
    if left:
        axes.text(
            len(shown), (len(rules) - 1) / 2, f"{left} more\ncombinations", rotation=90,
            ha="center", va="center", fontsize=9, color=MUTED,
        )  # fmt: skip
    axes.set_yticks(range(len(rules)), [_label(rule) for rule in rules], fontsize=9.5, color=INK)
    axes.set(xticks=[], ylim=(len(rules) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_rules(axes: "Axes", rows: pd.DataFrame, rules: list[str], colours: list[str]) -> None:
    """Draw how many cases meet each rule at all."""
    met = rows[rows["is_met"].fillna(value=False).to_numpy(dtype=bool)]
    sizes = met.groupby("rule_text")["n_case"].sum().reindex(rules, fill_value=0).to_numpy()
    axes.barh(np.arange(len(rules)), sizes, height=0.5, color=colours)
    for place, number in enumerate(sizes):
        axes.annotate(
            f"{number:,}", (number, place), (4, 0), textcoords="offset points", va="center",
            fontsize=9, color=INK,
        )  # fmt: skip
    axes.tick_params(axis="both", left=False, labelleft=False, bottom=False, labelbottom=False)
    axes.margins(x=0.3)
    axes.set_xlim(left=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("Meet it at all")


def _label(rule_text: str) -> str:
    """Return a rule as it is set beside its row: one condition on a line."""
    text = rule_text.replace(">=", "≥").replace("<=", "≤").replace("/uL", "/µL")
    for joiner in ("and", "or"):
        text = re.sub(rf" {joiner} (?![<>≤≥])", f"\n{joiner} ", text)
    return "\n".join(textwrap.fill(line, 30) for line in text.split("\n"))
