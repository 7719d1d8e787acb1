"""Does a likeness rest on one analyte?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from subtyping.statistics.shared_errors import SharedErrors

__all__ = ["LEAVE_ONE_OUT_COLUMNS", "leave_one_analyte_out"]

LEAVE_ONE_OUT_COLUMNS = ("comparison", "analyte", "value", "change")


def leave_one_analyte_out(
    fit: SharedErrors, analytes: Sequence[str], comparisons: Sequence[str]
) -> pd.DataFrame:
    """Return the corrected, centred correlation without each analyte in turn.

    Parameters
    ----------
    fit : SharedErrors
        Uncentred, the cases first: its residuals are those of the analytes themselves.
    analytes : sequence of str
    comparisons : sequence of str

    Returns
    -------
    pandas.DataFrame
        ``comparison, analyte, value, change``; ``change`` is ``value`` less the correlation over
        all analytes. The most influential analyte of each comparison first.

    Examples
    --------
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2], 30)
    >>> Y = rng.normal(size=(90, 5)) + np.outer(group > 0, [6, 0, 1, 2, 1])
    >>> X = np.column_stack([np.ones(90), group == 1, group == 2]).astype(float)
    >>> fit = shared_errors(Y, X, [[0, 1, 0], [0, 0, 1]], centred=False)
    >>> found = leave_one_analyte_out(fit, list("ABCDE"), ["AD"])
    >>> found.columns.tolist(), len(found)
    (['comparison', 'analyte', 'value', 'change'], 5)
    """
    p = len(analytes)
    products = fit.weights[:, None, :] * fit.weights[None, :, :]
    e, u = fit.effects, fit.residuals
    squares = (u**2).sum(axis=1, keepdims=True)
    means = u.sum(axis=1, keepdims=True)
    whole = e @ e.T / p - np.outer(e.mean(axis=1), e.mean(axis=1))
    whole = whole - products @ (squares[:, 0] / p - (means[:, 0] / p) ** 2)
    left = (means - u) / (p - 1)
    noise = products @ ((squares - u**2) / (p - 1) - left**2)
    rest = (e.sum(axis=1, keepdims=True) - e) / (p - 1)
    raw = ((e @ e.T)[:, :, None] - e[:, None, :] * e[None, :, :]) / (p - 1)
    moments = raw - rest[:, None, :] * rest[None, :, :] - noise
    tables = []
    for k, name in enumerate(comparisons, start=1):
        value = _correlation(moments[0, k], moments[0, 0], moments[k, k])
        all_of_them = _correlation(whole[0, k], whole[0, 0], whole[k, k])
        table = pd.DataFrame(
            {"comparison": name, "analyte": list(analytes), "value": value,
             "change": value - all_of_them}
        )  # fmt: skip
        order = table["change"].abs().sort_values(ascending=False, kind="stable").index
        tables.append(table.loc[order])
    if not tables:
        return pd.DataFrame(columns=list(LEAVE_ONE_OUT_COLUMNS))
    return pd.concat(tables, ignore_index=True)


def _correlation(both: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    size = np.sqrt(np.maximum(one, 0.0) * np.maximum(two, 0.0))
    ratio = np.divide(both, size, out=np.full(np.shape(both), np.nan), where=size > 0)
    return np.clip(ratio, -1.0, 1.0)
