"""Is one plate, site, visit or group written on another scale than the others?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.preparation.quality.log_values import LogValues, column_quantiles

__all__ = ["MixedScales", "mixed_scales"]

Floats = NDArray[np.float64]

MIN_PER_LEVEL, MIN_ANALYTES = 8, 3
QUARTILES = (0.25, 0.5, 0.75)
SHIFT_LIMIT_LOG2, SPREAD_LIMIT_LOG2 = 4.0, 1.6
COLUMNS = ["by", "level", "n", "n_analytes", "shift_log2", "spread_ratio_log2", "is_apart"]


@dataclass(frozen=True, eq=False)
class MixedScales:
    """Location and spread of each level against the other levels.

    Attributes
    ----------
    table : pandas.DataFrame
        ``by, level, n, n_analytes, shift_log2, spread_ratio_log2, is_apart``: medians over
        analytes of the difference of medians and of the log2 ratio of interquartile ranges, on
        the log2 scale; apart where the shift exceeds 4 or the ratio 1.6 (three-fold).
    """

    table: pd.DataFrame

    @property
    def apart(self) -> pd.DataFrame:
        """Levels on another scale."""
        return self.table[self.table["is_apart"]]


def mixed_scales(log: LogValues, factors: Mapping[str, pd.Series]) -> MixedScales | None:
    """Compare location and spread between the levels of each factor, over all analytes at once.

    Plates shift single analytes by one or two log2 units. Values in ng/mL beside pg/mL are all
    shifted by ten; NPX beside pg/mL, or logs beside numbers, have spreads that differ several
    times in nearly every analyte.

    Parameters
    ----------
    log : LogValues
    factors : mapping of str to pandas.Series of shape (n_samples,)

    Returns
    -------
    MixedScales or None
        None where no factor has two levels of eight samples that share three analytes.

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> rng = np.random.default_rng(0)
    >>> pg = pd.DataFrame(np.exp(rng.normal(4, 0.7, (40, 5))), columns=list("ABCDE"))
    >>> pg.iloc[20:] = pg.iloc[20:] / 1000  # ng/mL
    >>> year = pd.Series(["2020"] * 20 + ["2021"] * 20)
    >>> log = log_values(panel_from_frame(pg, pd.DataFrame(index=pg.index), unit="pg/mL"))
    >>> mixed_scales(log, {"year": year}).apart["level"].tolist()
    ['2020', '2021']
    """
    rows = []
    for name, given in factors.items():
        levels = pd.Series(given).reset_index(drop=True)
        sizes = levels.value_counts()
        kept = sorted(sizes.index[sizes >= MIN_PER_LEVEL], key=str)
        if len(kept) < 2:
            continue
        for level in kept:
            inside = (levels == level).to_numpy(dtype=bool)
            others = levels.isin(kept).to_numpy(dtype=bool) & ~inside
            found = _contrast(log.values[inside], log.values[others])
            if found is not None:
                rows.append([name, str(level), int(inside.sum()), *found])
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    table["is_apart"] = (table["shift_log2"].abs() > SHIFT_LIMIT_LOG2) | (
        table["spread_ratio_log2"].abs() > SPREAD_LIMIT_LOG2
    )
    return MixedScales(table)


def _contrast(inside: Floats, others: Floats) -> tuple[int, float, float] | None:
    """Return analytes compared, median shift and median log2 ratio of spreads."""
    enough = (np.isfinite(inside).sum(axis=0) >= MIN_PER_LEVEL) & (
        np.isfinite(others).sum(axis=0) >= MIN_PER_LEVEL
    )
    if enough.sum() < MIN_ANALYTES:
        return None
    here = column_quantiles(inside[:, enough], QUARTILES)
    there = column_quantiles(others[:, enough], QUARTILES)
    varies = ((here[2] - here[0]) > 0) & ((there[2] - there[0]) > 0)
    shift = float(np.median(here[1] - there[1]))
    if varies.sum() < MIN_ANALYTES:
        return int(enough.sum()), shift, 0.0
    ratio = np.log2((here[2] - here[0])[varies] / (there[2] - there[0])[varies])
    return int(enough.sum()), shift, float(np.median(ratio))
