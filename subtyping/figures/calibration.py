"""How far predicted probabilities can be believed, out of fold."""

from typing import TYPE_CHECKING

from subtyping.figures.style import (
    COMPARISON_COLOURS,
    MUTED,
    REFERENCE_COLOURS,
    drawn_in_house_style,
    new_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.prediction import Prediction

__all__ = ["calibration"]


@drawn_in_house_style
def calibration(prediction: "Prediction") -> "Axes":
    """Draw the observed share of subtype labels against the predicted probability.

    Parameters
    ----------
    prediction : Prediction
        Its ``calibration`` holds ``model, bin, mean_probability, observed_frac, n`` and, drawn
        where given, ``observed_frac_ci_low`` and ``observed_frac_ci_high``.

    Returns
    -------
    matplotlib.axes.Axes
        One line for each model, area of a point proportional to the number of people in it.
        Labels come from the same data, so this is the calibration of assignment fidelity.
    """
    axes = new_axes(5.6, 4.9)
    axes.plot([0, 1], [0, 1], color=MUTED, lw=1.0, ls=(0, (4, 2)), label="perfect calibration")
    palette = (REFERENCE_COLOURS[0], *COMPARISON_COLOURS)
    table = prediction.calibration
    for k, (model, rows) in enumerate(table.groupby("model", sort=False)):
        colour = palette[k % len(palette)]
        share = rows["n"] / max(float(table["n"].max()), 1.0)
        axes.plot(
            rows["mean_probability"], rows["observed_frac"], "o-", ms=4, color=colour, lw=1.4,
            label=str(model).replace("_", " "),
        )  # fmt: skip
        if "observed_frac_ci_low" in rows:
            axes.vlines(
                rows["mean_probability"], rows["observed_frac_ci_low"],
                rows["observed_frac_ci_high"], color=colour, lw=1.1, alpha=0.55,
            )  # fmt: skip
        axes.scatter(
            rows["mean_probability"], rows["observed_frac"], s=20 + 90 * share, color=colour,
            alpha=0.85, lw=0, clip_on=False, zorder=3,
        )  # fmt: skip
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.grid(visible=True)
    axes.set_xlabel("Predicted probability of the subtype, out of fold")
    axes.set_ylabel("Observed share labelled subtype")
    axes.legend(loc="upper left", scatterpoints=1)
    return axes
