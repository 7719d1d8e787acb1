"""Do the numbers look like the unit they are declared in?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.panel.panel import Panel

__all__ = ["UnitPlausibility", "unit_plausibility"]

Floats = NDArray[np.float64]

MIN_SAMPLES, MIN_ANALYTES = 20, 3
HIGHEST_LOG2 = 30.0
FLAT_CV, EVEN_SKEWNESS = 0.4, 0.75
HEAVY_SKEWNESS = 2.0


@dataclass(frozen=True)
class UnitPlausibility:
    """Range and shape of the measured numbers.

    Attributes
    ----------
    unit : str
        As declared.
    n_analytes : int
        Analytes with at least 20 detected numbers.
    lowest, highest : float
        Over all of them.
    cv, skewness, log_skewness : float
        Medians over analytes of SD over mean, of the skewness, and of the skewness of log2 (NaN
        where numbers are not positive).
    above_30_frac : float
        Share of the numbers above 30; 2 to the power of 30 is a thousand million.
    """

    unit: str
    n_analytes: int
    lowest: float
    highest: float
    cv: float
    skewness: float
    log_skewness: float
    above_30_frac: float

    @property
    def looks_logged(self) -> bool:
        """Whether concentrations in pg/mL look as if they had been logged."""
        return (
            self.unit == "pg/mL"
            and self.highest <= HIGHEST_LOG2
            and self.cv < FLAT_CV
            and self.skewness < EVEN_SKEWNESS
        )

    @property
    def looks_linear(self) -> bool:
        """Whether NPX or log2 values look as if they had not been logged."""
        if self.unit == "pg/mL":
            return False
        is_skewed = (
            self.lowest >= 0
            and self.skewness > HEAVY_SKEWNESS
            and abs(self.log_skewness) < self.skewness / 2
        )
        return self.above_30_frac > 0.001 or is_skewed


def unit_plausibility(panel: Panel) -> UnitPlausibility | None:
    """Describe the detected numbers so that a wrong unit shows.

    On a logarithmic scale biological markers have SDs small against their mean and even shapes,
    and never exceed about 25; concentrations have SDs about as large as their mean and long right
    tails.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    UnitPlausibility or None
        None with fewer than three analytes of 20 detected numbers.

    Notes
    -----
    Standardised values (mean 0) declared as log2 are not told from log2 values: nothing
    downstream would be, either. Concentrations below 30 pg/mL with little spread between people
    can look logged.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=90).panel
    >>> found = unit_plausibility(panel)
    >>> found.looks_logged, found.looks_linear
    (False, False)
    """
    numbers = np.where(panel.detected, panel.values.to_numpy(dtype=float), np.nan)
    numbers = numbers[:, np.isfinite(numbers).sum(axis=0) >= MIN_SAMPLES]
    if numbers.shape[1] < MIN_ANALYTES:
        return None
    with np.errstate(all="ignore"):  # numbers that overflow are no plausible unit
        mean, spread = np.nanmean(numbers, axis=0), np.nanstd(numbers, axis=0)
        cv = np.where(mean != 0, spread / np.abs(mean), np.nan)
        is_positive = bool(np.nanmin(numbers) > 0)
        logged = np.log2(numbers) if is_positive else np.full_like(numbers, np.nan)
    return UnitPlausibility(
        unit=panel.unit,
        n_analytes=numbers.shape[1],
        lowest=float(np.nanmin(numbers)),
        highest=float(np.nanmax(numbers)),
        cv=float(np.nanmedian(cv)) if np.isfinite(cv).any() else float("inf"),
        skewness=_median_skewness(numbers),
        log_skewness=_median_skewness(logged) if is_positive else float("nan"),
        above_30_frac=float((numbers > HIGHEST_LOG2).sum() / np.isfinite(numbers).sum()),
    )


def _median_skewness(numbers: Floats) -> float:
    """Return the median over analytes of the skewness; 0 for one that does not vary."""
    with np.errstate(all="ignore"):
        centred = numbers - np.nanmean(numbers, axis=0)
        second, third = np.nanmean(centred**2, axis=0), np.nanmean(centred**3, axis=0)
        skewness = np.where(second > 1e-12, third / second**1.5, 0.0)
    return float(np.nanmedian(skewness)) if np.isfinite(skewness).any() else float("nan")
