"""Which samples have an unusual median or interquartile range over their analytes?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from subtyping.preparation.quality.log_values import LogValues

__all__ = ["SampleOutliers", "sample_outliers"]

LIMIT_SD = 3.0
MIN_SAMPLES, MIN_ANALYTES = 20, 10
COLUMNS = ["panel", "sample_id", "median", "iqr", "median_sd", "iqr_sd", "is_outlier"]


@dataclass(frozen=True, eq=False)
class SampleOutliers:
    """Median and interquartile range of each sample, against those of the others.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per panel and sample: ``panel, sample_id, median, iqr, median_sd, iqr_sd,
        is_outlier``; ``_sd`` is the distance from the mean over samples, in SD.
    n_usual : int
        Largest number of outliers that normal data of this size give in 99 of 100 cohorts.
    """

    table: pd.DataFrame
    n_usual: int

    @property
    def samples(self) -> tuple[str, ...]:
        """Samples outside the limits in any panel, the farthest first."""
        out = self.table[self.table["is_outlier"]]
        far = out.assign(far=out[["median_sd", "iqr_sd"]].abs().max(axis=1))
        return tuple(far.groupby("sample_id")["far"].max().sort_values(ascending=False).index)

    @property
    def farthest_sd(self) -> float:
        """Largest distance of any sample, in SD."""
        return float(self.table[["median_sd", "iqr_sd"]].abs().to_numpy().max(initial=0.0))


def sample_outliers(
    log: LogValues, panels: Sequence[object] | None = None
) -> SampleOutliers | None:
    """Find samples outside mean ± 3 SD of the sample medians or interquartile ranges.

    The rule of the quality plot of OlinkAnalyze (``olink_qc_plot``), applied to each panel of
    analytes by itself.

    Parameters
    ----------
    log : LogValues
    panels : sequence, optional
        Panel of each analyte; one panel by default.

    Returns
    -------
    SampleOutliers or None
        None with fewer than 20 samples (no sample can be far from 3 SD of so few) or no panel
        of 10 analytes.

    Notes
    -----
    Mean and SD are not robust: many outliers hide each other. `robust_distances` does not have
    that weakness.

    References
    ----------
    OlinkAnalyze, ``olink_qc_plot`` (defaults IQR_outlierDef = median_outlierDef = 3).

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> found = sample_outliers(log_values(simulate_cohort("null", seed=1, n_case=90).panel))
    >>> list(found.table.columns[:4])
    ['panel', 'sample_id', 'median', 'iqr']
    """
    names = pd.Series(["all"] * len(log.analytes) if panels is None else list(panels), dtype=object)
    names = names.where(names.notna(), "all").astype(str)
    sizes = names.value_counts()
    kept = [str(name) for name in sorted(sizes.index) if sizes[name] >= MIN_ANALYTES]
    if len(log.sample_ids) < MIN_SAMPLES or not kept:
        return None
    parts = [_one_panel(log, name, (names == name).to_numpy()) for name in kept]
    table = pd.concat(parts, ignore_index=True)
    expected = 2 * 2 * stats.norm.sf(LIMIT_SD) * len(table)
    return SampleOutliers(table=table[COLUMNS], n_usual=int(stats.poisson.ppf(0.99, expected)))


def _one_panel(log: LogValues, name: str, columns: np.ndarray) -> pd.DataFrame:
    """Return the rows of one panel."""
    low, median, high = np.quantile(log.filled[:, columns], [0.25, 0.5, 0.75], axis=1)
    table = pd.DataFrame(
        {"panel": name, "sample_id": log.sample_ids, "median": median, "iqr": high - low}
    )
    for column in ("median", "iqr"):
        spread = table[column].std()
        away = (table[column] - table[column].mean()) / spread if spread > 0 else 0.0
        table[f"{column}_sd"] = away
    table["is_outlier"] = (table[["median_sd", "iqr_sd"]].abs() > LIMIT_SD).any(axis=1)
    return table
