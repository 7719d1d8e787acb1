"""What a panel file holds, row by row, before roles and policies."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

__all__ = ["Measured"]


@dataclass(frozen=True, eq=False)
class Measured:
    """The rows of a panel file.

    Attributes
    ----------
    sample_id : numpy.ndarray of str, shape (n_rows,)
        Stripped ids; they may repeat.
    values, below_lod, above_uloq, lod : numpy.ndarray of shape (n_rows, n_analytes)
        As in `Panel`.
    analytes : pandas.DataFrame
        As in `Panel`.
    carried : pandas.DataFrame
        Columns of the file that describe the sample row (plate, quality flag, clinical ones).
    platform : str or None
        Assay platform where the file says so.
    unit_in_file : tuple of str
        Units the file itself states.
    notes : tuple of str
        Plain sentences.
    extrapolated, replicate_cv_pct : numpy.ndarray of shape (n_rows, n_analytes), optional
        As in `Panel`.
    left_out : tuple of tuple of str
        Id and reason of each sample row of the file that is none of `sample_id`: standards,
        blanks, controls, wells merged into another row.
    """

    sample_id: np.ndarray
    values: np.ndarray
    below_lod: np.ndarray
    above_uloq: np.ndarray
    lod: np.ndarray
    analytes: pd.DataFrame
    carried: pd.DataFrame
    platform: str | None = None
    unit_in_file: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extrapolated: np.ndarray | None = None
    replicate_cv_pct: np.ndarray | None = None
    left_out: tuple[tuple[str, str], ...] = ()

    def take(self, rows: np.ndarray) -> "Measured":
        """Return the rows at these positions."""
        return replace(
            self,
            sample_id=self.sample_id[rows],
            values=self.values[rows],
            below_lod=self.below_lod[rows],
            above_uloq=self.above_uloq[rows],
            lod=self.lod[rows],
            carried=self.carried.iloc[rows].reset_index(drop=True),
            extrapolated=None if self.extrapolated is None else self.extrapolated[rows],
            replicate_cv_pct=(
                None if self.replicate_cv_pct is None else self.replicate_cv_pct[rows]
            ),
        )

    def noted(self, *notes: str) -> "Measured":
        """Return the same rows with further notes."""
        return replace(self, notes=(*self.notes, *notes))
