"""Is sample handling behind the differences one sees?"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from subtyping.knowledge import handling_markers
from subtyping.preparation.handling_associations import analyte_shares, associate
from subtyping.preparation.prepared import Prepared

__all__ = ["HandlingReport", "handling_report"]

COLUMNS = ["term", "correlation", "p_value", "n"]
Q_LIMIT = 0.05
CORRELATION_LIMIT = 0.2
LEAST_RELIABLE = 0.7


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
        (root of the share of variance between plates), and each of `scores` among cases. What
        the check on handling judges.
    sentence : str
    absent : tuple of str
        Handling markers that are not in the matrix (not measured, or below detection).
    reliability : float
        Standardised alpha of the markers among reference people; NaN where they do not vary.
    scores : pandas.DataFrame
        ``sample_id, handling, n_markers``: the score of every sample, and how many markers of it
        were measured.
    associations : pandas.DataFrame
        Everything the score was held against, with intervals, one Benjamini-Hochberg family:
        see `associate`.
    analytes : pandas.DataFrame
        Share of each analyte's variance: see `analyte_shares`.
    notes : tuple of str
        Plain sentences: markers absent, a score the markers do not agree on, axes it goes with.
    """

    markers: tuple[str, ...]
    share_of_variance_frac: float
    table: pd.DataFrame
    sentence: str
    absent: tuple[str, ...] = ()
    reliability: float = float("nan")
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    associations: pd.DataFrame = field(default_factory=pd.DataFrame)
    analytes: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


def handling_report(
    prepared: Prepared,
    is_case: np.ndarray,
    is_reference: np.ndarray,
    *,
    scores: pd.DataFrame | None = None,
    plates: pd.Series | None = None,
    sites: pd.Series | None = None,
    axes: pd.DataFrame | None = None,
) -> HandlingReport | None:
    """Describe the association of the handling score with groups, plates, sites and axes.

    Delay before centrifugation and platelet activation leak intracellular proteins (SIRT2,
    STAMBP, CASP8, AXIN1, SULT1A1, EIF4EBP1) into plasma and serum. If cases and reference people
    were handled differently, so will their panels be.

    Parameters
    ----------
    prepared : Prepared
    is_case, is_reference : array of bool of shape (n_samples,)
    scores : pandas.DataFrame, optional
        The declared axis's scores or skews, indexed by sample_id; their correlation with handling
        among cases is part of `HandlingReport.table`.
    plates, sites : pandas.Series, optional
        Plate and site of each sample.
    axes : pandas.DataFrame, optional
        Level, scores and skews of every axis (`AxisScores.table`), for
        `HandlingReport.associations`; `scores` by default.

    Returns
    -------
    HandlingReport or None
        None where fewer than three handling markers are measured.

    Notes
    -----
    An association with the general level is expected: blood that waits releases more than these
    six proteins, and inflamed people differ in their cells. It is no fault by itself; one with
    case status or with an axis beyond the level may be.

    References
    ----------
    Huang J et al. (2021). Assessing the preanalytical variability of plasma and cerebrospinal
    fluid processing and its effects on inflammation-related protein biomarkers. Mol Cell
    Proteomics 20, 100157. doi:10.1016/j.mcpro.2021.100157.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    >>> prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(panel)
    >>> masks = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    >>> report = handling_report(prepared, *masks, plates=panel.role("batch"))
    >>> len(report.markers), report.associations["term"].tolist()
    (6, ['case status', 'plate'])
    """
    handling = prepared.handling.to_numpy(dtype=float)
    if not np.isfinite(handling).any():
        return None
    is_case, is_reference = np.asarray(is_case, dtype=bool), np.asarray(is_reference, dtype=bool)
    levels = {"plate": plates, "site": sites}
    declared = {name: values for name, values in levels.items() if values is not None}
    headline = associate(
        handling,
        is_case,
        is_reference,
        levels={name: values for name, values in declared.items() if name == "plate"},
        scores=scores,
    )
    every = axes if axes is not None else scores
    associations = associate(handling, is_case, is_reference, levels=declared, scores=every)
    people = (is_case | is_reference) & np.isfinite(handling)
    others = prepared.z.drop(columns=list(prepared.handling_markers), errors="ignore")
    analytes = analyte_shares(others[people], handling[people], is_case[people])
    share = float(analytes["share_of_variance_frac"].mean()) if len(analytes) else float("nan")
    absent = tuple(name for name in handling_markers() if name not in prepared.handling_markers)
    reliability = _alpha(prepared, is_reference)
    table = _headline(headline)
    return HandlingReport(
        markers=prepared.handling_markers,
        share_of_variance_frac=share,
        table=table,
        sentence=_sentence(table, share, len(prepared.handling_markers)),
        absent=absent,
        reliability=reliability,
        scores=_scores(prepared),
        associations=associations,
        analytes=analytes,
        notes=_notes(absent, reliability, associations),
    )


