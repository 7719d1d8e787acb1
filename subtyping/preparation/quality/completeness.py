"""How much was not measured at all?"""

from dataclasses import dataclass

import pandas as pd

from subtyping.panel.panel import Panel

__all__ = ["Completeness", "completeness"]


@dataclass(frozen=True, eq=False)
class Completeness:
    """Shares of values that are neither a number nor flagged as outside the range.

    Attributes
    ----------
    missing_frac : float
        Over the whole panel.
    by_sample, by_analyte : pandas.Series
        Share missing of each.
    """

    missing_frac: float
    by_sample: pd.Series
    by_analyte: pd.Series


def completeness(panel: Panel) -> Completeness:
    """Count what is missing.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    Completeness

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> values = pd.DataFrame({"A": [1.0, None], "B": [2.0, 3.0]})
    >>> completeness(panel_from_frame(values, pd.DataFrame(index=values.index))).missing_frac
    0.25
    """
    missing = (
        panel.values.isna().to_numpy()
        & ~panel.below_lod.to_numpy(dtype=bool)
        & ~panel.above_uloq.to_numpy(dtype=bool)
    )
    n, p = missing.shape
    return Completeness(
        missing_frac=float(missing.mean()) if missing.size else 0.0,
        by_sample=pd.Series(missing.sum(axis=1) / max(p, 1), index=panel.sample_ids),
        by_analyte=pd.Series(missing.sum(axis=0) / max(n, 1), index=panel.values.columns),
    )
