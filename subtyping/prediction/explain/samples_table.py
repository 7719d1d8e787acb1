"""The attributions of every explained sample, long: what a run keeps to explain people later."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from subtyping.prediction.attribution import Attribution
    from subtyping.prediction.membership_result import Prediction

__all__ = ["SAMPLE_COLUMNS", "attribution_samples", "attribution_tables"]

SAMPLE_COLUMNS = (
    *("sample_id", "analyte", "value_z", "attribution"),
    *("base_value", "model", "fold"),
)


def attribution_samples(attribution: "Attribution", out_of_fold: pd.DataFrame) -> pd.DataFrame:
    """Return the out-of-fold attributions of every explained sample, one row per analyte.

    Parameters
    ----------
    attribution : Attribution
    out_of_fold : pandas.DataFrame
        ``sample_id, fold``: the folds of `Prediction.out_of_fold`.

    Returns
    -------
    pandas.DataFrame
        ``sample_id, analyte, value_z, attribution, base_value, model, fold``. Within a sample the
        analytes follow `Attribution.table`. Analytes that contribute exactly nothing are left
        out, but for the first of a sample, so that everybody explained is there; the
        attributions of a sample and its base value add up to the model's prediction. Sample ids
        are the only thing said of a person.

    Examples
    --------
    >>> from subtyping.prediction.attribution import attribute
    >>> from subtyping.prediction.explain.fold_explanation import FoldExplanation
    >>> data = pd.DataFrame({"CCL17": [1.5, -1.0], "IL6": [0.0, 2.0]}, index=["a", "b"])
    >>> fold = FoldExplanation(data, np.array([[2.0, 0.0], [-2.0, 1.0]]), -0.5, None,
    ...                        n_background=10, n_train=20, members=())
    >>> found = attribute([fold], axis_of={}, model="elastic_net")
    >>> folds = pd.DataFrame({"sample_id": ["a", "b"], "fold": [0, 0]})
    >>> attribution_samples(found, folds).drop(columns="model").values.tolist()
    [['a', 'CCL17', 1.5, 2.0, -0.5, 0], ['b', 'CCL17', -1.0, -2.0, -0.5, 0], \
['b', 'IL6', 2.0, 1.0, -0.5, 0]]
    """
    order = [attribution.data.columns.get_loc(name) for name in attribution.table["analyte"]]
    values = attribution.values[:, order]
    sample_ids = attribution.data.index
    fold_of = out_of_fold.set_index("sample_id")["fold"].reindex(sample_ids).astype("Int64")
    keep = values != 0.0
    keep[:, :1] |= ~keep.any(axis=1, keepdims=True)
    row, column = np.nonzero(keep)
    z = attribution.data.to_numpy(dtype=float)[:, order]
    columns = (
        sample_ids.to_numpy(dtype=object)[row],
        attribution.table["analyte"].to_numpy(dtype=object)[column],
        z[row, column],
        values[row, column],
        attribution.baseline[row],
        np.repeat(attribution.model, len(row)),
        fold_of.array[row],
    )
    return pd.DataFrame(dict(zip(SAMPLE_COLUMNS, columns, strict=True)))


def attribution_tables(prediction: "Prediction") -> dict[str, pd.DataFrame]:
    """Return every table on attributions, by the name of its file in a run folder.

    Parameters
    ----------
    prediction : Prediction

    Returns
    -------
    dict of str to pandas.DataFrame
        ``attribution, attribution_axes, attribution_groups, attribution_crossings`` (see
        `Attribution`) and ``attribution_samples``; empty where nothing was explained.
    """
    attribution = prediction.attribution
    if attribution is None:
        return {}
    return {
        "attribution": attribution.table,
        "attribution_axes": attribution.by_axis,
        "attribution_groups": attribution.by_group,
        "attribution_crossings": attribution.crossings,
        "attribution_samples": attribution_samples(attribution, prediction.out_of_fold),
    }
