"""How many samples hold the content of red cells?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.knowledge.haemolysis import haemolysis_marker_table
from subtyping.preparation.quality.log_values import LogValues

__all__ = ["Haemolysis", "haemolysis"]

FOUR_FOLD_LOG2 = 2.0
MIN_PER_GROUP = 5


@dataclass(frozen=True, eq=False)
class Haemolysis:
    """Red-cell proteins of each sample.

    Attributes
    ----------
    markers : tuple of str
        Red-cell proteins measured.
    score : pandas.Series
        Mean over the markers of log2 value less the median over samples.
    n_haemolysed : int
        Samples whose score is above 2: four times the usual amount.
    group_difference_sd, p_value : float
        Cases less reference people in pooled SD, and Welch's test; NaN without groups.
    """

    markers: tuple[str, ...]
    score: pd.Series
    n_haemolysed: int
    group_difference_sd: float
    p_value: float

    @property
    def samples(self) -> tuple[str, ...]:
        """Haemolysed samples, the highest first."""
        high = self.score[self.score > FOUR_FOLD_LOG2]
        return tuple(map(str, high.sort_values(ascending=False, kind="stable").index))


def haemolysis(
    log: LogValues,
    is_case: NDArray[np.bool_] | None = None,
    is_reference: NDArray[np.bool_] | None = None,
) -> Haemolysis | None:
    """Score red-cell proteins and compare the groups.

    Parameters
    ----------
    log : LogValues
    is_case, is_reference : array of bool of shape (n_samples,), optional

    Returns
    -------
    Haemolysis or None
        None where no red-cell protein of `haemolysis_marker_table` is measured.

    Notes
    -----
    The limit is relative: if most samples are haemolysed the median is, too. In chronic
    haemolysis the proteins tell of the patient and not of the tube.

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> values = pd.DataFrame({"CA1": [5.0, 5.2, 4.9, 9.5]}, index=list("abcd"))
    >>> haemolysis(log_values(panel_from_frame(values, values[[]]))).samples
    ('d',)
    """
    known = set(haemolysis_marker_table()["analyte"])
    columns = [i for i, name in enumerate(log.analytes) if name in known]
    columns = [i for i in columns if np.isfinite(log.values[:, i]).any()]
    if not columns:
        return None
    part = log.filled[:, columns]
    score = (part - np.median(part, axis=0)).mean(axis=1)
    difference, p_value = _compare(score, is_case, is_reference)
    return Haemolysis(
        markers=tuple(str(log.analytes[i]) for i in columns),
        score=pd.Series(score, index=log.sample_ids, name="haemolysis"),
        n_haemolysed=int((score > FOUR_FOLD_LOG2).sum()),
        group_difference_sd=difference,
        p_value=p_value,
    )


def _compare(
    score: NDArray[np.float64],
    is_case: NDArray[np.bool_] | None,
    is_reference: NDArray[np.bool_] | None,
) -> tuple[float, float]:
    """Return the standardised difference and Welch's p-value."""
    if is_case is None or is_reference is None:
        return float("nan"), float("nan")
    case, reference = score[is_case], score[is_reference]
    if min(len(case), len(reference)) < MIN_PER_GROUP:
        return float("nan"), float("nan")
    spread = np.sqrt((case.var(ddof=1) + reference.var(ddof=1)) / 2)
    if spread == 0:
        return 0.0, 1.0
    p_value = float(stats.ttest_ind(case, reference, equal_var=False).pvalue)
    return float((case.mean() - reference.mean()) / spread), p_value
