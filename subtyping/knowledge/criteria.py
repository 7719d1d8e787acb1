"""Selection criteria that trials and guidelines have published."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["published_criteria"]


def published_criteria() -> pd.DataFrame:
    """Return published one-marker criteria, as published.

    A criterion ``marker operator threshold`` with the unit it was published in; convert a
    routine marker with `to_canonical`. None of them was derived for a Th2-skewed subtype, and a
    threshold in pg/mL does not carry from one platform to another.

    Returns
    -------
    pandas.DataFrame
        ``criterion`` (identifier), ``marker`` (a routine marker, or an analyte in lower case),
        ``operator`` (``>`` or ``>=``), ``threshold``, ``unit``, ``context``,
        ``case_prevalence_frac`` with ``_ci_low`` and ``_ci_high`` (share of people with
        depression who meet it), ``reference_prevalence_frac`` (share of controls, calculated
        from the odds ratio), ``source, mark``. Prevalences are missing where none was published.

    Examples
    --------
    >>> from subtyping.knowledge import published_criteria
    >>> rows = published_criteria().set_index("criterion")
    >>> " ".join(str(part) for part in rows.loc["crp_gt_3", ["operator", "threshold", "unit"]])
    '> 3.0 mg/L'
    >>> float(rows.loc["crp_gt_3", "case_prevalence_frac"])
    0.27
    """
    table = load_table("published_criteria", ("criterion",)).copy()
    table["threshold"] = table["threshold"].astype(float)
    return table
