"""What each drug would undo of the signature, beside what chance undoes."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping._validation import one_of
from subtyping.figures.style import ACCENT, GREY, INK, MUTED, drawn_in_house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from subtyping.signature.reversal import Reversal

__all__ = ["reversal"]

TITLES = {
    "improvement_pct": "Percent of the signature taken away (capped; 95 % interval)",
    "improvement_uncapped_pct": "Percent of the signature taken away (uncapped; 95 % interval)",
    "share_back_pct": "Percent of abnormal values brought back inside the healthy interval",
    "connectivity": "Connectivity: 1 opposes the signature, −1 mimics it (95 % interval)",
    "cosine": "Cosine with the opposite of the signature (95 % interval)",
}
WRONG = "#d55e00"
MOST_NAMED = 2
KEYS = ["drug", "model", "handling"]


@drawn_in_house_style
def reversal(result: "Reversal", *, metric: str = "improvement_pct") -> "Axes":
    """Draw one score of every drug with its interval, its null and its coverage.

    Parameters
    ----------
    result : Reversal
    metric : str, default "improvement_pct"
        A metric of the table.

    Returns
    -------
    matplotlib.axes.Axes
        One line per drug and model, handling markers included where there are any: a point with
        its interval, filled where the drug reverses the signature; a diamond at the median of its
        null; how many analytes are covered; analytes moved the wrong way. A drug that cannot be
        scored has its reason instead of a point, and one line.
    """
    one_of(metric, tuple(TITLES), "metric")
    rows = _rows(result)
    table = result.table[result.table["metric"].isin([metric, "all"])].set_index(KEYS)
    counts = result.table.drop_duplicates(KEYS).set_index(KEYS)
    axes = new_axes(8.6, 1.5 + 0.42 * max(len(rows), 2))
    axes.set_title("A hypothesis, not a prediction of response", color=INK)
    axes.set_xlabel(TITLES[metric])
    labels = []
    for y, row in enumerate(rows.to_dict("records")):
        key = tuple(row[name] for name in KEYS)
        known, all_of = (counts.loc[key, name] for name in ("n_covered", "n_signature"))
        how = ", placebo-adjusted" if "adjusted" in row["model"] else ""
        labels.append(f"{row['drug']}{how}\n{known} of {all_of} covered")
        line = table.loc[key] if key in table.index else None
        if line is None or not np.isfinite(line["value"]):
            _blank(axes, y, str(row["reason"]) or "not scored by this metric")
            continue
        _point(axes, y, line, is_reversal=row["verdict"] == "reverses")
        _wrong_way(axes, y, result.analytes, key)
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    low, high = (-10.0, 100.0) if metric.endswith("pct") else (-0.2, 1.0)
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, low), max(right, high))
    axes.set_yticks(range(len(labels)), labels, fontsize=8.5)
    axes.set_ylim(max(len(labels), 1) - 0.4, -0.6)
    _legend(axes)
    return axes


def _rows(result: "Reversal") -> pd.DataFrame:
    """Return what is drawn: a drug that no model scores has one line."""
    rows = result.verdicts
    handling = "with" if (rows["handling"] == "with").any() else "without"
    rows = rows[(rows["handling"] == handling) & (rows["model"] != "placebo arm")]
    scored = set(result.table.loc[result.table["metric"] != "all", "drug"])
    is_extra = ~rows["drug"].isin(scored) & (rows["model"] == "published, placebo-adjusted")
    return rows[~is_extra | ~rows["drug"].duplicated(keep=False)]


def _point(axes: "Axes", y: int, line: pd.Series, *, is_reversal: bool) -> None:
    axes.plot([line["ci_low"], line["ci_high"]], [y, y], color=ACCENT, lw=1.6)
    axes.scatter(
        line["value"], y, s=42, color=ACCENT if is_reversal else "white", edgecolor=ACCENT,
        lw=1.4, zorder=3,
    )  # fmt: skip
    if np.isfinite(line["null_twin"]):
        axes.scatter(line["null_twin"], y, s=34, marker="D", color=GREY, lw=0, zorder=2)


def _blank(axes: "Axes", y: int, reason: str) -> None:
    axes.text(
        0.02, y, reason, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5,
        color=MUTED, style="italic", bbox={"facecolor": "white", "lw": 0, "pad": 1.0},
    )  # fmt: skip


def _wrong_way(axes: "Axes", y: int, analytes: pd.DataFrame, key: tuple[str, ...]) -> None:
    mine = analytes[(analytes["drug"] == key[0]) & (analytes["model"] == key[1])]
    names = mine.loc[mine["is_wrong_way"].astype(bool), "analyte"].tolist()
    if not names:
        return
    more = f"\nand {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    axes.text(
        1.01, y, f"wrong way: {', '.join(names[:MOST_NAMED])}{more}", va="center", fontsize=8.0,
        transform=axes.get_yaxis_transform(), color=WRONG,
    )  # fmt: skip


def _legend(axes: "Axes") -> None:
    axes.scatter([], [], s=42, color=ACCENT, label="reverses (three metrics agree)")
    axes.scatter(
        [],
        [],
        s=42,
        color="white",
        edgecolor=ACCENT,
        lw=1.4,
        label="not shown, or not placebo-adjusted",
    )
    axes.scatter([], [], s=34, marker="D", color=GREY, lw=0, label="null (median)")
    axes.figure.legend(loc="outside lower center", ncols=3, handletextpad=0.2)
