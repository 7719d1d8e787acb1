"""The specification curve of a study: every defensible analysis, beside its null twin."""

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subtyping._progress import Progress, silent
from subtyping.discovery import DiscoverySettings, decide
from subtyping.discovery.specification.algorithms import has_stepmix
from subtyping.discovery.specification.axes import existence_by_axis
from subtyping.exceptions import InputError
from subtyping.report import is_done, mark_done, write_csv, write_json
from subtyping.study.cohort import StudyCohort, load_cohort
from subtyping.study.plan import StudyPlan, make_plan
from subtyping.study.provenance import declaration_sha256, provenance_of
from subtyping.study.run import claimed_folder, earlier_looks, study_tracking
from subtyping.study.spec import StudySpec
from subtyping.study.specification.journal import code_digest, key_of
from subtyping.study.specification.plan import GridPlan, plan_grid
from subtyping.study.specification.result import (
    SpecificationCurve,
    curve_sentence,
    summarise,
)
from subtyping.study.specification.tables import grid_tables
from subtyping.study.specification.work import GridWork, run_grid

if TYPE_CHECKING:
    from subtyping.tracking import TrackedRun

__all__ = ["run_specifications"]

JOURNAL = "journal"
DOCUMENT = "specifications.json"
TABLES = ("specifications", "specification_twins", "specification_choices",
          "specification_curve", "specification_people", "specification_labels",
          "axes_tried")  # fmt: skip
FIGURE = "figures/specification_curve.png"


