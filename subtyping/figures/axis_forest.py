"""The members of the immune axes, one by one: how much each differs, and how surely."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.figures.style import GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.signature import Differential

__all__ = ["axis_forest"]

HIGHER, LOWER = "#d55e00", "#0072b2"


@drawn_in_house_style
def axis_forest(
    differential: "Differential",
    members: Mapping[str, Sequence[str]],
    *,
    contrast: str | None = None,
    q_below: float = 0.05,
) -> "Axes":
    """Draw the fold change of every member of every axis, with its interval, grouped by axis.

    Parameters
    ----------
    differential : Differential
        Its table holds ``analyte, contrast, log2_fc, ci_low, ci_high, q_value, detected_frac,
        is_mostly_below_detection``.
    members : mapping of str to sequence of str
        Axis to its members, in the order they are drawn.
    contrast : str, optional
        Contrast to draw; the first of the table by default.
    q_below : float
        False discovery rate under which a member is coloured.

    Returns
    -------
    matplotlib.axes.Axes
        One row for each member. An open circle is mostly below detection; a member without a fold
        change says why (below detection, not on the panel). An interval without an end is
        an arrow.
    """
    table = differential.table
    chosen = contrast if contrast is not None else next(iter(table["contrast"]), "")
    rows = table[table["contrast"] == chosen].set_index("analyte")
    lines = [(axis, analyte) for axis, names in members.items() for analyte in [None, *names]]
    axes = new_axes(6.8, 1.6 + 0.21 * max(1, len(lines)))
    axes.set_title(f"{chosen}: members of the immune axes", color=INK)
    axes.set_xlabel("log2 fold change (adjusted), 95% interval")
    axes.set_ylim(max(1, len(lines)) - 0.5, -0.5)
    reach = _reach(rows, lines)
    axes.set_xlim(-reach, reach)
    labels = []
    for y, (axis, analyte) in enumerate(lines):
        labels.append(axis if analyte is None else analyte)
        if analyte is None:
            axes.axhspan(y - 0.5, y + 0.5, color=GREY, alpha=0.18, lw=0)
            continue
        row = rows.loc[analyte] if analyte in rows.index else None
        _member(axes, y, row, q_below=q_below, reach=reach)
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks(range(len(lines)), labels)
    axes.tick_params(axis="y", length=0)
    for label, (_, analyte) in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if analyte is None else "normal")
    _legend(axes, q_below)
    return axes


def _reach(rows: pd.DataFrame, lines: list[tuple[str, str | None]]) -> float:
    """Return how far the axis goes: every estimate, and the ends of all but wild intervals."""
    shown = rows.loc[[name for _, name in lines if name is not None and name in rows.index]]
    effects = shown["log2_fc"].abs().dropna()
    ends = shown[["ci_low", "ci_high"]].abs().to_numpy(dtype=float).ravel()
    ends = ends[np.isfinite(ends)]
    widest = min(ends.max(), 2 * float(np.quantile(ends, 0.9))) if len(ends) else 0.5
    return 1.1 * max(float(widest), float(effects.max()) if len(effects) else 0.0, 0.25)


def _member(axes: "Axes", y: int, row: "pd.Series | None", *, q_below: float, reach: float) -> None:
    """Draw one member, or say why it has no fold change."""
    if row is None or not np.isfinite(row["log2_fc"]):
        axes.text(
            0.02 * reach, y, _why(row), fontsize=7.5, color=MUTED, va="center", style="italic"
        )
        return
    effect = float(row["log2_fc"])
    is_hit = bool(row["q_value"] < q_below)
    colour = (HIGHER if effect > 0 else LOWER) if is_hit else MUTED
    for end, tip, marker in (("ci_low", -reach, "<"), ("ci_high", reach, ">")):
        limit = float(row[end])
        if np.isnan(limit):
            continue
        stop = float(np.clip(limit, -reach, reach))
        axes.plot([effect, stop], [y, y], color=colour, lw=1.6, solid_capstyle="butt")
        if stop != limit:
            axes.plot(tip * 0.985, y, marker, color=colour, ms=4)
    is_low = bool(row["is_mostly_below_detection"])
    axes.plot(
        effect, y, "o", ms=5.5, color=colour, mfc="white" if is_low else colour, mew=1.4, zorder=3
    )


def _why(row: "pd.Series | None") -> str:
    if row is None:
        return "not on the panel"
    detected = row["detected_frac"]
    if not np.isfinite(detected):
        return "not measured"
    if detected == 0:
        return "never detected"
    told = f"detected in {100 * detected:.0f}%"
    if not np.isfinite(row["p_value"]):
        return told
    return f"{told}, rates compared: q = {row['q_value']:.2g}"


def _legend(axes: "Axes", q_below: float) -> None:
    for colour, face, label in (
        (HIGHER, HIGHER, f"higher, q < {q_below:g}"),
        (LOWER, LOWER, f"lower, q < {q_below:g}"),
        (MUTED, MUTED, f"q ≥ {q_below:g}"),
        (MUTED, "white", "mostly below detection"),
    ):
        axes.plot([], [], "o", color=colour, mfc=face, mew=1.4, ms=5.5, label=label)
    axes.figure.legend(loc="outside lower center", ncols=4, handletextpad=0.2, columnspacing=1.2)
