"""Fold changes of single analytes at equal sample handling."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.preparation.handling_adjuster import LEAST_PEOPLE
from subtyping.preparation.prepared import Prepared

__all__ = ["analytes_at_equal_handling"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
NAN = float("nan")


def analytes_at_equal_handling(
    prepared: Prepared, handling: Floats, case: Mask, reference: Mask
) -> pd.DataFrame:
    r"""Contrast each analyte's difference of means with that at equal handling.

    :math:`\Delta = \bar y_1 - \bar y_0 - b (\bar h_1 - \bar h_0)` with *b* learnt in reference
    people; the variance adds :math:`\mathrm{SE}(b)^2 (\bar h_1 - \bar h_0)^2` to Welch's.

    Parameters
    ----------
    prepared : Prepared
    handling : ndarray of shape (n_samples,)
    case, reference : ndarray of bool of shape (n_samples,)

    Returns
    -------
    pandas.DataFrame
        See `HandlingSensitivity.analytes`; nothing is regressed out where fewer than 20 reference
        people have a handling score.
    """
    Y = prepared.log2[list(prepared.z.columns)]
    rows = [
        {"analyte": name, **_one_analyte(Y[name].to_numpy(dtype=float), handling, case, reference)}
        for name in Y.columns
    ]
    table = pd.DataFrame(rows)
    table["is_marker"] = table["analyte"].isin(prepared.handling_markers)
    blank = [name for name in table.columns if "regress_out" in name] + ["change"]
    is_few = np.isfinite(handling[reference]).sum() < LEAST_PEOPLE
    table.loc[table["is_marker"] | is_few, blank] = np.nan
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _one_analyte(y: Floats, h: Floats, case: Mask, reference: Mask) -> dict[str, float]:
    """Difference of means of one analyte, as it is and at equal handling."""
    known = np.isfinite(y) & np.isfinite(h)
    y1, y0 = y[case & known], y[reference & known]
    h1, h0 = h[case & known], h[reference & known]
    names = ("log2_fc_report", "log2_fc_regress_out")
    blank = {f"{name}{end}": NAN for name in names for end in ("", "_ci_low", "_ci_high")}
    if min(len(y1), len(y0)) < 4 or np.ptp(h0) <= 1e-12:
        return {**blank, "change": NAN}
    gap, spread = h1.mean() - h0.mean(), float(((h0 - h0.mean()) ** 2).sum())
    slope = float((h0 - h0.mean()) @ y0 / spread)
    rest = y0 - y0.mean() - slope * (h0 - h0.mean())
    noise = float(rest @ rest) / (len(y0) - 2)
    crude = float(y1.mean() - y0.mean())
    plain = _welch(crude, [(y1.var(ddof=1) / len(y1), len(y1) - 1), _of(y0)])
    adjusted = _welch(
        crude - slope * gap,
        [
            ((y1 - slope * h1).var(ddof=1) / len(y1), len(y1) - 1),
            (noise / len(y0) + noise / spread * gap**2, len(y0) - 2),
        ],
    )
    numbers = dict(zip(blank, (*plain, *adjusted), strict=True))
    return {**numbers, "change": float(-slope * gap)}


def _of(y: Floats) -> tuple[float, int]:
    return float(y.var(ddof=1) / len(y)), len(y) - 1


def _welch(estimate: float, parts: list[tuple[float, int]]) -> tuple[float, float, float]:
    """Estimate and its interval, with Satterthwaite's degrees of freedom."""
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return estimate, estimate, estimate
    freedom = total**2 / sum(variance**2 / df for variance, df in parts)
    reach = float(stats.t.ppf(0.975, freedom)) * np.sqrt(total)
    return estimate, float(estimate - reach), float(estimate + reach)
