"""A study from its specification to a finished run folder and a tracked run."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subtyping._progress import Progress, silent
from subtyping.exceptions import InputError
from subtyping.report import StudyResult, is_done, mark_done, write_report
from subtyping.study.analysing import StudyTask, analyse
from subtyping.study.cohort import load_cohort
from subtyping.study.plan import make_plan
from subtyping.study.prediction_stage import check_prediction
from subtyping.study.provenance import declaration_sha256
from subtyping.study.soundness import outcome_of
from subtyping.study.spec import StudySpec

if TYPE_CHECKING:
    from subtyping.tracking import TrackedRun

__all__ = ["run_study"]


def run_study(
    spec: StudySpec,
    *,
    out: str | Path,
    data: str | Path | None = None,
    jobs: int | None = None,
    tracking_uri: str | None = None,
    track: bool = True,
    force: bool = False,
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study and write its folder.

    The specification and the data it points to are checked before the first computation. The
    tables are the same bytes for the same specification, data and library versions, whatever
    `jobs`.

    Parameters
    ----------
    spec : StudySpec
        See `load_spec`.
    out : str or Path
        Folder of the results; ``DONE`` is written last.
    data : str or Path, optional
        Folder the data paths start from; the folder of the specification by default.
    jobs : int, optional
        Workers; None uses every core.
    tracking_uri : str, optional
        MLflow store; by default MLFLOW_TRACKING_URI, else ``mlruns/`` of the working directory.
    track : bool, default True
        Whether to log to MLflow.
    force : bool, default False
        Replace the results of a finished run.
    progress : Progress, optional
        Where to report; silent by default.

    Returns
    -------
    StudyResult

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
    ...     "cohort": {"simulate": {"design": "null", "n_case": 40, "n_reference": 40}},
    ...     "discovery": {"axis": "Th2", "bootstrap": 19, "resamples": 20, "twin_draws": 0},
    ...     "criteria": {"resamples": 20},
    ... })
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = run_study(spec, out=folder, jobs=1, track=False)
    ...     (Path(folder) / "DONE").is_file(), result.verdict.kind
    (True, 'underpowered')
    """
    shown = silent() if progress is None else progress
    started, clock = datetime.now(UTC), time.monotonic()
    declared = declaration_sha256(spec)  # before the data are read
    folder = claimed_folder(Path(out), force=force)
    shown.stage("reading")
    cohort = load_cohort(spec, data)
    plan = make_plan(spec, cohort)
    check_prediction(spec, cohort)
    outcome_of(spec, cohort)  # a wrong name is said before the first computation
    study = StudyTask(spec, cohort, plan, jobs, shown, started, clock, declared)
    with study_tracking(spec, folder.name, tracking_uri, declared, track=track) as run:
        study = replace(
            study,
            earlier=earlier_looks(run, cohort.data_sha256, declared, spec.discovery.axis.name),
        )
        result, candidates = analyse(study)
        shown.stage("report")
        write_report(result, folder, is_final=False)
        if run is not None:
            shown.stage("tracking")
            _log(run, result, folder, candidates)
        mark_done(folder)
        if run is not None:
            from subtyping.tracking import File

            run.log([File(folder / "DONE")])
    return result


def claimed_folder(folder: Path, *, force: bool) -> Path:
    """Return the folder, or refuse one that is a file or holds a finished run."""
    if folder.exists() and not folder.is_dir():
        message = f"--out must be a folder; {str(folder)!r} is a file."
        raise InputError(message)
    if is_done(folder) and not force:
        message = (
            f"{str(folder)!r} holds a finished run (DONE); choose another folder, or give "
            "--force to replace it."
        )
        raise InputError(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {str(folder)!r} cannot be made: {error.strerror}."
        raise InputError(message) from None
    return folder


@contextmanager
def study_tracking(
    spec: StudySpec, name: str, uri: str | None, declared: str, *, track: bool
) -> "Iterator[TrackedRun | None]":
    """Open the tracked run, or nothing."""
    if not track:
        yield None
        return
    from subtyping.tracking import Tag, start_records, tracked_run

    records = [
        Tag("subtyping.declaration_sha256", declared),
        *start_records(spec.to_dict(), spec.question),
    ]
    with ExitStack() as stack:
        try:
            run = stack.enter_context(tracked_run(name, records, uri=uri))
        except InputError:
            raise
        except Exception as error:
            raise InputError(_store_failed(error)) from error
        yield run


def earlier_looks(
    run: "TrackedRun | None", data_sha256: str, declared: str, axis: str
) -> dict[str, Any] | None:
    """Return what the store knows of other declarations on the same data, and tag the run."""
    if run is None:
        return None
    from subtyping.tracking import Tag, earlier_declarations

    earlier = earlier_declarations(run.store, data_sha256, declared)
    run.log(
        [
            Tag("subtyping.axes_tried", str(len({axis, *earlier.axes}))),
            Tag("subtyping.declarations_tried", str(1 + earlier.count)),
        ]
    )
    if not earlier.count:
        return None
    return {"count": earlier.count, "axes": list(earlier.axes), "sentence": earlier.sentence}


def _store_failed(error: Exception) -> str:
    """Say that the tracking store cannot be used, without the password its address may hold."""
    reason = re.sub(r"//[^/@\s]*@", "//", (str(error).splitlines() or ["no reason given"])[0])
    return (
        f"The tracking store cannot be used ({type(error).__name__}: {reason.rstrip('.')}). Give "
        "another --tracking-uri, or --no-tracking to run without one."
    )


def _log(run: "TrackedRun", result: StudyResult, folder: Path, candidates: list[Any]) -> None:
    """Write the finished study to the tracked run."""
    from subtyping.tracking import study_records

    run.log(study_records(result, folder, candidates=candidates))
