"""How much fidelity a smaller panel keeps."""

from typing import TYPE_CHECKING

from subtyping.figures.style import CASE_COLOURS, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from subtyping.prediction import Prediction

__all__ = ["panel_sizes"]

METRIC = "fidelity_auc_out_of_fold"
REDUCED, OTHERS = "reduced", ("routine", "research")


@drawn_in_house_style
def panel_sizes(prediction: "Prediction") -> "Axes":
    """Draw the out-of-fold fidelity of panels of a few analytes, routine markers and the panel.

    Parameters
    ----------
    prediction : Prediction
        Its ``panels`` holds ``panel, size, metric, value, ci_low, ci_high, null_twin``.

    Returns
    -------
    matplotlib.axes.Axes
        AUC with its 95 % interval against the number of analytes; a ring is the same on the
        continuum twin, where one was drawn (a twin has no routine markers of its own). Fidelity is
        no evidence of existence: the twin's is often as high.
    """
    table = prediction.panels
    table = table[table["metric"] == METRIC]
    reduced = table[table["panel"] == REDUCED].sort_values("size")
    axes = new_axes(6.0, 4.4)
    _points(axes, reduced, list(reduced["size"]), CASE_COLOURS[0], "reduced panel")
    axes.plot(reduced["size"], reduced["value"], color=CASE_COLOURS[0], lw=1.2)
    places, names = list(reduced["size"]), [f"{int(size)}" for size in reduced["size"]]
    for panel in OTHERS:
        rows = table[table["panel"] == panel]
        if rows.empty:
            continue
        places.append(max(places, default=0) + 1)
        size = rows["size"].iloc[0]
        names.append("routine\nmarkers" if panel == "routine" else f"all {int(size)}")
        _points(axes, rows, places[-1:], MUTED, None)
    axes.axhline(0.5, color=MUTED, lw=0.9, ls=(0, (4, 2)))
    axes.set(xticks=places, xticklabels=names)
    axes.set_xlabel("Analytes in the panel, chosen anew in each fold")
    axes.set_ylabel("Assignment fidelity, AUC out of fold")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
    return axes


def _points(
    axes: "Axes", rows: "pd.DataFrame", at: list[float], colour: str, label: str | None
) -> None:
    axes.vlines(at, rows["ci_low"], rows["ci_high"], color=colour, lw=1.4)
    axes.scatter(at, rows["value"], s=30, color=colour, lw=0, zorder=3, label=label)
    if rows["null_twin"].notna().any() and not (rows["panel"] == "routine").any():
        axes.scatter(
            at, rows["null_twin"], s=34, facecolor="none", edgecolor=colour, lw=1.1, zorder=3,
            label=None if label is None else "the same on the continuum twin",
        )  # fmt: skip
