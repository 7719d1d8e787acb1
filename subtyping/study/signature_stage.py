"""What is different, whom it resembles and what a drug would undo: the signature of a study."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._progress import Progress
from subtyping._validation import count_of
from subtyping.axes.set_scores import SetScores, compare_set_scores, score_sets
from subtyping.discovery import FittedLabelling
from subtyping.exceptions import InputError
from subtyping.knowledge import handling_markers
from subtyping.signature import Differential
from subtyping.signature.blockade import Blockade, pathway_blockade
from subtyping.signature.findings import SignatureFindings
from subtyping.signature.likeness import Likeness, likeness_of_diseases
from subtyping.signature.mouse import MouseConcordance, mouse_concordance
from subtyping.signature.reversal import Reversal, observed_reversal, published_reversal
from subtyping.signature.sides import contrast_sides
from subtyping.statistics.design import DesignReport
from subtyping.study.cohort import StudyCohort
from subtyping.study.plan import StudyPlan
from subtyping.study.spec import StudySpec

__all__ = ["examine_signature", "signature_matrix"]

Found = TypeVar("Found")
Mask = NDArray[np.bool_]
ALWAYS = "z"
DRAWN_ANALYTES = 40


@dataclass(frozen=True, eq=False)
class _Study:
    """What every part of the signature is computed from."""

    spec: StudySpec
    cohort: StudyCohort
    plan: StudyPlan
    fitted: FittedLabelling
    differential: Differential
    jobs: int | None

    @property
    def contrast(self) -> str:
        """Name of the contrast of the cases."""
        return next(iter(self.plan.contrasts))

    @property
    def once(self) -> Mask:
        """Which samples are the first of their person: repeated ones are no further people."""
        subject = self.cohort.panel.role("subject")
        if subject is None:
            return np.ones(len(self.fitted.is_case), dtype=bool)
        return np.asarray(~subject.duplicated() | subject.isna(), dtype=bool)

    @property
    def is_case(self) -> Mask:
        """Cases, each with one sample."""
        return np.asarray(self.fitted.is_case & self.once, dtype=bool)

    @property
    def is_reference(self) -> Mask:
        """Reference people, each with one sample."""
        return np.asarray(self.fitted.is_reference & self.once, dtype=bool)


def examine_signature(
    spec: StudySpec,
    cohort: StudyCohort,
    plan: StudyPlan,
    *,
    fitted: FittedLabelling,
    design: DesignReport,
    differential: Differential,
    jobs: int | None,
    shown: Progress,
) -> SignatureFindings:
    """Score the axes, compare the signature with other diseases, and ask what would undo it.

    Parameters
    ----------
    spec : StudySpec
    cohort : StudyCohort
    plan : StudyPlan
    fitted : FittedLabelling
    design : DesignReport
        Where case status is aliased nothing that compares cases with reference people is made.
    differential : Differential
    jobs : int or None
    shown : Progress

    Returns
    -------
    SignatureFindings
    """
    study = _Study(spec, cohort, plan, fitted, differential, jobs)
    scores, reasons = _every_score(study)
    if design.is_blocked:
        why = f"Not computed: {design.sentence}"
        reasons |= _refused(spec, cohort, why)
        return SignatureFindings(set_scores=scores, reasons=reasons)

    def part(title: str, compute: Callable[[_Study], Found], *, wanted: bool) -> Found | None:
        if not wanted:
            return None
        shown.stage(title.lower())
        try:
            return compute(study)
        except InputError as error:
            reasons[title] = f"Not possible: {error}"
            return None

    if not study.once.all():
        n = int((~study.once).sum())
        reasons["Repeated samples"] = (
            f"{count_of(n, 'later sample')} of people already there left out of the comparisons of "
            "axis scores, likeness and reversal; single analytes are compared as "
            "signature.block says."
        )
    asked = spec.signature
    return SignatureFindings(
        set_scores=scores,
        set_score_comparison=compare_set_scores(scores, study.is_case, study.is_reference),
        likeness=part("Likeness of diseases", _likeness, wanted=_has_likeness(spec, cohort)),
        published=part("Reversal by published effects", _published, wanted=asked.reversal.enabled),
        observed=part(
            "Reversal by a measured treatment", _observed, wanted=bool(asked.reversal.observed)
        )
        or (),
        blockade=part("Reversal by pathway blockade", _blockade, wanted=asked.reversal.enabled),
        mouse=part("Mouse and human", _mouse, wanted=asked.mouse is not None),
        reasons=reasons,
    )


def signature_matrix(fitted: FittedLabelling, differential: Differential) -> pd.DataFrame | None:
    """Return the z-scores of the analytes that differ most in the first contrast.

    Parameters
    ----------
    fitted : FittedLabelling
    differential : Differential

    Returns
    -------
    pandas.DataFrame or None
        At most 40 analytes at q < .05, surest first; None where there are fewer than two.
    """
    table = differential.table
    rows = table[(table["contrast"] == table["contrast"].iloc[0]) & (table["q_value"] < 0.05)]
    rows = rows[rows["analyte"].isin(fitted.prepared.z.columns)]
    chosen = rows.sort_values("p_value", kind="stable")["analyte"].head(DRAWN_ANALYTES).tolist()
    return fitted.prepared.z[chosen] if len(chosen) > 1 else None


def _refused(spec: StudySpec, cohort: StudyCohort, why: str) -> dict[str, str]:
    """Return the reason for each part that would have been computed."""
    asked = spec.signature
    wanted = {
        "Likeness of diseases": _has_likeness(spec, cohort),
        "Reversal by published effects": asked.reversal.enabled,
        "Reversal by a measured treatment": bool(asked.reversal.observed),
        "Reversal by pathway blockade": asked.reversal.enabled,
        "Mouse and human": asked.mouse is not None,
    }
    return {title: why for title, is_wanted in wanted.items() if is_wanted}


def _has_likeness(spec: StudySpec, cohort: StudyCohort) -> bool:
    return spec.signature.likeness.enabled and bool(cohort.comparison)


def _every_score(study: _Study) -> tuple[dict[str, SetScores], dict[str, str]]:
    """Return the scores by every method, and why a method has none."""
    scores, reasons = {}, {}
    for method in (ALWAYS, *study.spec.signature.scores):
        try:
            scores[method] = _scored(study, method)
        except InputError as error:
            why = str(error).split(", without ")[0].rstrip(".")
            reasons[f"Scores of the axes by {method}"] = f"Not possible: {why}."
    return scores, reasons


def _scored(study: _Study, method: str) -> SetScores:
    fitted = study.fitted
    return score_sets(
        fitted.prepared,
        fitted.is_case,
        fitted.is_reference,
        axes=study.plan.procedure.axes,
        method=method,
        seed=study.spec.seed,
    )


def _likeness(study: _Study) -> Likeness:
    asked, cohort = study.spec.signature.likeness, study.cohort
    prepared, once = study.fitted.prepared, study.once
    return likeness_of_diseases(
        prepared.log2[once],
        prepared.detected[once],
        cohort.panel.samples[once],
        case=cohort.case,
        reference=cohort.reference,
        comparisons=cohort.comparison,
        axes=study.plan.procedure.axes,
        covariates=study.plan.covariates,
        batch=study.spec.preparation.plates != "none" and "batch" in cohort.panel.samples,
        bridged=asked.bridged,
        min_detected_frac=study.spec.preparation.min_detected_frac,
        n_bootstrap=asked.bootstrap,
        n_permutation=asked.permutations,
        seed=study.spec.seed,
        jobs=study.jobs,
    )


def _published(study: _Study) -> Reversal:
    asked, fitted = study.spec.signature.reversal, study.fitted
    return published_reversal(
        fitted.prepared,
        study.differential,
        study.is_case,
        study.is_reference,
        drugs=asked.drugs,
        contrast=study.contrast,
        panel_of=_panel_of(study.cohort),
        bootstrap=asked.bootstrap,
        draws=asked.draws,
        seed=study.spec.seed,
    )


def _blockade(study: _Study) -> Blockade:
    asked, fitted = study.spec.signature.reversal, study.fitted
    return pathway_blockade(
        fitted.prepared,
        study.is_case,
        study.is_reference,
        pathway=asked.pathways,
        axes=study.plan.procedure.axes,
        n_bootstrap=asked.bootstrap,
        n_null=asked.draws,
        subjects=study.cohort.panel.role("subject"),
        seed=study.spec.seed,
        jobs=study.jobs,
    )


def _observed(study: _Study) -> tuple[Reversal, ...]:
    asked, cohort, fitted = study.spec.signature.reversal, study.cohort, study.fitted
    samples = cohort.panel.samples
    found = []
    for name, treatment in asked.observed.items():
        after, before = contrast_sides(samples, name, treatment.after, treatment.before)
        found.append(
            observed_reversal(
                fitted.prepared,
                before,
                after,
                fitted.is_reference,
                name=name,
                samples=samples,
                covariates=study.plan.covariates,
                panel_of=_panel_of(cohort),
                bootstrap=asked.bootstrap,
                draws=asked.draws,
                seed=study.spec.seed,
            )
        )
    return tuple(found)


def _mouse(study: _Study) -> MouseConcordance:
    mice, asked = study.cohort.mice, study.spec.signature.mouse
    assert mice is not None, "a study with mice has read them"
    assert asked is not None, "a study with mice asked for them"
    return mouse_concordance(
        study.differential,
        mice,
        contrast=study.contrast,
        draws=asked.draws,
        seed=study.spec.seed,
        leave_out=handling_markers(),
    )


def _panel_of(cohort: StudyCohort) -> dict[str, str]:
    """Return the panel each analyte was measured on, where the file tells."""
    panels = cohort.panel.analytes["panel"].dropna()
    return {str(name): str(panel) for name, panel in panels.items()}
