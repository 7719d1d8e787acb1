"""How repeatable the platforms are."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["assay_cv"]


def assay_cv() -> pd.DataFrame:
    """Return coefficients of variation by platform.

    The coefficient of variation is on the linear scale, between plates (inter) and within one
    (intra); ``cv / 100 / ln 2`` is about its standard deviation on the log2 scale. A panel
    average: an analyte near its limit of detection is far less repeatable.

    Returns
    -------
    pandas.DataFrame
        ``platform`` (as in ``Panel.platform``), ``inter_cv_pct, intra_cv_pct, source, mark``.

    Examples
    --------
    >>> from subtyping.knowledge import assay_cv
    >>> assay_cv()[["platform", "inter_cv_pct", "intra_cv_pct"]]
                 platform  inter_cv_pct  intra_cv_pct
    0  Olink INFLAMMATION           9.0           3.0
    """
    table = load_table("assay_cv", ("platform",)).copy()
    return table.astype({"inter_cv_pct": float, "intra_cv_pct": float})
