"""Scores of the immune axes, split into the general level and the skew."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["AxisScores"]


@dataclass(frozen=True, eq=False)
class AxisScores:
    """Axis scores of every sample.

    Attributes
    ----------
    axis : str
        The declared axis, to which `level` belongs.
    table : pandas.DataFrame
        Indexed by sample_id: ``level`` (general inflammation without the declared axis, in SD of
        the reference people), then ``<axis>_score`` (mean z of the members) and ``<axis>_skew``
        (score given the level, in SD of the reference people; NaN where not applicable).
    members : pandas.DataFrame
        ``axis, analyte, is_used, reason, detected_case_frac, detected_reference_frac``.
    coherence : pandas.DataFrame
        ``axis, n_members, alpha, mean_r, level_slope, level_reliability, n_level_analytes,
        is_scored, is_skew_available, reason``; alpha and mean r among cases and reference
        people, within groups.
    residuals : pandas.DataFrame
        Indexed by sample_id: each used member of the declared axis given the level, in the units
        of the skew; their mean is the skew up to a constant.
    sentence : str
    """

    axis: str
    table: pd.DataFrame
    members: pd.DataFrame
    coherence: pd.DataFrame
    residuals: pd.DataFrame
    sentence: str

    @property
    def declared(self) -> pd.Series:
        """The coherence row of the declared axis."""
        row: pd.Series = self.coherence[self.coherence["axis"] == self.axis].iloc[0]
        return row

    @property
    def is_skew_available(self) -> bool:
        """Whether the declared axis has a skew; otherwise the raw score is used, and called so."""
        return bool(self.declared["is_skew_available"])

    @property
    def quantity(self) -> str:
        """``"skew"``, or ``"raw score"`` where skew is not applicable."""
        return "skew" if self.is_skew_available else "raw score"

    @property
    def values(self) -> pd.Series:
        """What discovery works on: the declared axis's skew, or its raw score."""
        suffix = "skew" if self.is_skew_available else "score"
        return self.table[f"{self.axis}_{suffix}"]

    @property
    def used_members(self) -> tuple[str, ...]:
        """Members of the declared axis that carry the score."""
        mine = self.members[(self.members["axis"] == self.axis) & self.members["is_used"]]
        return tuple(mine["analyte"])

    @property
    def level_reliability(self) -> float:
        """Reliability of the declared axis's level; NaN where there is none."""
        return float(self.declared["level_reliability"])

    @property
    def n_level_analytes(self) -> int:
        """How many analytes the declared axis's level rests on."""
        count = self.declared["n_level_analytes"]
        return 0 if not np.isfinite(count) else int(count)
