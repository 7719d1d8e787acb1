"""Published differences between people with depression and controls."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["effect_sizes"]


def effect_sizes() -> pd.DataFrame:
    """Return published effects of depression on blood (and cerebrospinal) markers.

    One row per source, contrast, tissue, analyte and metric; collected from abstracts. Metrics
    do not mix: compare rows of one metric only. A row with metric ``direction_only`` has no
    number.

    Returns
    -------
    pandas.DataFrame
        ``analyte`` (gene symbol, family such as IL12, or cell count), ``contrast``, ``tissue``,
        ``metric`` (``hedges_g``, ``cohen_d``, ``standardised_mean_difference``,
        ``mean_difference_pg_ml``, ``odds_ratio_per_unit``, ``ratio``, ``variability_ratio``,
        ``effect_size_unsigned``, ``direction_only``), ``effect, ci_low, ci_high`` (missing where
        not seen), ``p_text`` (as printed), ``direction`` (``up``, ``down``, ``ns``,
        ``less_variable``), ``n_case, n_reference, n_studies``, ``note, source, doi, mark``.

    Examples
    --------
    >>> from subtyping.knowledge import effect_sizes
    >>> rows = effect_sizes().query("analyte == 'CRP' and metric == 'hedges_g'")
    >>> rows[["effect", "ci_low", "ci_high"]].iloc[0].tolist()
    [0.71, 0.5, 0.92]
    """
    keys = ("source", "contrast", "tissue", "analyte", "metric")
    table = load_table("effect_sizes", keys).copy()
    for column in ("n_case", "n_reference", "n_studies"):
        table[column] = table[column].astype("Int64")
    return table
