"""What more purity costs in coverage: a box that shrinks from everybody (PRIM)."""

from typing import TYPE_CHECKING

from subtyping.figures.style import ACCENT, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.criteria import Criteria

__all__ = ["peeling"]

COLOURS = {0: MUTED, 1: "#56b4e9", 2: ACCENT, 3: "#d55e00"}
TOLD_AT = (0.95, 0.75, 0.5, 0.25)


@drawn_in_house_style
def peeling(criteria: "Criteria") -> "Axes":
    """Draw coverage against purity along the peeling path.

    Parameters
    ----------
    criteria : Criteria
        Its ``peeling`` holds ``n_clauses, support_frac, coverage_frac, purity_frac``, one row for
        each box, from everybody on.

    Returns
    -------
    matplotlib.axes.Axes
        Everybody stands on the right, and one limit is moved at a time; each point further left
        leaves more of the group out. Beside some points stands the share of the cases inside. The
        numbers are apparent.
    """
    path = criteria.peeling
    axes = new_axes(6.8, 4.4)
    coverage, purity = 100 * path["coverage_frac"], 100 * path["purity_frac"]
    axes.plot(coverage, purity, color=MUTED, lw=1.0, alpha=0.6, zorder=1)
    for n, part in path.groupby("n_clauses"):
        named = "everybody" if n == 0 else f"{n} limit" if n == 1 else f"{n} limits"
        axes.plot(
            coverage[part.index], purity[part.index], "o", ms=5.5, mec="white", mew=0.5,
            color=COLOURS.get(int(n), INK), label=named, clip_on=False, zorder=2,
        )  # fmt: skip
    axes.axhline(float(purity.iloc[0]), color=MUTED, lw=0.9, ls=(0, (4, 2)), zorder=0)
    told = {0} | {
        int(path.index.get_loc(path.index[path["coverage_frac"] >= share][-1]))
        for share in TOLD_AT
        if (path["coverage_frac"] < share).any()
    }
    for k in sorted(told):
        share = path["support_frac"].iloc[k]
        axes.plot(
            coverage.iloc[k], purity.iloc[k], "o", ms=8, mfc="none", mec=INK, mew=1.3,
            clip_on=False, zorder=3,
        )  # fmt: skip
        axes.annotate(
            "everybody" if k == 0 else f"{share:.0%} of cases inside",
            (coverage.iloc[k], purity.iloc[k]), (-10, 7 if k == 0 else -16),
            textcoords="offset points", ha="right", fontsize=9, color=INK,
        )  # fmt: skip
    axes.set(xlim=(0, 100), ylim=(0, 102))
    axes.grid(visible=True)
    axes.set_xlabel("Coverage: per cent of the group inside the box (apparent)")
    axes.set_ylabel("Purity: per cent of those inside\nwho belong to the group (apparent)")
    axes.figure.legend(loc="outside upper left", ncols=4, handletextpad=0.2)
    return axes
