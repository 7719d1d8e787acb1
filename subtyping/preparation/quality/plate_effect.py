"""How much of each analyte lies between plates, once case status is taken out?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.preparation.quality.log_values import LogValues
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["PlateEffect", "plate_effect"]

Floats = NDArray[np.float64]

MIN_PER_PLATE = 3


@dataclass(frozen=True, eq=False)
class PlateEffect:
    """Variance between plates after case status, analyte by analyte.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, plate_frac, p_value, q_value``: share of the variance left after the groups
        that lies between plates, less what chance puts there (may be slightly negative).
    n_plates : int
    """

    table: pd.DataFrame
    n_plates: int

    def marked(self, least_frac: float, q_limit: float) -> pd.DataFrame:
        """Return analytes with at least this share between plates, at this q, largest first.

        Parameters
        ----------
        least_frac, q_limit : float

        Returns
        -------
        pandas.DataFrame
            Rows of `table`.
        """
        is_marked = (self.table["plate_frac"] >= least_frac) & (self.table["q_value"] < q_limit)
        return self.table[is_marked].sort_values("plate_frac", ascending=False, kind="stable")


def plate_effect(
    log: LogValues, plates: pd.Series, groups: pd.Series | None = None
) -> PlateEffect | None:
    r"""Estimate the share of variance between plates, after the groups.

    With residual sums of squares :math:`R_0` (groups) and :math:`R_1` (groups and plates) on
    :math:`f_0` and :math:`f_1` degrees of freedom, the share is
    :math:`1 - (R_1 / f_1) / (R_0 / f_0)` and the test is the F test of the plates.

    Parameters
    ----------
    log : LogValues
        Only well detected analytes are judged.
    plates : pandas.Series of shape (n_samples,)
        Samples on plates of fewer than three, or of none, are left out.
    groups : pandas.Series, optional
        Group of each sample; blank groups are a group of their own.

    Returns
    -------
    PlateEffect or None
        None with fewer than two plates, or no analyte to judge.

    Notes
    -----
    Plates filled in the order of recruitment carry the season and the site too: this is what
    differs between plates, whatever its cause.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> panel = simulate_cohort("null", seed=1, n_plates=3, plate_sd=0.5).panel
    >>> found = plate_effect(log_values(panel), panel.samples["batch"])
    >>> found.n_plates, bool(found.table["plate_frac"].median() > 0.1)
    (3, True)
    """
    known = plates.notna() & (plates.astype(str).str.strip() != "")
    counts = plates[known].value_counts()
    used = (known & plates.map(counts).ge(MIN_PER_PLATE)).to_numpy(dtype=bool)
    levels = plates[used].astype(str)
    columns = log.well_detected
    if levels.nunique() < 2 or not columns.any():
        return None
    y = log.filled[np.ix_(used, columns)]
    groups_used = pd.Series("all", index=levels.index) if groups is None else groups[used]
    before = _dummies(groups_used.astype(object).fillna("none").astype(str))
    after = np.hstack([before, _dummies(levels)])
    r0, f0 = _residual(before, y)
    r1, f1 = _residual(after, y)
    if f1 < 1 or f0 == f1:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 - (r1 / f1) / (r0 / f0)
        f = ((r0 - r1) / (f0 - f1)) / (r1 / f1)
    p = np.where(np.isfinite(f), stats.f.sf(f, f0 - f1, f1), np.nan)
    table = pd.DataFrame(
        {
            "analyte": log.analytes[columns],
            "plate_frac": share,
            "p_value": p,
            "q_value": benjamini_hochberg(p),
        }
    )
    return PlateEffect(table=table, n_plates=int(levels.nunique()))


def _dummies(levels: pd.Series) -> Floats:
    """Return one column of 0 and 1 for each level."""
    codes, names = pd.factorize(levels, sort=True)
    return np.eye(len(names))[codes]


def _residual(design: Floats, y: Floats) -> tuple[Floats, int]:
    """Return residual sums of squares and degrees of freedom, of any rank."""
    u, size, _ = np.linalg.svd(design, full_matrices=False)
    basis = u[:, size > 1e-9 * size[0]]
    fitted = basis @ (basis.T @ y)
    return ((y - fitted) ** 2).sum(axis=0), len(y) - basis.shape[1]
