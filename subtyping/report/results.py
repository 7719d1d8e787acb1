"""The one object a study hands to the report and to tracking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.panel.panel import ReadingReport

if TYPE_CHECKING:
    from subtyping.axes import AxisScores
    from subtyping.checks import CheckResult
    from subtyping.criteria import Criteria, ThresholdDependence
    from subtyping.discovery import Verdict
    from subtyping.figures.replications import DrawnReplications
    from subtyping.prediction import OutcomePrediction, Prediction, SplitPanelFidelity
    from subtyping.preparation import HandlingReport
    from subtyping.signature import Differential
    from subtyping.signature.findings import SignatureFindings
    from subtyping.statistics import DesignReport

__all__ = ["StudyResult"]


@dataclass(frozen=True, eq=False)
class StudyResult:
    """Everything one study found, frozen: what the report writes and what tracking logs.

    Attributes
    ----------
    spec : dict
        The validated specification as plain values (text, numbers, lists, dicts).
    provenance : dict
        ``package_version, python, library_versions, git_commit, data_sha256, seed, started,
        seconds``.
    question : str
        The question of the spec, in the words of the person who asked it.
    verdict : Verdict
        Is there a subtype: discrete, continuum, none, underpowered or blocked.
    prepared_detection : pandas.DataFrame
        ``analyte, detected_case_frac, detected_reference_frac, is_kept, reason``.
    axis_scores : AxisScores
        Level, score and skew of every sample, members and coherence of every axis.
    differential : Differential or None
        Differential abundance; None where it was not asked for.
    prediction : Prediction or None
        Out-of-fold probabilities, calibration and attribution; None where there is nothing to
        predict.
    criteria : Criteria
        Candidate criteria and the published ones beside them.
    checks : tuple of CheckResult
        Every coded check with its outcome.
    metrics : pandas.DataFrame
        ``name, value, ci_low, ci_high, null_twin``: the headline numbers.
    reading : ReadingReport
        What happened between the file and the panel.
    groups : pandas.DataFrame
        ``group, role, n`` with role one of case, reference, comparison, none.
    design : DesignReport
        Whether case status can be told apart from plate, site and date.
    card : dict
        The model card, the only thing an assigner loads.
    embedding : pandas.DataFrame or None
        ``sample_id, x, y, group``: a stored picture of the cohort.
    handling : HandlingReport or None
        How much of the panel goes with delays before spinning.
    skew_fit : pandas.DataFrame or None
        ``x, density_mixture, density_unimodal``: the curves fitted to the skew among cases.
    visits : dict of str to pandas.DataFrame
        Where people were sampled several times, ``visits`` (agreement of labels and scores) and
        ``visit_assignments`` (every visit); empty otherwise.
    soundness : dict of str to pandas.DataFrame
        What else could be behind a difference: detection by group, balance, handling, covariates.
    remarks : tuple of tuple of str
        Heading and sentences on these, for the brief.
    signature : SignatureFindings or None
        Scores of the axes by other methods, likeness of diseases, reversal, mouse.
    signature_z : pandas.DataFrame or None
        z-scores of the analytes that differ most, samples x analytes, for the heatmap.
    split_panel : SplitPanelFidelity or None
        Labels from half of the axis, predicted from the other half.
    outcomes : mapping of str to OutcomePrediction
        Outcomes from outside the panel, predicted out of fold.
    outcome_reasons : mapping of str to str
        Why an outcome could not be predicted.
    replications : Replications or None
        The same design simulated many times, where that was asked for.
    reporting : pandas.DataFrame or None
        Items of TRIPOD+AI and REMARK, filled where the run knows the answer, see
        `subtyping.criteria.reporting_items`.
    shap_thresholds : pandas.DataFrame or None
        Where attributions turn, beside the thresholds proposed; None where nothing was explained.
    dependences : tuple of ThresholdDependence
        Value against attribution for the markers of the proposed rules.
    matrix : str
        What was measured in (serum, plasma) where all cases have the same; else blank.
    sample_groups : pandas.Series or None
        Group of every sample, indexed by sample_id. Where None, the groups of `embedding` are
        used, and where that is None too, figures tell cases from other people only.
    """

    spec: Mapping[str, Any]
    provenance: Mapping[str, Any]
    question: str
    verdict: "Verdict"
    prepared_detection: pd.DataFrame
    axis_scores: "AxisScores"
    differential: "Differential | None"
    prediction: "Prediction | None"
    criteria: "Criteria"
    checks: "tuple[CheckResult, ...]"
    metrics: pd.DataFrame
    reading: ReadingReport
    groups: pd.DataFrame
    design: "DesignReport"
    card: Mapping[str, Any]
    embedding: pd.DataFrame | None = None
    handling: "HandlingReport | None" = None
    skew_fit: pd.DataFrame | None = None
    sample_groups: pd.Series | None = None
    visits: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    soundness: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    remarks: tuple[tuple[str, str], ...] = ()
    signature: "SignatureFindings | None" = None
    signature_z: pd.DataFrame | None = None
    replications: "DrawnReplications | None" = None
    split_panel: "SplitPanelFidelity | None" = None
    outcomes: "Mapping[str, OutcomePrediction]" = field(default_factory=dict)
    outcome_reasons: Mapping[str, str] = field(default_factory=dict)
    matrix: str = ""
    reporting: pd.DataFrame | None = None
    shap_thresholds: pd.DataFrame | None = None
    dependences: "tuple[ThresholdDependence, ...]" = ()

    @property
    def group_of_sample(self) -> pd.Series:
        """Group of every scored sample, from the best source there is (see `sample_groups`)."""
        samples = self.axis_scores.table.index
        if self.sample_groups is not None:
            return self.sample_groups.reindex(samples).astype(object).fillna("no group")
        if self.embedding is not None:
            known = self.embedding.set_index("sample_id")["group"]
            return known.reindex(samples).astype(object).fillna("no group")
        cases = self.groups.loc[self.groups["role"] == "case", "group"].astype(str)
        is_case = samples.isin(self.verdict.assignment.table["sample_id"])
        labels = ["cases" if cases.empty else " or ".join(cases), "other people"]
        return pd.Series([labels[0] if case else labels[1] for case in is_case], index=samples)
