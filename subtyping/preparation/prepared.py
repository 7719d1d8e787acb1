"""What preparation hands on: one matrix on the healthy scale, and what was done to get it."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["Prepared"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A panel on the scale of the healthy reference.

    Attributes
    ----------
    z : pandas.DataFrame of shape (n_samples, n_kept)
        log2 values, adjusted, as z-scores against the healthy reference; no missing entries.
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
        log2 values of every analyte with below-detection values filled, not adjusted; NaN where
        not measured.
    detected : pandas.DataFrame of bool
        Detection mask of every analyte: which entries of `log2` were measured above the limit.
    handling : pandas.Series
        Mean z of the handling markers of each sample; NaN where fewer than three are measured.
    handling_markers : tuple of str
        Handling markers behind `handling`.
    detection : pandas.DataFrame
        ``analyte, detected_case_frac, detected_reference_frac, is_kept, reason``.
    n_imputed : pandas.Series
        Kept analytes of each sample that were not measured and stand at the reference median.
    notes : tuple of str
        Plain sentences on what was adjusted, dropped and imputed.
    limits : pandas.DataFrame, optional
        log2 limit of detection of each sample and analyte; where the file gives none, the lowest
        detected value of the derivation people. A censored comparison needs it.
    """

    z: pd.DataFrame
    log2: pd.DataFrame
    detected: pd.DataFrame
    handling: pd.Series
    handling_markers: tuple[str, ...]
    detection: pd.DataFrame
    n_imputed: pd.Series
    notes: tuple[str, ...] = ()
    limits: pd.DataFrame | None = None

    @property
    def dropped(self) -> pd.DataFrame:
        """Analytes not carried into the matrix, with the reason."""
        return self.detection[~self.detection["is_kept"]].reset_index(drop=True)