def run_specifications(
    spec: StudySpec,
    *,
    out: str | Path,
    data: str | Path | None = None,
    jobs: int | None = None,
    tracking_uri: str | None = None,
    track: bool = True,
    twins: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> SpecificationCurve:
    """Run the grid of defensible analyses of a study and of its null twins, and write its folder.

    Every finished specification is stored in ``journal/`` of the folder under a digest of data,
    choices, settings and code; a second call after an interruption computes the rest. The tables
    are the same bytes whatever `jobs`, and whether or not the run was interrupted.

    Parameters
    ----------
    spec : StudySpec
        Its section ``specifications`` says what is tried.
    out : str or Path
        Folder of the results; ``DONE`` is written last.
    data : str or Path, optional
        Folder the data paths start from; the folder of the specification by default.
    jobs : int, optional
        Workers; None uses every core.
    tracking_uri : str, optional
        MLflow store; see `run_study`.
    track : bool, default True
        Whether to log to MLflow: one parent run, one child run a specification.
    twins : int, optional
        Draws of the null twin; beats the specification.
    force : bool, default False
        Forget what is stored and start anew.
    progress : Progress, optional

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    InputError
        If the specification does not fit the data, or `out` holds a finished run.

    Examples
    --------
    >>> import tempfile
    >>> from subtyping.study.spec import spec_from
    >>> spec = spec_from({
    ...     "seed": 1,
    ...     "cohort": {"simulate": {"design": "null", "n_case": 60, "n_reference": 40}},
    ...     "discovery": {"axis": "Th2", "bootstrap": 19},
    ...     "specifications": {"features": ["skew"], "algorithms": ["own_test", "kmeans"],
    ...                        "k": [2], "most_departures": 0, "twins": 1},
    ... })
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     curve = run_specifications(spec, out=folder, jobs=1, track=False)
    >>> curve.tables.specifications[["algorithm", "claims_subtype", "twin_claims_frac"]]
      algorithm  claims_subtype  twin_claims_frac
    0  own_test           False               0.0
    1    kmeans            True               1.0
    """
    shown = silent() if progress is None else progress
    started, clock = datetime.now(UTC), time.monotonic()
    declared = declaration_sha256(spec)  # before the data are read
    spec = _with_twins(spec, twins)
    _require_stepmix(spec)
    folder = _own_folder(Path(out), force=force)
    shown.stage("reading")
    cohort = load_cohort(spec, data)
    plan = make_plan(spec, cohort)
    grid = plan_grid(spec, cohort, plan)
    with study_tracking(spec, folder.name, tracking_uri, declared, track=track) as run:
        if run is not None:
            from subtyping.tracking import Tag

            run.log([Tag("subtyping.kind", "specification_curve")])
        earlier = earlier_looks(run, cohort.data_sha256, declared, spec.discovery.axis.name)
        work = _work(spec, cohort, plan, grid, declared=declared, folder=folder)
        shown.stage(f"{len(grid.grid.choices)} specifications, {work.n_twins} null twins")
        outcomes = run_grid(work, jobs=jobs, counter=shown.counter)
        shown.stage("tables and figure")
        curve = _curve(spec, plan, grid, work.n_twins, outcomes)
        provenance = provenance_of(
            seed=spec.seed,
            data_sha256=cohort.data_sha256,
            started=started,
            seconds=time.monotonic() - clock,
            declaration_sha256=declared,
        )
        if earlier is not None:
            provenance["earlier_declarations"] = earlier
        curve = replace(curve, provenance=provenance)
        _write(curve, folder)
        if run is not None:
            shown.stage("tracking")
            _log(run, curve, cohort, folder, shown)
        shutil.rmtree(folder / JOURNAL, ignore_errors=True)
        mark_done(folder)
        if run is not None:
            from subtyping.tracking import File

            run.log([File(folder / "DONE")])
    return curve


def _with_twins(spec: StudySpec, twins: int | None) -> StudySpec:
    """Return the specification with another number of twins."""
    if twins is None:
        return spec
    section = spec.specifications.model_copy(update={"twins": twins})
    return spec.model_copy(update={"specifications": section})


def _require_stepmix(spec: StudySpec) -> None:
    """Raise if latent profiles are asked for by name and cannot be had."""
    section = spec.specifications
    asked = "algorithms" in section.model_fields_set and "latent_profiles" in section.algorithms
    if asked and not has_stepmix():
        message = (
            "specifications.algorithms: latent_profiles need StepMix, which is not installed: "
            "pip install stepmix, or leave them out."
        )
        raise InputError(message)


def _own_folder(folder: Path, *, force: bool) -> Path:
    """Claim the folder; with `force`, remove what an earlier curve left in it."""
    if (folder / "report.json").exists():
        message = (
            f"{str(folder)!r} holds the results of `subtyping run`; give the specification curve "
            "a folder of its own."
        )
        raise InputError(message)
    claimed_folder(folder, force=force)
    if force or is_done(folder):
        shutil.rmtree(folder / JOURNAL, ignore_errors=True)
        own = [folder / "DONE", folder / DOCUMENT, folder / FIGURE]
        own += [folder / "tables" / f"{name}.csv" for name in TABLES]
        for path in own:
            path.unlink(missing_ok=True)
    return folder


def _work(
    spec: StudySpec,
    cohort: StudyCohort,
    plan: StudyPlan,
    grid: GridPlan,
    *,
    declared: str,
    folder: Path,
) -> GridWork:
    """Settle what every result depends on."""
    section = spec.specifications
    settings: DiscoverySettings = replace(plan.discovery, allow_aliased=False)
    context = key_of(
        cohort.data_sha256,
        declared,
        code_digest(),
        spec.seed,
        spec.cohort.model_dump(mode="json"),
        spec.axes,
        grid.min_detected_frac,
        section.consensus_resamples,
        spec.discovery.model_dump(mode="json"),
    )
    return GridWork(
        plan=grid,
        settings=settings,
        seed=spec.seed,
        n_twins=section.twins,
        n_resamples=section.consensus_resamples,
        context=context,
        folder=folder / JOURNAL,
    )


def _curve(
    spec: StudySpec, plan: StudyPlan, grid: GridPlan, n_twins: int, outcomes: Any
) -> SpecificationCurve:
    """Turn outcomes into tables, numbers and a sentence."""
    fitted, design = grid.fitted, grid.design
    cases = grid.panel.sample_ids[fitted.is_case]
    tables = grid_tables(grid.grid, outcomes, n_twins, cases)
    verdict = decide(fitted, grid.panel, design, plan.discovery, seed=spec.seed)
    axes = existence_by_axis(
        fitted,
        seed=spec.seed,
        n_bootstrap=spec.discovery.bootstrap,
        is_blocked=design.is_blocked,
    )
    summary = summarise(tables, axes, grid.grid, verdict, design=design, n_twins=n_twins)
    return SpecificationCurve(
        tables=tables,
        axes=axes,
        summary=summary,
        sentence=curve_sentence(summary),
        spec=spec.to_dict(),
        provenance={},
    )


def _write(curve: SpecificationCurve, folder: Path) -> None:
    """Write tables, figure and document."""
    from subtyping.figures import save_png, specification_curve

    for name in ("tables", "figures"):
        (folder / name).mkdir(exist_ok=True)
    tables = curve.tables
    frames = (tables.specifications, tables.twins, tables.choices, tables.curve, tables.people,
              tables.labels, curve.axes)  # fmt: skip
    for name, frame in zip(TABLES, frames, strict=True):
        write_csv(frame, folder / "tables" / f"{name}.csv")
    axes = specification_curve(
        tables.curve,
        tables.specifications,
        tables.choices,
        verdict=str(curve.summary["declared"]["kind"]),
        is_descriptive=bool(curve.summary["is_descriptive"]),
    )
    save_png(axes, folder / FIGURE)
    document = {
        "spec": curve.spec,
        "provenance": curve.provenance,
        "summary": curve.summary,
        "sentence": curve.sentence,
    }
    write_json(document, folder / DOCUMENT)


def _log(
    run: "TrackedRun", curve: SpecificationCurve, cohort: StudyCohort, folder: Path, shown: Progress
) -> None:
    """Write the parent run's records and one child a specification."""
    from subtyping.study.specification.records import curve_children, curve_records
    from subtyping.tracking import log_children

    run.log(curve_records(curve, cohort, folder))
    children = curve_children(curve)
    advance = shown.counter("child runs", len(children))
    log_children(run, children, advance=advance)
