"""What a finished study can say to the reporting guidelines, in its own words."""

from collections.abc import Callable, Iterable

import pandas as pd

from subtyping._validation import count_of
from subtyping.criteria.reporting import FACTS
from subtyping.report import StudyResult
from subtyping.study.cohort import StudyCohort
from subtyping.study.reporting_rules import rule_facts

__all__ = ["reporting_facts"]

MOST_NAMES = 12
DETECTION = {
    "keep": "Values below detection keep the number of the file, else the limit of detection.",
    "lod_sqrt2": "Values below detection stand at the limit of detection over √2.",
    "ros": "Values below detection enter by regression on order statistics.",
    "truncated": "Values below detection enter at the mean of a normal fitted by censored "
    "likelihood.",
}
WHO = {"case": "cases", "reference": "reference people", "comparison": "for comparison"}


def reporting_facts(result: StudyResult, cohort: StudyCohort) -> dict[str, str]:
    """Return what a study knows of the items of TRIPOD+AI and REMARK.

    Parameters
    ----------
    result : StudyResult
        A finished study; its `reporting` is not read.
    cohort : StudyCohort
        The people it was made on.

    Returns
    -------
    dict of str to str
        Names of `subtyping.criteria.reporting.FACTS`, those alone that this run knows something
        of. Where no rule was proposed there is none to specify, and its facts are absent; how
        rules do in parts of the cohort is absent because no run computes it. Nothing depends on
        the clock.

    Examples
    --------
    >>> import tempfile
    >>> from subtyping.study import load_cohort, run_study, spec_from
    >>> spec = spec_from({
    ...     "seed": 1,
    ...     "cohort": {"simulate": {"design": "null", "n_case": 40, "n_reference": 40}},
    ...     "discovery": {"axis": "Th2", "bootstrap": 19, "resamples": 20, "twin_draws": 0,
    ...                   "candidates": []},
    ...     "criteria": {"resamples": 20}, "prediction": {"enabled": False},
    ...     "signature": {"reversal": {"enabled": False}, "scores": []},
    ... })
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = run_study(spec, out=folder, jobs=1, track=False)
    >>> facts = reporting_facts(result, load_cohort(spec))
    >>> facts["participants"].partition(".")[0], "model_output" in facts
    ('40 cases (MDD), 40 reference people (HC)', False)
    """
    asked: dict[str, Callable[[StudyResult, StudyCohort], str]] = {
        "question": lambda one, _: one.question,
        "source_of_data": _source,
        "participants": _participants,
        "predictors": _predictors,
        "sample_size": _sample_size,
        "missing_data": _missing,
        "assay": _assay,
        "code": _code,
        "seed": _seed,
        "specimens": _specimens,
        "characteristics": _characteristics,
        "covariates": _covariates,
        "endpoints": _endpoints,
    }
    said = {name: say(result, cohort) for name, say in asked.items()} | rule_facts(result)
    facts = {name: said[name].strip() for name in FACTS if name in said}
    return {name: text for name, text in facts.items() if text}


def _source(result: StudyResult, cohort: StudyCohort) -> str:
    """Say where the people come from and when they were sampled."""
    reading = result.reading
    groups = _names(result.groups["group"])
    platform = f", {reading.platform}" if reading.platform else ""
    said = f"{reading.source} (format {reading.format}{platform}); groups {groups}."
    if reading.format == "simulated":
        return f"{said} The people are simulated."
    dates = cohort.panel.role("date")
    known = pd.Series(dtype=object) if dates is None else dates.dropna()
    return f"{said} Dates: {known.min()} to {known.max()}." if len(known) else said


def _participants(result: StudyResult, _: StudyCohort) -> str:
    """Count people by group, and those left out by reason."""
    groups, reading = result.groups, result.reading
    parts = []
    for role, who in WHO.items():
        rows = groups[groups["role"] == role]
        if len(rows):
            names = _names(rows["group"])
            parts.append(f"{int(rows['n'].sum()):,} {who} ({names})")
    reasons = [f"{n} ({why})" for why, n in reading.dropped["reason"].value_counts().items()]
    left = f"left out: {', '.join(reasons)}" if reasons else "none was left out"
    return (
        f"{', '.join(parts)}. {reading.rows_read:,} sample rows read, {reading.rows_kept:,} kept; "
        f"{left}."
    )


