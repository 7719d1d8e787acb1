"""Is sample handling behind the differences one sees?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.preparation.prepared import Prepared

__all__ = ["HandlingReport", "handling_report"]

COLUMNS = ["term", "correlation", "p_value", "n"]


@dataclass(frozen=True, eq=False)
class HandlingReport:
    """What the handling score goes along with.

    Attributes
    ----------
    markers : tuple of str
        Handling markers behind the score.
    share_of_variance_frac : float
        Mean over the other analytes of the squared correlation with the score.
    table : pandas.DataFrame
        ``term, correlation, p_value, n``: case status (point-biserial), each plate as a whole
        (square root of the between-plate share of variance), and each axis score among cases.
    sentence : str
    """

    markers: tuple[str, ...]
    share_of_variance_frac: float
    table: pd.DataFrame
    sentence: str


def handling_report(
    prepared: Prepared,
    is_case: np.ndarray,
    is_reference: np.ndarray,
    *,
    scores: pd.DataFrame | None = None,
    plates: pd.Series | None = None,
) -> HandlingReport | None:
    """Describe the association of the handling score with groups, plates and axis scores.

    Delay before centrifugation and platelet activation leak intracellular proteins (SIRT2,
    STAMBP, CASP8, AXIN1, SULT1A1, EIF4EBP1) into plasma and serum. If cases and reference people
    were handled differently, so will their panels be.

    Parameters
    ----------
    prepared : Prepared
    is_case, is_reference : array of bool of shape (n_samples,)
    scores : pandas.DataFrame, optional
        Axis scores or skews, indexed by sample_id; their correlation with handling among cases
        is reported.
    plates : pandas.Series, optional
        Plate of each sample.

    Returns
    -------
    HandlingReport or None
        None where fewer than three handling markers are measured.

    References
    ----------
    Huang J et al. (2021). Assessing the preanalytical variability of plasma and cerebrospinal
    fluid processing and its effects on inflammation-related protein biomarkers. Mol Cell
    Proteomics 20, 100157. doi:10.1016/j.mcpro.2021.100157.
    """
    handling = prepared.handling.to_numpy(dtype=float)
    if not np.isfinite(handling).any():
        return None
    people = (is_case | is_reference) & np.isfinite(handling)
    rows = [_association("case status", handling[people], is_case[people].astype(float))]
    if plates is not None:
        rows.append(_plate_association(handling[people], plates[people]))
    cases = is_case & np.isfinite(handling)
    for name, column in () if scores is None else scores.items():
        values = column.to_numpy(dtype=float)[cases]
        rows.append(_association(f"{name} among cases", handling[cases], values))
    others = prepared.z.drop(columns=list(prepared.handling_markers), errors="ignore")
    share = _mean_squared_correlation(others.to_numpy()[people], handling[people])
    table = pd.DataFrame([row for row in rows if np.isfinite(row["correlation"])], columns=COLUMNS)
    return HandlingReport(
        markers=prepared.handling_markers,
        share_of_variance_frac=share,
        table=table,
        sentence=_sentence(table, share, len(prepared.handling_markers)),
    )


def _association(term: str, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    from scipy import stats

    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) < 3 or np.std(x) == 0 or np.std(y) == 0:
        return {"term": term, "correlation": np.nan, "p_value": np.nan, "n": len(x)}
    result = stats.pearsonr(x, y)
    return {
        "term": term,
        "correlation": float(result.statistic),
        "p_value": float(result.pvalue),
        "n": len(x),
    }


def _plate_association(handling: np.ndarray, plates: pd.Series) -> dict[str, Any]:
    from scipy import stats

    frame = pd.DataFrame({"handling": handling, "plate": plates.astype(str).to_numpy()})
    samples = [part.to_numpy() for _, part in frame.groupby("plate")["handling"] if len(part) > 1]
    if len(samples) < 2:
        return {"term": "plate", "correlation": np.nan, "p_value": np.nan, "n": len(frame)}
    between = frame.groupby("plate")["handling"].transform("mean").var(ddof=0)
    share = float(between / frame["handling"].var(ddof=0))
    p_value = float(stats.f_oneway(*samples).pvalue)
    return {
        "term": "plate",
        "correlation": float(np.sqrt(share)),
        "p_value": p_value,
        "n": len(frame),
    }


def _mean_squared_correlation(X: np.ndarray, x: np.ndarray) -> float:
    if X.shape[1] == 0 or len(x) < 3:
        return float("nan")
    X = X - X.mean(axis=0)
    x = x - x.mean()
    norms = np.sqrt((X**2).sum(axis=0) * (x**2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(norms > 0, (x @ X) / norms, 0.0)
    return float(np.mean(r**2))


def _sentence(table: pd.DataFrame, share: float, n_markers: int) -> str:
    lead = (
        f"The handling score ({n_markers} markers) explains {share:.0%} of the variance of the "
        "other analytes on average"
    )
    linked = table[(table["p_value"] < 0.01) & (table["correlation"].abs() >= 0.2)]
    if linked.empty:
        return f"{lead}; it goes along with neither case status, plate nor the axis scores."
    terms = ", ".join(f"{row.term} (r {row.correlation:.2f})" for row in linked.itertuples())
    return f"{lead}; it goes along with {terms}."
