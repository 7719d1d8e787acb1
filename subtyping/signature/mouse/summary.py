"""The summary of a mouse concordance: estimates, intervals, p-values."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.signature.mouse.agreement import (
    agreement,
    corrected_correlation,
    fisher_interval,
    sign_certainty,
)
from subtyping.statistics.intervals import wilson_interval

__all__ = ["SUMMARY", "arrays_of", "summary_of"]

Q_LIMIT = 0.05
SUMMARY = [
    "statistic", "estimate", "ci_low", "ci_high", "n_pairs", "p_value", "p_if_independent",
    "reason",
]  # fmt: skip

Floats = NDArray[np.float64]


def arrays_of(used: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return human and mouse effects, their standard errors, and which pairs are human hits."""
    columns = ("human_log2_fc", "mouse_log2_fc", "human_se", "mouse_se")
    human, mouse, human_se, mouse_se = (used[name].to_numpy(dtype=float) for name in columns)
    return human, mouse, human_se, mouse_se, (used["human_q_value"] < Q_LIMIT).to_numpy()


def summary_of(used: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """Return one row per statistic: estimate, interval, p by the null, p as if independent."""
    human, mouse, human_se, mouse_se, is_hit = arrays_of(used)
    observed = {
        name: float(value[0])
        for name, value in agreement(human, mouse[None], human_se, mouse_se[None], is_hit).items()
    }
    p_value = {
        name: _upper_p(observed[name], null[name].to_numpy(dtype=float)) for name in observed
    }
    n, n_hits = len(used), int(is_hit.sum())
    same = human * mouse > 0
    rows = []
    low, high, p_exact = _exact(int(same[is_hit].sum()), n_hits)
    reason = "" if n_hits else "no pair is at human q < .05"
    rows.append(
        (
            "sign_hits",
            observed["sign_hits"],
            low,
            high,
            n_hits,
            p_value["sign_hits"],
            p_exact,
            reason,
        )
    )
    weight = sign_certainty(human, human_se) * sign_certainty(mouse, mouse_se)
    size = float(weight.sum() ** 2 / (weight**2).sum()) if weight.sum() > 0 else 0.0
    limits = (
        wilson_interval(min(observed["sign_all"], 1.0) * size, size) if size else (np.nan, np.nan)
    )
    rows.append(
        (
            "sign_all",
            observed["sign_all"],
            float(limits[0]),
            float(limits[1]),
            n,
            p_value["sign_all"],
            np.nan,
            "",
        )
    )
    for name, inflation, test in (
        ("spearman", 1.03, stats.spearmanr),
        ("pearson", 1.0, stats.pearsonr),
    ):
        r = observed[name]
        low, high = fisher_interval(r, n, inflation)
        plain = (
            float(test(human, mouse, alternative="greater").pvalue) if np.isfinite(r) else np.nan
        )
        rows.append(
            (name, r, low, high, n, p_value[name], plain, "" if np.isfinite(r) else "no variance")
        )
    estimate, low, high, reason = corrected_correlation(human, mouse, human_se, mouse_se)
    rows.append(("pearson_corrected", estimate, low, high, n, np.nan, np.nan, reason))
    return pd.DataFrame(rows, columns=SUMMARY)


def _exact(k: int, n: int) -> tuple[float, float, float]:
    """Return Clopper and Pearson's interval and the one-sided binomial p of k signs among n."""
    if n == 0:
        return np.nan, np.nan, np.nan
    test = stats.binomtest(k, n, alternative="greater")
    interval = stats.binomtest(k, n).proportion_ci(method="exact")
    return float(interval.low), float(interval.high), float(test.pvalue)


def _upper_p(observed: float, null: Floats) -> float:
    null = null[np.isfinite(null)]
    if not np.isfinite(observed) or not len(null):
        return float("nan")
    return float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null)))