def _predictors(result: StudyResult, cohort: StudyCohort) -> str:
    """Say which markers there were, in which unit, and which carry the axis."""
    panel, detection = cohort.panel, result.prepared_detection
    kept = int(detection["is_kept"].astype(bool).sum())
    members = result.axis_scores.members
    own = members[(members["axis"] == result.verdict.axis) & members["is_used"].astype(bool)]
    said = (
        f"{count_of(len(detection), 'analyte')} in {panel.unit}, {kept} detected often enough to "
        f"be used; the {result.verdict.axis} axis rests on "
        f"{_names(own['analyte']) or 'none of them'}."
    )
    routine = _names(cohort.routine.columns)
    return f"{said} Routine markers: {routine}." if routine else said


def _sample_size(result: StudyResult, _: StudyCohort) -> str:
    """Say the power of the study, and the number that would be needed."""
    verdict = result.verdict
    if verdict.power_at_minimum is None:
        return ""
    least = result.spec["discovery"]["minimum_subtype"]
    said = (
        f"No sample size was planned by the run. With {verdict.n_case:,} cases the power for a "
        f"subtype of {least['fraction']:.0%} at an effective separation of "
        f"{least['effective_separation']:g} is {verdict.power_at_minimum:.2f}"
    )
    needed = f"; about {verdict.n_needed:,} cases are needed for .80" if verdict.n_needed else ""
    return f"{said}{needed}."


def _missing(result: StudyResult, cohort: StudyCohort) -> str:
    """Say how missing and undetected values are treated, and how many there are."""
    asked, panel = result.spec["preparation"], cohort.panel
    measured = panel.detected.to_numpy() | panel.below_lod.to_numpy()
    absent, below = 1 - measured.mean(), panel.below_lod.to_numpy().mean()
    return (
        f"{absent:.1%} of the values are missing and {below:.1%} below detection. "
        f"{DETECTION[asked['detection']]} An analyte enters if detected in at least "
        f"{asked['min_detected_frac']:.0%} of the cases or of the reference people; a missing "
        "value stands at the reference median in the matrix. A person without a marker of a rule "
        "is not judged by it."
    )


def _endpoints(result: StudyResult, _: StudyCohort) -> str:
    """Name the outcomes that were measured apart from the panel."""
    asked = result.spec["prediction"]["outcomes"]
    told = [f"{name} (column {one['column']}, {one['kind']})" for name, one in asked.items()]
    return f"Measured apart from the panel: {', '.join(told)}." if told else ""


def _assay(_: StudyResult, cohort: StudyCohort) -> str:
    """Say platform, unit and limits of detection."""
    panel = cohort.panel
    known = int(panel.lod.notna().any().sum())
    plates = panel.role("batch")
    n_plates = 0 if plates is None else plates.nunique()
    return (
        f"Platform {panel.platform or 'not stated'}, unit {panel.unit}; a limit of detection is "
        f"known for {known} of {panel.lod.shape[1]} analytes; "
        f"{count_of(n_plates, 'plate') if n_plates else 'plates are not declared'}."
    )


def _code(result: StudyResult, _: StudyCohort) -> str:
    """Say which software made the numbers and how to repeat them."""
    made = result.provenance
    return (
        f"subtyping {made['package_version']}, Python {made['python']}; the specification stands "
        "in report.json, and `subtyping run` on it gives the same tables."
    )


def _seed(result: StudyResult, _: StudyCohort) -> str:
    """Name the root seed and the digest of the data."""
    made = result.provenance
    return f"Root seed {made['seed']}; data SHA-256 {made['data_sha256']}."


def _specimens(result: StudyResult, cohort: StudyCohort) -> str:
    """Say what was drawn and whether handling shows."""
    matrix = cohort.panel.role("matrix")
    kinds = [] if matrix is None else sorted(matrix.dropna().astype(str).unique())
    named = f"Matrix: {_names(kinds)}." if kinds else ""
    return f"{named} {'' if result.handling is None else result.handling.sentence}"


def _characteristics(result: StudyResult, _: StudyCohort) -> str:
    """Say in what the groups differ and where their means stand."""
    balance = result.soundness.get("design_balance")
    known = [] if balance is None else [str(factor) for factor in balance["factor"]]
    where = f"By group in tables/design_balance.csv: {_names(known)}." if known else ""
    return f"{where} {_whole(' '.join(result.design.notes))}"


def _covariates(result: StudyResult, _: StudyCohort) -> str:
    """Say how much biological factors explain of who is in the upper group."""
    evidence = result.verdict.evidence
    rows = evidence[evidence["line"].astype(str).str.startswith("biological: ")]
    told = [
        f"{str(row['line']).removeprefix('biological: ')} {row['value']:.0%}"
        for row in rows.dropna(subset=["value"]).to_dict("records")
    ]
    return f"Of who is in the upper group explained by {', '.join(told)}." if told else ""


def _whole(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _names(items: Iterable[object]) -> str:
    """Return names in a row; a long row ends with how many more there are."""
    names = [str(item) for item in items]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
