"""Replications summed up: shares with Wilson's interval, means with a bootstrap interval."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.knowledge import handling_markers
from subtyping.statistics.intervals import percentile_interval, wilson_interval
from subtyping.study.replications.meanings import meaning_of

__all__ = ["by_analyte", "summarise"]

DRAWS = 2000


def summarise(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one line per quantity.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per replication.
    seed : int
        Root seed of the bootstrap over replications.

    Returns
    -------
    pandas.DataFrame
        See `Replications.summary`.

    Examples
    --------
    >>> table = pd.DataFrame({"n_findings": [1, 2, 3], "is_called_by_skew": [True, False, True]})
    >>> summarise(table, seed=0).set_index("quantity")["value"].to_dict()
    {'n_findings': 2.0, 'is_called_by_skew': 0.6667}
    """
    rows = []
    for column in table:
        meaning = meaning_of(str(column))
        if meaning is None:
            continue
        values = table[column].dropna().to_numpy(dtype=float)
        is_share = table[column].dtype == bool
        numbers = _share(values) if is_share else _mean(values, seed, str(column))
        told = (round(number, 4) for number in numbers)
        rows.append((column, "share" if is_share else "mean", len(values), *told, meaning))
    columns = ["quantity", "kind", "n", "value", "ci_low", "ci_high", "spread_low", "spread_high"]
    return pd.DataFrame(rows, columns=[*columns, "meaning"])


def _share(values: np.ndarray) -> tuple[float, ...]:
    nothing = float("nan")
    if not len(values):
        return (nothing,) * 5
    low, high = wilson_interval(values.sum(), len(values))
    return float(values.mean()), float(low), float(high), nothing, nothing


def _mean(values: np.ndarray, seed: int, name: str) -> tuple[float, ...]:
    nothing = float("nan")
    if not len(values):
        return (nothing,) * 5
    rng = stream(seed, "replications", "bootstrap", name)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    return float(values.mean()), *percentile_interval(means), *percentile_interval(values)


def by_analyte(parts: Sequence[pd.DataFrame], axis: Collection[str]) -> pd.DataFrame:
    """Return one line per analyte over all replications.

    Parameters
    ----------
    parts : sequence of pandas.DataFrame
        ``truth_log2, estimate_log2, is_found, is_compared`` of each replication, one index.
    axis : collection of str
        Analytes of the declared axis.

    Returns
    -------
    pandas.DataFrame
        See `Replications.by_analyte`.

    Examples
    --------
    >>> columns = ["truth_log2", "estimate_log2", "is_found", "is_compared"]
    >>> one = pd.DataFrame([(0.5, 1.0, True, True)], index=["CCL17"], columns=columns)
    >>> two = pd.DataFrame([(0.5, 0.1, False, True)], index=["CCL17"], columns=columns)
    >>> by_analyte([one, two], {"CCL17"})[["found_frac", "exaggeration"]].to_dict("records")
    [{'found_frac': 0.5, 'exaggeration': 2.0}]
    """
    names = parts[0].index
    compared = np.array([part["is_compared"].to_numpy(dtype=bool) for part in parts])
    found = np.array([part["is_found"].to_numpy(dtype=bool) for part in parts]) & compared
    truth = np.array([part["truth_log2"].to_numpy(dtype=float) for part in parts])
    estimate = np.array([part["estimate_log2"].to_numpy(dtype=float) for part in parts])
    count = compared.sum(axis=0)
    low, high = wilson_interval(found.sum(axis=0), count)
    wrong = np.sign(estimate) != np.sign(truth)
    size = _mean_where(np.abs(truth), found)
    table = pd.DataFrame(
        {
            "analyte": names.astype(str),
            "is_handling": names.isin(handling_markers()),
            "is_axis": names.isin(list(axis)),
            "n_compared": count,
            "truth_log2": truth.mean(axis=0),
            "estimate_log2": _mean_where(estimate, compared),
            "found_frac": _mean_where(found, compared),
            "found_ci_low": low,
            "found_ci_high": high,
            "truth_when_found_log2": _mean_where(truth, found),
            "estimate_when_found_log2": _mean_where(estimate, found),
            "exaggeration": _mean_where(np.abs(estimate), found) / np.where(size > 0, size, np.nan),
            "wrong_sign_frac": _mean_where(wrong, found),
        }
    )
    return table.round(5)


def _mean_where(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return column means over the cells of a mask, NaN where it has none."""
    count = mask.sum(axis=0)
    total = np.where(mask, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
