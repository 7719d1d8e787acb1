"""A small, complete study result: every number made up, every field present."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from subtyping.checks import CheckResult
from subtyping.criteria import Criteria
from subtyping.panel.panel import ReadingReport
from subtyping.report.results import StudyResult

AXES = ("Th1", "Th2", "Th17", "Innate")
ANALYTES = [f"P{k}" for k in range(40)] + ["CCL17", "CCL11", "CCL13", "CCL22", "IL6", "CXCL10"]

SENTENCES = {
    "discrete": "Two groups of people are a better account of the Th2 skew than one (p = 0.001): "
    "about 27 % of the cases form a candidate subtype.",
    "continuum": "No separate group: the Th2 skew differs between people by more than assay noise, "
    "as one continuous gradient.",
    "none": "No subtype, and no variation of the Th2 skew beyond assay noise.",
    "underpowered": "Too few people to tell: with 25 cases a subtype of a quarter of them would "
    "have been found in 31 % of studies like this one.",
    "blocked": "No inference is possible: case status is aliased with the quarter of the visit.",
}


def fake_result(kind: str = "discrete", n_case: int = 120, n_reference: int = 80) -> StudyResult:
    """Return a result whose verdict is `kind`."""
    rng = np.random.default_rng(7)
    ids = [f"S{k:04d}" for k in range(n_case + n_reference + 20)]
    group = ["MDD"] * n_case + ["HC"] * n_reference + ["AD"] * 20
    samples = pd.Series(group, index=pd.Index(ids, name="sample_id"), name="group")
    is_case = (samples == "MDD").to_numpy()
    high = is_case & (rng.random(len(ids)) < 0.27)
    skew = rng.normal(size=len(ids)) + 4.5 * high + 3.0 * (samples == "AD").to_numpy()
    scores = pd.DataFrame({"level": rng.normal(size=len(ids)) + 0.4 * is_case}, index=samples.index)
    for axis in AXES:
        shift = skew if axis == "Th2" else rng.normal(size=len(ids)) + 0.3 * is_case
        scores[f"{axis}_score"] = shift + 0.5 * scores["level"]
        scores[f"{axis}_skew"] = shift
    probability = 1 / (1 + np.exp(-3 * (skew - 2.3)))
    assignment = _assignment(kind, samples, probability, is_case)
    return StudyResult(
        spec={
            "question": "Is there a Th2-skewed subtype, and what could a trial screen on?",
            "seed": 20260117,
            "cohort": {"panel": "panel.csv", "groups": {"case": ["MDD"], "reference": ["HC"]}},
            "discovery": {"axis": "Th2"},
        },
        provenance={
            "package_version": "0.1.0",
            "python": "3.11.9",
            "library_versions": {"numpy": "2.4.6", "scikit-learn": "1.9.1"},
            "git_commit": None,
            "data_sha256": "0123456789abcdef" * 4,
            "seed": 20260117,
            "started": "2026-11-21T10:00:00+00:00",
            "seconds": 12.5,
        },
        question="Is there a Th2-skewed subtype, and what could a trial screen on?",
        verdict=_verdict(kind, assignment, n_case),
        prepared_detection=_detection(rng),
        axis_scores=_axis_scores(scores),
        differential=_differential(rng, is_blocked=kind == "blocked"),
        prediction=_prediction(rng, samples, probability, is_case) if kind == "discrete" else None,
        criteria=_criteria(kind),
        checks=_checks(kind),
        metrics=pd.DataFrame(
            {
                "name": ["level_reliability", "existence_p_value", "fidelity_roc_auc"],
                "value": [0.86, 0.001, np.nan],
                "ci_low": [0.81, np.nan, np.nan],
                "ci_high": [0.90, np.nan, np.nan],
                "null_twin": [np.nan, 0.48, 0.71],
            }
        ),
        reading=ReadingReport(
            source="panel.csv",
            format="wide",
            platform=None,
            rows_read=len(ids) + 2,
            rows_kept=len(ids),
            dropped=pd.DataFrame(
                {"sample_id": ["S9001", "S9002"], "reason": ["no samples row", "blank group"]}
            ),
            unknown_analytes=("P0", "P1"),
            notes=("2 sample ids carried blanks, which were removed.",),
        ),
        groups=pd.DataFrame(
            {
                "group": ["MDD", "HC", "AD"],
                "role": ["case", "reference", "comparison"],
                "n": [n_case, n_reference, 20],
            }
        ),
        design=SimpleNamespace(
            table=pd.DataFrame(
                {
                    "factor": ["batch"],
                    "kind": ["plate"],
                    "is_rank_deficient": [False],
                    "vif": [1.1],
                    "case_overlap_frac": [1.0],
                    "reference_overlap_frac": [1.0],
                    "is_aliased": [kind == "blocked"],
                }
            ),
            aliased=("visit_quarter",) if kind == "blocked" else (),
            is_blocked=kind == "blocked",
            sentence="Only 1 of 17 levels of visit_quarter holds both groups."
            if kind == "blocked"
            else "Case status can be told apart from every technical factor.",
        ),
        card={"format": 1, "unit": "NPX", "axis": "Th2", "analytes": ANALYTES, "nan": np.nan},
        embedding=pd.DataFrame(
            {
                "sample_id": ids,
                "x": rng.normal(size=len(ids)) + skew,
                "y": rng.normal(size=len(ids)) + scores["level"].to_numpy(),
                "group": group,
            }
        ),
        handling=SimpleNamespace(
            table=pd.DataFrame({"term": ["group"], "correlation": [0.08], "p_value": [0.41]}),
            share_of_variance_frac=0.06,
            n_markers=6,
            markers=("SIRT2", "CASP8"),
            sentence="Delays before spinning carry 6 % of the variance of the panel.",
        ),
        skew_fit=_skew_fit(),
        sample_groups=samples,
    )


def with_fields(result: StudyResult, **changes: object) -> StudyResult:
    """Return the result with other fields."""
    return replace(result, **changes)


def _assignment(
    kind: str, samples: pd.Series, probability: np.ndarray, is_case: np.ndarray
) -> SimpleNamespace:
    table = pd.DataFrame({"sample_id": samples.index[is_case], "probability": probability[is_case]})
    chance = table["probability"]
    table["label"] = np.where(chance > 0.8, "subtype", np.where(chance < 0.2, "other", "unclear"))
    table["reason"] = np.where(table["label"] == "unclear", "probability between 0.2 and 0.8", "")
    if kind != "discrete":
        table = table.assign(probability=np.nan, label="unclear", reason=f"verdict {kind}")
    return SimpleNamespace(table=table)


def _verdict(kind: str, assignment: SimpleNamespace, n_case: int) -> SimpleNamespace:
    is_discrete, is_blocked = kind == "discrete", kind == "blocked"
    evidence = pd.DataFrame(
        {
            "line": ["existence", "stability", "taxometrics"],
            "statistic": ["dip of the skew", "adjusted Rand index", "CCFI"],
            "value": [0.061, 0.83, 0.58],
            "ci_low": [0.044, 0.71, 0.52],
            "ci_high": [0.079, 0.90, 0.63],
            "p_value": [0.001 if is_discrete else 0.48, np.nan, np.nan],
            "null_twin": [0.024, 0.79, 0.44],
            "decides": [True, False, False],
            "sentence": [
                "The skew of the cases has two humps rather than one.",
                "Resampled people get the same label; so do they on a continuum.",
                "Weak evidence of a category.",
            ],
        }
    )
    return SimpleNamespace(
        kind=kind,
        axis="Th2",
        p_value=None if is_blocked else (0.001 if is_discrete else 0.48),
        prevalence_frac=0.27 if is_discrete else None,
        prevalence_ci_low=0.19 if is_discrete else None,
        prevalence_ci_high=0.36 if is_discrete else None,
        n_case=n_case,
        sentence=SENTENCES[kind],
        evidence=evidence,
        assignment=assignment,
        power_at_minimum=None if is_blocked else 0.31 if kind == "underpowered" else 0.93,
        n_needed=160 if kind == "underpowered" else None,
    )


def _detection(rng: np.random.Generator) -> pd.DataFrame:
    names = [*ANALYTES, "IL4", "IL5", "IL13"]
    detected = np.r_[rng.uniform(0.6, 1.0, len(ANALYTES)), 0.03, 0.02, 0.01]
    return pd.DataFrame(
        {
            "analyte": names,
            "detected_case_frac": detected,
            "detected_reference_frac": detected,
            "is_kept": detected > 0.5,
            "reason": np.where(detected > 0.5, "", "detected in fewer than half of either group"),
        }
    )


def _axis_scores(table: pd.DataFrame) -> SimpleNamespace:
    members = pd.DataFrame(
        {
            "axis": ["Th2"] * 5,
            "analyte": ["CCL17", "CCL11", "CCL13", "IL4", "IL13"],
            "is_used": [True, True, True, False, False],
            "reason": ["", "", "", "below detection", "below detection"],
            "detected_case_frac": [1.0, 1.0, 0.98, 0.03, 0.01],
            "detected_reference_frac": [1.0, 1.0, 0.97, 0.02, 0.01],
        }
    )
    coherence = pd.DataFrame(
        {
            "axis": list(AXES),
            "n_members": [3, 3, 2, 6],
            "alpha": [0.6, 0.8, np.nan, 0.9],
            "mean_r": [0.3, 0.5, 0.2, 0.6],
            "is_skew_available": [True] * 4,
            "reason": [""] * 4,
        }
    )
    return SimpleNamespace(
        table=table,
        members=members,
        coherence=coherence,
        level_reliability=0.86,
        n_level_analytes=24,
        sentence="IL4 and IL13 are below detection and do not carry the Th2 score.",
    )


def _differential(rng: np.random.Generator, *, is_blocked: bool) -> SimpleNamespace:
    change = rng.normal(0, 0.25, len(ANALYTES))
    change[-6:] = [0.95, 0.7, 0.8, 0.5, 0.4, -0.6]
    p_value = np.exp(-np.abs(change) * 16) * rng.uniform(0.2, 1.0, len(change))
    table = pd.DataFrame(
        {
            "analyte": ANALYTES,
            "contrast": "MDD - HC",
            "log2_fc": change,
            "ci_low": change - 0.2,
            "ci_high": change + 0.2,
            "t": change / 0.1,
            "p_value": p_value,
            "q_value": np.minimum(1.0, p_value * 8),
            "detected_frac": 0.97,
            "is_mostly_below_detection": False,
        }
    )
    if is_blocked:
        table[["ci_low", "ci_high", "p_value", "q_value"]] = np.nan
    return SimpleNamespace(table=table, sentence="9 analytes differ at a false discovery rate 5 %.")


def _prediction(
    rng: np.random.Generator, samples: pd.Series, probability: np.ndarray, is_case: np.ndarray
) -> SimpleNamespace:
    names = ["CCL17", "CCL13", "CCL11", "CCL22", "IL6", "P3", "P7", "P9"]
    size = np.array([0.21, 0.12, 0.10, 0.05, 0.02, 0.012, 0.011, 0.009])
    attribution = SimpleNamespace(
        table=pd.DataFrame(
            {
                "analyte": names,
                "axis": ["Th2"] * 4 + ["Innate", None, None, None],
                "mean_abs": size,
                "rank": range(1, 9),
                "rank_ci_low": [1, 2, 2, 4, 5, 5, 5, 6],
                "rank_ci_high": [1, 3, 3, 4, 7, 12, 14, 19],
                "permuted_mean_abs": [0.02, 0.018, 0.015, 0.014, 0.013, 0.013, 0.012, 0.014],
            }
        ),
        by_axis=pd.DataFrame({"axis": ["Th2", "no axis"], "mean_abs": [0.4, 0.05]}),
        by_group=pd.DataFrame({"group": [1], "analytes": ["CCL17, CCL13"], "mean_abs": [0.3]}),
        crossings=pd.DataFrame({"analyte": ["CCL17"], "z": [0.4]}),
        values=rng.normal(size=(30, 8)),
        data=pd.DataFrame(
            rng.normal(size=(30, 8)), columns=names, index=samples.index[is_case][:30]
        ),
        baseline=np.full(30, 0.27),
        model="elastic_net",
        scale="log-odds",
        sentence="CCL17, CCL13 and CCL11 carry the prediction.",
    )
    bins = pd.DataFrame(
        {
            "model": ["elastic_net"] * 4 + ["gradient_boosting"] * 4,
            "bin": [0, 1, 2, 3] * 2,
            "mean_probability": [0.04, 0.25, 0.55, 0.93, 0.02, 0.20, 0.60, 0.97],
            "observed_frac": [0.03, 0.30, 0.50, 0.95, 0.05, 0.35, 0.50, 0.88],
            "n": [70, 14, 9, 27, 74, 10, 8, 28],
        }
    )
    out_of_fold = pd.DataFrame(
        {
            "sample_id": samples.index[is_case],
            "fold": np.arange(is_case.sum()) % 3,
            "label": np.where(probability[is_case] > 0.5, "subtype", "other"),
            "elastic_net_probability": probability[is_case],
        }
    )
    metrics = pd.DataFrame(
        {
            "model": ["elastic_net", "gradient_boosting"],
            "metric": ["out_of_fold_roc_auc"] * 2,
            "value": [0.97, 0.95],
            "ci_low": [0.93, 0.90],
            "ci_high": [0.99, 0.98],
            "null_twin": [0.94, 0.93],
        }
    )
    folds = pd.DataFrame(
        {
            "fold": [0, 1, 2],
            "n_train": [80] * 3,
            "n_test": [40] * 3,
            "p_value": [0.004, 0.011, 0.002],
            "is_discrete": [True] * 3,
        }
    )
    panels = pd.DataFrame(
        [("research", 42.0, 0.97, 0.93, 0.99, 0.94), ("reduced", 2.0, 0.94, 0.9, 0.97, 0.92)],
        columns=["panel", "size", "value", "ci_low", "ci_high", "null_twin"],
    ).assign(metric="fidelity_auc_out_of_fold", analytes="CCL17 100%, CCL13 67%")
    return SimpleNamespace(
        out_of_fold=out_of_fold,
        metrics=metrics,
        calibration=bins,
        attribution=attribution,
        panels=panels,
        folds=folds,
        sentence="Labels made from these data are predicted again with an AUC of 0.97; the null "
        "twin reaches 0.94.",
    )


CRITERIA = (
    ("CCL17 >= 9.2 NPX", "subtype", "candidate", 0.29, 0.88, 0.93, 0.82, 3.4),
    ("CCL17 >= 8.8 NPX and CCL13 >= 10.1 NPX", "subtype", "candidate", 0.24, 0.81, 0.97, 0.91, 4.2),
    ("CRP > 3 mg/L", "published", "candidate", 0.27, 0.31, 0.74, 0.30, 3.7),
    ("Eosinophils >= 300/uL", "published", "candidate", 0.18, np.nan, np.nan, np.nan, 5.6),
)


def _criteria(kind: str) -> Criteria:
    rows = []
    for text, origin, claim, prevalence, sensitivity, specificity, ppv, screened in CRITERIA:
        row = {
            "rule": json.dumps({"text": text}),
            "rule_text": text,
            "kind": origin,
            "claim": claim,
        }
        row["target_condition"] = "Th2-skewed subtype"
        for name, value in (
            ("prevalence_frac", 0.27),
            ("positive_frac", prevalence),
            ("sensitivity", sensitivity),
            ("specificity", specificity),
            ("ppv", ppv),
            ("number_needed_to_screen", screened),
        ):
            half = 0.07 if name != "number_needed_to_screen" else 0.8
            row |= {name: value, f"{name}_ci_low": value - half, f"{name}_ci_high": value + half}
        rows.append(row)
    table = pd.DataFrame(rows)
    if kind != "discrete":
        table = table[table["kind"] == "published"].reset_index(drop=True)
    if kind == "blocked":
        table = table.iloc[:0]
    sentence = (
        "2 candidate rules recover the subtype in these people."
        if kind == "discrete"
        else f"No rule is proposed: the verdict is {kind}, so there is no group to select."
    )
    return Criteria(table=table, rules=(), sentence=sentence)


def _checks(kind: str) -> tuple[CheckResult, ...]:
    aliased = "fires" if kind == "blocked" else "silent"
    return (
        CheckResult(
            code="ST001",
            title="Case status is aliased with visit_quarter"
            if kind == "blocked"
            else "Case status is aliased with a technical factor",
            severity="issue",
            outcome=aliased,
            sentence="Only 1 of 17 quarters holds both groups.",
        ),
        CheckResult(
            code="ST004",
            title="Few reference people",
            severity="tip",
            outcome="fires",
            sentence="80 reference people make reference limits parametric.",
        ),
        CheckResult(
            code="ST005",
            title="Handling goes with case status",
            severity="issue",
            outcome="not_applicable",
            sentence="Fewer than 3 handling markers <were> measured.",
        ),
    )


def _skew_fit() -> pd.DataFrame:
    x = np.linspace(-3, 8, 200)

    def density(mean: float, sd: float) -> np.ndarray:
        return np.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))

    return pd.DataFrame(
        {
            "x": x,
            "density_mixture": 0.73 * density(0, 1) + 0.27 * density(4.5, 1),
            "density_unimodal": density(1.2, 2.2),
        }
    )
