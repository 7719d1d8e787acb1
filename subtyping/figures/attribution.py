"""Which analytes the prediction leans on, beside what chance alone would give."""

from typing import TYPE_CHECKING

from subtyping.figures.style import ACCENT, GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.prediction import Attribution

__all__ = ["attribution"]


@drawn_in_house_style
def attribution(result: "Attribution", *, n_analytes: int = 15) -> "Axes":
    """Draw mean absolute attributions, their rank intervals and their permuted baseline.

    Parameters
    ----------
    result : Attribution
        Its table holds ``analyte, axis, mean_abs, rank, rank_ci_low, rank_ci_high,
        permuted_mean_abs``.
    n_analytes : int
        Number of analytes drawn, by rank.

    Returns
    -------
    matplotlib.axes.Axes
        One bar for each analyte. A bar that does not pass its permuted mark carries nothing.
    """
    table = result.table.sort_values("rank", kind="stable").head(n_analytes)
    axes = new_axes(6.8, 1.4 + 0.30 * len(table))
    rows = range(len(table))
    beats_chance = table["mean_abs"] > table["permuted_mean_abs"].fillna(0.0)
    axes.barh(
        rows, table["mean_abs"], height=0.62, label="attribution",
        color=[ACCENT if beats else GREY for beats in beats_chance],
    )  # fmt: skip
    axes.plot(
        table["permuted_mean_abs"], rows, "|", ms=13, mew=2.4, color="#e69f00",
        label="same pipeline, labels permuted", zorder=3,
    )  # fmt: skip
    reach = float(table[["mean_abs", "permuted_mean_abs"]].max().max()) if len(table) else 1.0
    for row, line in zip(rows, table.itertuples(), strict=True):
        text = f"rank {line.rank:.0f}"
        if line.rank_ci_low == line.rank_ci_low:  # NaN where it was not resampled
            text += f" ({line.rank_ci_low:.0f}–{line.rank_ci_high:.0f})"
        end = max(line.mean_abs, line.permuted_mean_abs if line.permuted_mean_abs > 0 else 0.0)
        axes.text(end + 0.02 * reach, row, text, va="center", fontsize=9, color=MUTED)
    axes.set_xlim(0, 1.22 * reach)
    labels = [_label(line.analyte, line.axis) for line in table.itertuples()]
    axes.set_yticks(list(rows), labels)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.set_xlabel(f"Mean absolute SHAP value ({str(result.model).replace('_', ' ')})", color=INK)
    axes.figure.legend(loc="outside upper right", ncols=2)
    return axes


def _label(analyte: str, axis: object) -> str:
    """Return the analyte with its immune axis where it has one."""
    has_axis = isinstance(axis, str) and axis not in ("", "no axis")
    return f"{analyte}  ·  {axis}" if has_axis else str(analyte)
