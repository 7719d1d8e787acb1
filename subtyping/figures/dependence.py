"""One analyte: its value against its attribution, with the proposed threshold drawn in."""

from typing import TYPE_CHECKING

import numpy as np

from subtyping.figures.style import ACCENT, GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.prediction.explain import Dependence

__all__ = ["dependence"]

THRESHOLD, CROSSING = "#d55e00", "#009e73"


@drawn_in_house_style
def dependence(
    result: "Dependence",
    *,
    threshold: float | None = None,
    threshold_label: str = "",
    grey: tuple[float, float] | None = None,
) -> "Axes":
    """Draw the attribution of an analyte against its value.

    Parameters
    ----------
    result : Dependence
    threshold : float, optional
        A proposed threshold, in the unit of the values.
    threshold_label : str, optional
        What the threshold is called; ``"proposed threshold"`` by default.
    grey : tuple of float, optional
        Ends of the grey zone of the threshold, where one sample does not settle the matter.

    Returns
    -------
    matplotlib.axes.Axes
        One point for each held-out sample, the zero crossing with its interval as a band, the
        threshold as a dashed line and its grey zone hatched. Concentrations are drawn on
        the log scale.
    """
    axes = new_axes(6.8, 4.2)
    table, crossing = result.table, result.crossing
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.scatter(
        table["value"], table["attribution"], s=18, color=ACCENT, lw=0, alpha=0.6,
        label=f"held-out sample ({len(table):,})",
    )  # fmt: skip
    if np.isfinite(crossing.value):
        said = f"SHAP zero crossing {crossing.value:.3g}"
        if np.isfinite(crossing.ci_low) and np.isfinite(crossing.ci_high):
            said += f" ({crossing.ci_low:.3g} to {crossing.ci_high:.3g})"
            axes.axvspan(crossing.ci_low, crossing.ci_high, color=CROSSING, alpha=0.18, lw=0)
        axes.axvline(crossing.value, color=CROSSING, lw=1.6, label=said)
    if grey is not None:
        said = f"grey zone {grey[0]:.3g} to {grey[1]:.3g}"
        axes.axvspan(
            *grey, facecolor="none", edgecolor=GREY, hatch="///", lw=0, zorder=0, label=said
        )
    if threshold is not None:
        name = threshold_label or "proposed threshold"
        axes.axvline(
            threshold, color=THRESHOLD, lw=1.6, ls=(0, (5, 3)), label=f"{name} {threshold:.3g}"
        )
    unit = "z against the reference people" if result.unit == "z" else result.unit
    if result.unit.endswith("mL") and len(table) and table["value"].min() > 0:
        axes.set_xscale("log")
    axes.set_xlabel(f"{result.analyte} ({unit})", color=INK)
    axes.set_ylabel(f"SHAP value, out of fold ({result.scale})", color=INK)
    axes.grid(axis="y")
    axes.figure.legend(loc="outside upper left", ncols=2)
    return axes
