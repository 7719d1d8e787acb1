"""The headline numbers of a study, each beside its interval or its null twin."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping.axes import AxisScores
from subtyping.discovery import Verdict
from subtyping.prediction import OutcomePrediction, Prediction, with_twin_numbers
from subtyping.signature.findings import SignatureFindings

__all__ = ["METRIC_COLUMNS", "headline_metrics", "with_null_twin"]

METRIC_COLUMNS = ("name", "value", "ci_low", "ci_high", "null_twin")


def _median(twins: pd.DataFrame, name: str) -> float:
    """Return the median of a twin's number; NaN where no twin has it."""
    if name not in twins:
        return float("nan")
    values = twins[name].dropna()
    return float(values.median()) if len(values) else float("nan")


def with_null_twin(prediction: Prediction, twins: pd.DataFrame) -> Prediction:
    """Return the prediction with the twins' median beside each of its metrics."""
    metrics, panels = with_twin_numbers(prediction.metrics, prediction.panels, twins)
    return replace(prediction, metrics=metrics, panels=panels)


def _of_signature(signature: SignatureFindings) -> list[tuple[str, float, float, float, float]]:
    """Return one row for each comparison, drug and pathway that has a number."""
    rows = []
    if signature.likeness is not None:
        table = signature.likeness.table
        for row in table[table["measure"] == "signature_correlation"].itertuples():
            name = f"likeness_{row.comparison}"
            rows.append((name, row.value, row.ci_low, row.ci_high, float("nan")))
    reversals = [one for one in (signature.published, *signature.observed) if one is not None]
    tables = [one.table[one.table["metric"] == "improvement_pct"] for one in reversals]
    if signature.blockade is not None:
        table = signature.blockade.table
        tables.append(table[table["metric"] == "percent_normalised"])
    for table in tables:
        kept = table
        if "handling" in table:  # "without" alone where no handling marker is on the panel
            first = "with" if (table["handling"] == "with").any() else "without"
            kept = table[table["handling"] == first]
        for row in kept.dropna(subset=["value"]).itertuples():
            model = "published_unadjusted" if row.model == "published" else row.model
            name = f"{model}_{row.drug}_{row.metric}"
            rows.append((name, row.value, row.ci_low, row.ci_high, row.null_twin))
    return rows


def headline_metrics(
    verdict: Verdict,
    scores: AxisScores,
    prediction: Prediction | None,
    twins: pd.DataFrame,
    *,
    signature: SignatureFindings | None = None,
    outcomes: Mapping[str, OutcomePrediction] | None = None,
) -> pd.DataFrame:
    """Return the numbers the brief and the tracked run show first.

    Parameters
    ----------
    verdict : Verdict
    scores : AxisScores
    prediction : Prediction or None
        With its null twins (see `with_null_twin`).
    twins : pandas.DataFrame
        See `run_twins`; may be empty.
    signature : SignatureFindings, optional
        Likeness and reversal, where they were computed.
    outcomes : mapping of str to OutcomePrediction, optional
        Outcomes from outside the panel.

    Returns
    -------
    pandas.DataFrame
        ``name, value, ci_low, ci_high, null_twin``; missing numbers are NaN.
    """
    nothing = float("nan")
    discrete = twins["is_discrete"].mean() if "is_discrete" in twins else nothing

    def number(value: float | None) -> float:
        return nothing if value is None else float(value)

    rows = [
        ("n_case", verdict.n_case, nothing, nothing, nothing),
        (
            "existence_p_value",
            number(verdict.p_value),
            nothing,
            nothing,
            _median(twins, "existence_p_value"),
        ),
        ("is_discrete", float(verdict.is_discrete), nothing, nothing, float(discrete)),
        (
            "prevalence_frac",
            number(verdict.prevalence_frac),
            number(verdict.prevalence_ci_low),
            number(verdict.prevalence_ci_high),
            _median(twins, "upper_component_frac"),
        ),
        ("power_at_minimum", number(verdict.power_at_minimum), nothing, nothing, nothing),
        (
            "level_reliability",
            scores.level_reliability,
            nothing,
            nothing,
            _median(twins, "level_reliability"),
        ),
    ]
    if prediction is not None:
        rows.extend(
            (f"{row.model}_{row.metric}", row.value, row.ci_low, row.ci_high, row.null_twin)
            for row in prediction.metrics.itertuples()
        )
    for name, outcome in (outcomes or {}).items():
        rows.extend(
            (f"{name}_{row.panel}_{row.model}_{row.metric}", row.value, row.ci_low, row.ci_high,
             row.null_twin)
            for row in outcome.metrics.itertuples()
        )  # fmt: skip
    if signature is not None:
        rows.extend(_of_signature(signature))
    table = pd.DataFrame(rows, columns=list(METRIC_COLUMNS))
    return table.astype(dict.fromkeys(METRIC_COLUMNS[1:], np.float64))
