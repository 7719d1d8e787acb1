"""Which true differences a study of this size finds."""

from typing import TYPE_CHECKING

from subtyping.figures.replications.drawn import DrawnReplications
from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["replication_power"]

KINDS = (("handling marker", "#d55e00"), ("member of the axis", "#0072b2"), ("other", GREY))
RULE = 0.585


@drawn_in_house_style
def replication_power(replications: DrawnReplications) -> "Axes":
    """Draw how often each analyte is found against how large its difference truly is.

    Parameters
    ----------
    replications : Replications

    Returns
    -------
    matplotlib.axes.Axes
        One point per analyte; the title counts what is truly different, what is found and how
        much of it is truly different, in one study on average.
    """
    axes = new_axes(6.8, 4.6)
    table = replications.by_analyte[replications.by_analyte["n_compared"] > 0]
    for label, colour in reversed(KINDS):
        rows = table[_kind(table) == label]
        axes.scatter(
            rows["truth_log2"].abs(), 100 * rows["found_frac"], s=30, color=colour, lw=0,
            alpha=0.85, label=f"{label} ({len(rows):,})",
        )  # fmt: skip
    axes.axvline(RULE, color=MUTED, lw=0.9, ls=(0, (4, 2)))
    axes.annotate(
        "the rule: 1.5-fold", (RULE, 1.0), (4, -2), xycoords=("data", "axes fraction"),
        textcoords="offset points", va="top", color=MUTED, fontsize=9,
    )  # fmt: skip
    axes.set_ylim(-3, 103)
    axes.set_xlim(left=-0.02)
    axes.set_xlabel("True difference, |log2 fold change|")
    axes.set_ylabel(f"Found in % of {replications.n:,} studies")
    value = replications.value
    axes.set_title(
        f"{value('n_truly_different'):.0f} analytes truly differ 1.2-fold or more; a study finds "
        f"{value('n_findings'):.0f},\nof which {value('n_true_findings'):.0f} truly do: power "
        f"{100 * value('power'):.0f} %",
        color=INK,
    )
    axes.figure.legend(loc="outside lower center", ncols=3, handletextpad=0.2)
    return axes


def _kind(table: "pd.DataFrame") -> "pd.Series":
    kind = table["is_handling"].map({True: KINDS[0][0], False: KINDS[2][0]})
    return kind.mask(table["is_axis"] & ~table["is_handling"], KINDS[1][0])
