"""How the attribution of one analyte depends on its value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping._validation import count_of, nearest
from subtyping.exceptions import InputError
from subtyping.prediction.explain.refitted import pairs_of_refits
from subtyping.prediction.explain.zero_crossing import ZeroCrossing, zero_crossing

if TYPE_CHECKING:
    from subtyping.prediction.attribution import Attribution

__all__ = ["Dependence", "dependence"]


@dataclass(frozen=True, eq=False)
class Dependence:
    """Value and attribution of one analyte in every held-out sample.

    Attributes
    ----------
    analyte : str
    table : pandas.DataFrame
        ``sample_id, value, attribution``, by increasing value.
    crossing : ZeroCrossing
        Where the attribution turns, in the unit of the values.
    unit : str
        Unit of the values; ``"z"`` for z-scores against the reference people of each fold.
    model : str
    scale : {"log-odds", "probability"}
    sentence : str
        The crossing and what it is not.
    """

    analyte: str
    table: pd.DataFrame
    crossing: ZeroCrossing
    unit: str
    model: str
    scale: str
    sentence: str


def dependence(
    attribution: "Attribution",
    analyte: str,
    *,
    values: pd.Series | None = None,
    unit: str = "z",
) -> Dependence:
    """Return how the attributions of an analyte depend on its value, and where they turn.

    Parameters
    ----------
    attribution : Attribution
    analyte : str
    values : pandas.Series, optional
        The analyte in another unit, index ``sample_id``, so that a threshold in assay units can
        be drawn in; by default the z-scores explained.
    unit : str, default "z"
        Unit of `values`.

    Returns
    -------
    Dependence

    Raises
    ------
    InputError
        If the analyte was not explained, or `values` lacks explained samples.

    Examples
    --------
    >>> from subtyping.prediction.attribution import attribute
    >>> from subtyping.prediction.explain.fold_explanation import FoldExplanation
    >>> x = np.linspace(-2, 2, 40)
    >>> ids = [f"s{i}" for i in range(40)]
    >>> fold = FoldExplanation(pd.DataFrame({"CCL17": x}, index=ids), (x - 0.5)[:, None], 0.0, None,
    ...                        n_background=10, n_train=80, members=())
    >>> found = attribute([fold], axis_of={}, model="elastic_net")
    >>> shown = dependence(found, "CCL17")
    >>> round(shown.crossing.value, 1), shown.crossing.direction
    (0.5, 1)
    """
    explained = attribution.data
    if analyte not in explained.columns:
        message = (
            f"{analyte!r} is not among the {count_of(explained.shape[1], 'analyte')} explained."
            f"{nearest(analyte, explained.columns)}"
        )
        raise InputError(message)
    chosen = explained[analyte] if values is None else _aligned(values, explained.index)
    x = chosen.to_numpy(dtype=float)
    phi = attribution.values[:, int(explained.columns.get_indexer([analyte])[0])]
    crossing = zero_crossing(
        x, phi, refits=pairs_of_refits(attribution.refits, analyte, values=values)
    )
    table = pd.DataFrame({"sample_id": explained.index, "value": x, "attribution": phi})
    table = table.dropna().sort_values("value", kind="stable").reset_index(drop=True)
    return Dependence(
        analyte=analyte,
        table=table,
        crossing=crossing,
        unit=unit,
        model=attribution.model,
        scale=attribution.scale,
        sentence=_sentence(analyte, crossing, unit),
    )


def _aligned(series: pd.Series, index: pd.Index) -> pd.Series:
    """Return values in the order of the samples, none of which may be absent."""
    absent = index.difference(series.index)
    if len(absent):
        message = (
            f"values must hold every explained sample; {count_of(len(absent), 'sample')} of "
            f"{len(index)} absent, e.g. {str(absent[0])!r}."
        )
        raise InputError(message)
    return series.loc[index]


def _sentence(analyte: str, crossing: ZeroCrossing, unit: str) -> str:
    """Say where the attributions turn."""
    if crossing.direction == 0:
        return f"The attributions of {analyte} do not change sign with its value."
    side = "positive" if crossing.direction > 0 else "negative"
    text = f"The attributions of {analyte} turn {side} above {crossing.value:.3g} {unit}"
    if np.isfinite(crossing.ci_low) and np.isfinite(crossing.ci_high):
        text += f" ({crossing.ci_low:.3g} to {crossing.ci_high:.3g})"
    if crossing.n_crossings > 1:
        text += f", the clearest of {crossing.n_crossings} turns"
    return (
        f"{text}. That is where a value argues neither way against the background; it is not the "
        "cut with the best sensitivity and specificity."
    )