def _headline(associations: pd.DataFrame) -> pd.DataFrame:
    """Case status, plate, and the declared scores among cases."""
    kept = associations[associations["people"] != "reference"].copy()
    is_axis = kept["about"] == "axis"
    kept["term"] = kept["term"].where(~is_axis, kept["term"] + " among cases")
    return kept[COLUMNS].reset_index(drop=True)


def _scores(prepared: Prepared) -> pd.DataFrame:
    """The score of every sample and how many of its markers were measured."""
    measured = prepared.log2.reindex(columns=list(prepared.handling_markers)).notna().sum(axis=1)
    return pd.DataFrame(
        {
            "sample_id": prepared.handling.index.astype(str),
            "handling": prepared.handling.to_numpy(dtype=float),
            "n_markers": measured.to_numpy(),
        }
    )


def _alpha(prepared: Prepared, is_reference: np.ndarray) -> float:
    """Standardised alpha, k r / (1 + (k - 1) r), of the markers among reference people."""
    present = [name for name in prepared.handling_markers if name in prepared.log2.columns]
    values = prepared.log2.loc[is_reference, present].dropna()
    k = len(present)
    if k < 2 or len(values) < 3 or (values.std() <= 1e-12).any():
        return float("nan")
    correlations = np.corrcoef(values.to_numpy(dtype=float).T)
    mean = (correlations.sum() - k) / (k * (k - 1))
    return float(k * mean / (1 + (k - 1) * mean)) if mean > 0 else 0.0


def _sentence(table: pd.DataFrame, share: float, n_markers: int) -> str:
    lead = (
        f"The handling score ({n_markers} markers) explains {share:.0%} of the variance of the "
        "other analytes on average"
    )
    linked = table[(table["p_value"] < 0.01) & (table["correlation"].abs() >= CORRELATION_LIMIT)]
    if linked.empty:
        return f"{lead}; it goes along with neither case status, plate nor the axis scores."
    terms = ", ".join(f"{row.term} (r {row.correlation:.2f})" for row in linked.itertuples())
    return f"{lead}; it goes along with {terms}."


def _notes(
    absent: tuple[str, ...], reliability: float, associations: pd.DataFrame
) -> tuple[str, ...]:
    notes = []
    if absent:
        notes.append(f"Handling markers not measured or not detected: {', '.join(absent)}.")
    if reliability < LEAST_RELIABLE:
        notes.append(
            f"The handling markers hardly agree among reference people (alpha {reliability:.2f}), "
            "so their mean is a poor measure of handling."
        )
    strong = associations[
        (associations["q_value"] < Q_LIMIT)
        & (associations["correlation"].abs() >= CORRELATION_LIMIT)
    ]
    if len(strong):
        said = [_association(row) for _, row in strong.iterrows()]
        notes.append(
            f"Of {len(associations)} associations with the handling score, {len(strong)} have "
            f"q < .05 and a correlation of .2 or more: {'; '.join(said)}."
        )
    return tuple(notes)


def _association(row: pd.Series) -> str:
    people = "" if row["people"] == "all" else f" among {row['people']}"
    people = people.replace("among reference", "among reference people")
    return (
        f"{row['term']}{people} (r {row['correlation']:.2f}, {row['ci_low']:.2f} to "
        f"{row['ci_high']:.2f})"
    )
