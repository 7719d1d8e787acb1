"""One sample: what pushed its predicted probability up and what down, out of fold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.prediction.explain.names import NO_AXIS, SCALE_OF_MODEL

__all__ = ["SampleExplanation", "explain_sample"]

_NAMED = 3
_COUNTS = 0.1  # of the largest attribution, from which an analyte is named in the sentence


@dataclass(frozen=True, eq=False)
class SampleExplanation:
    """The attributions of one sample by a model that has not seen the person.

    Attributes
    ----------
    sample_id : str
    table : pandas.DataFrame
        ``analyte, axis, value_z, attribution, is_label_member``, largest absolute attribution
        first; values are z-scores against the reference people of the fold.
    base_value : float
        Mean prediction of the background, on `scale`.
    predicted : float
        ``base_value`` plus all attributions: the model's prediction, on `scale`.
    base_probability, probability : float
        The two as probabilities; that of mean log-odds is not the mean probability.
    scale : {"log-odds", "probability"}
    model : str
    fold : int
        The outer fold in which the person was held out.
    sentence : str
        What pushed the probability, and what that is not.
    """

    sample_id: str
    table: pd.DataFrame
    base_value: float
    predicted: float
    base_probability: float
    probability: float
    scale: str
    model: str
    fold: int
    sentence: str


def explain_sample(
    rows: pd.DataFrame,
    *,
    axis_of: Mapping[str, str] | None = None,
    members: Collection[str] = (),
) -> SampleExplanation:
    """Return the explanation of one sample from its rows of `attribution_samples`.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``sample_id, analyte, value_z, attribution, base_value, model, fold`` of one sample.
    axis_of : mapping of str to str, optional
        Axis of each analyte; all others belong to ``"no axis"``.
    members : collection of str
        Analytes the labels are made of.

    Returns
    -------
    SampleExplanation

    Examples
    --------
    >>> rows = pd.DataFrame({"sample_id": "s1", "analyte": ["CCL17", "IL6"], "value_z": [2.1, 0.4],
    ...                      "attribution": [1.5, -0.5], "base_value": -1.0,
    ...                      "model": "gradient_boosting", "fold": 2})
    >>> found = explain_sample(rows, members=["CCL17"])
    >>> found.predicted, found.base_probability.__round__(2), found.probability
    (0.0, 0.27, 0.5)
    >>> found.sentence.split(";")[0]
    'CCL17 (z 2.1) pushed the probability of s1 up from 27% to 50%, IL6 (z 0.4) down'
    """
    first = rows.iloc[0]
    axes = axis_of or {}
    order = np.argsort(-rows["attribution"].abs().to_numpy(), kind="stable")
    table = rows.iloc[order][["analyte", "value_z", "attribution"]].reset_index(drop=True)
    table.insert(1, "axis", [axes.get(name, NO_AXIS) for name in table["analyte"]])
    table["is_label_member"] = table["analyte"].isin(list(members))
    model, base = str(first["model"]), float(first["base_value"])
    scale = SCALE_OF_MODEL.get(model, "log-odds")
    predicted = base + float(rows["attribution"].sum())
    before, after = (_as_probability(value, scale) for value in (base, predicted))
    return SampleExplanation(
        sample_id=str(first["sample_id"]),
        table=table,
        base_value=base,
        predicted=predicted,
        base_probability=before,
        probability=after,
        scale=scale,
        model=model,
        fold=int(first["fold"]),
        sentence=_sentence(str(first["sample_id"]), table, before, after, model),
    )


def _as_probability(value: float, scale: str) -> float:
    """Return a prediction as a probability."""
    if scale == "log-odds":
        from scipy.special import expit

        return float(expit(value))
    return float(np.clip(value, 0.0, 1.0))


def _sentence(sample: str, table: pd.DataFrame, before: float, after: float, model: str) -> str:
    """Say which analytes pushed, how far, and what it is not."""
    counts = table["attribution"].abs() >= _COUNTS * table["attribution"].abs().max()
    up, down = (
        table.loc[counts & side, ["analyte", "value_z"]].head(_NAMED)
        for side in (table["attribution"] > 0, table["attribution"] < 0)
    )
    way = "up" if after >= before else "down"
    with_it, against = (up, down) if way == "up" else (down, up)
    if with_it.empty:
        text = f"Nothing pushed the probability of {sample} away from {_percent(before)}"
    else:
        text = (
            f"{_list(with_it)} pushed the probability of {sample} {way} from {_percent(before)} to "
        )
        text += f"{_percent(after)}"
        if len(against):
            text += f", {_list(against)} {'down' if way == 'up' else 'up'}"
    text += (
        f"; by the {model.replace('_', ' ')} of the fold that held the person out, whose "
        f"background (training patients) has a mean prediction of {_percent(before)}. It says "
        "what the model leans on, not what causes the state."
    )
    n = int(table["is_label_member"].sum())
    if n:
        text += (
            f" {count_of(n, 'analyte')} here {'is one' if n == 1 else 'are among those'} the "
            "labels are made of: their weight is by construction."
        )
    return text


def _percent(probability: float) -> str:
    """Write a probability as a whole percentage, never as certainty."""
    if 0 < probability < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= probability < 1 else f"{probability:.0%}"


def _list(rows: pd.DataFrame) -> str:
    """Name analytes with their values."""
    said = [f"{line.analyte} ({_z(float(line.value_z))})" for line in rows.itertuples()]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _z(value: float) -> str:
    """Write a z-score; an analyte the fold did not keep has none."""
    return f"z {value:.1f}" if np.isfinite(value) else "not kept"
