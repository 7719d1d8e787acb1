"""One patient: from what the model says of its background to what it says of this person."""

from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.prediction.explain import SampleExplanation

__all__ = ["waterfall"]

UP, DOWN = "#d55e00", "#0072b2"


@drawn_in_house_style
def waterfall(result: "SampleExplanation", *, n_analytes: int = 10) -> "Axes":
    """Draw the attributions of one sample as steps from the base value to the prediction.

    Parameters
    ----------
    result : SampleExplanation
    n_analytes : int
        Number of analytes drawn, largest first; the others are one step together.

    Returns
    -------
    matplotlib.axes.Axes
        Steps to the right raise the prediction and steps to the left lower it. The first row is
        the base value, the last the prediction.
    """
    shown, rest = result.table.head(n_analytes), result.table.iloc[n_analytes:]
    names = [_named(line.analyte, float(line.value_z)) for line in shown.itertuples()]
    sizes = shown["attribution"].to_list()
    if len(rest):
        names.append(f"{len(rest):,} other analyte{'' if len(rest) == 1 else 's'}")
        sizes.append(float(rest["attribution"].sum()))
    ends = result.base_value + np.cumsum([0.0, *sizes])
    n_rows = len(sizes) + 2
    axes = new_axes(6.8, 1.2 + 0.34 * n_rows)
    reach = max(float(np.ptp(ends)), 1e-9)
    for row, (size, start) in enumerate(zip(sizes, ends[:-1], strict=True), start=1):
        is_pooled = row > len(shown)
        colour = GREY if is_pooled else UP if size > 0 else DOWN
        axes.barh(row, size, left=start, height=0.62, color=colour)
        axes.plot([start] * 2, [row - 1, row], color=MUTED, lw=0.8, zorder=0)
        edge = max(start, start + size)
        axes.text(edge + 0.015 * reach, row, _signed(size, "+"), va="center", fontsize=9, color=INK)
    axes.plot([ends[-1]] * 2, [n_rows - 2, n_rows - 1], color=MUTED, lw=0.8, zorder=0)
    ends_said = ((0, ends[0], result.base_probability), (n_rows - 1, ends[-1], result.probability))
    for row, place, probability in ends_said:
        axes.plot(place, row, "D", ms=6, color=INK)
        said = _signed(place)
        said += "" if result.scale == "probability" else f", {probability:.1%}"
        axes.text(place + 0.03 * reach, row, said, va="center", fontsize=9, color=INK)
    axes.set_yticks(range(n_rows), ["background", *names, "this sample"])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(n_rows - 0.4, -0.6)
    low, high = float(ends.min()), float(ends.max())
    axes.set_xlim(low - 0.06 * reach, high + 0.25 * reach)
    axes.grid(axis="x")
    model = result.model.replace("_", " ")
    axes.set_title(f"{result.sample_id}: out of fold, {model}", color=INK)
    axes.set_xlabel("Predicted " + result.scale, color=INK)
    return axes


def _named(analyte: object, value_z: float) -> str:
    """Return the analyte with its value."""
    return (
        f"{analyte}  (z {_signed(value_z)})" if np.isfinite(value_z) else f"{analyte}  (not kept)"
    )


def _signed(value: float, sign: str = "") -> str:
    """Return a number with two digits and a true minus."""
    return f"{value:{sign}.2f}".replace("-", "\N{MINUS SIGN}")
