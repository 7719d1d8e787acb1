"""Rows of the tables of a blockade."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from subtyping.signature.blockade.change import Reach
from subtyping.signature.blockade.fitted import Fitted

__all__ = ["PathwayRows", "interval_of", "standing_against", "table_row"]

Array = NDArray[np.float64]
NAN = float("nan")
MODEL = "pathway_blockade"
FEWEST_DRAWS = 19


@dataclass
class PathwayRows:
    """Rows of one pathway for each table of the result."""

    table: list[dict[str, object]] = field(default_factory=list)
    curve: list[dict[str, object]] = field(default_factory=list)
    analytes: list[dict[str, object]] = field(default_factory=list)
    patients: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def table_row(
    pathway: str,
    metric: str,
    value: float = NAN,
    interval: tuple[float, float] = (NAN, NAN),
    twin: tuple[float, float] = (NAN, NAN),
    *,
    fitted: Fitted,
    reach: Reach | None = None,
    reason: str = "",
) -> dict[str, object]:
    """Return one row of the table; `twin` holds the median of the null and the p-value."""
    return {
        "drug": pathway,
        "model": MODEL,
        "metric": metric,
        "value": value,
        "ci_low": interval[0],
        "ci_high": interval[1],
        "null_twin": twin[0],
        "p_value": twin[1],
        "n_covered": 0 if reach is None else round(float(reach.n_judged[0])),
        "n_signature": round(fitted.n_signature),
        "reason": reason,
    }


def interval_of(draws: Array) -> tuple[float, float]:
    """Return the central 95 % of draws; NaN where fewer than 19 have a value."""
    known = draws[np.isfinite(draws)]
    if len(known) < FEWEST_DRAWS:
        return NAN, NAN
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def standing_against(value: float, null: Array) -> tuple[float, float]:
    """Return the median of a null and the one-sided p-value; NaN with fewer than 19 draws."""
    known = null[np.isfinite(null)]
    if len(known) < FEWEST_DRAWS or not np.isfinite(value):
        return NAN, NAN
    return float(np.median(known)), float((1 + (known >= value).sum()) / (1 + len(known)))
