"""A candidate subtype of a finished run against independent people, from files to a folder."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from subtyping._progress import Progress, silent
from subtyping.discovery import DiscoverySettings
from subtyping.exceptions import InputError
from subtyping.replication.replicate import Replication, replicate_subtype
from subtyping.report import is_done, mark_done
from subtyping.study.provenance import provenance_of
from subtyping.study.replicate_people import read_new_people
from subtyping.study.replicate_reading import FinishedRun, digest_of, read_run, refuse_shared_ids
from subtyping.study.replicate_writing import (
    replication_dict,
    replication_records,
    write_replication,
)

if TYPE_CHECKING:
    from subtyping.tracking import TrackedRun

__all__ = ["replicate_run"]


@dataclass(frozen=True)
class _Asked:
    """What was asked for beside the files."""

    case: tuple[str, ...]
    reference: tuple[str, ...]
    own_numbering: bool
    draws: int
    seed: int


def replicate_run(
    run: str | Path,
    panel: str | Path,
    *,
    out: str | Path,
    samples: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    case: Sequence[str] = (),
    reference: Sequence[str] = (),
    own_numbering: bool = False,
    draws: int = 99,
    seed: int = 0,
    jobs: int | None = None,
    tracking_uri: str | None = None,
    track: bool = True,
    force: bool = False,
    progress: Progress | None = None,
) -> Replication:
    """Hold the candidate subtype of a finished run against independent people.

    Parameters
    ----------
    run : str or Path
        Run folder whose verdict was discrete.
    panel : str or Path
        Panel file of the new people, in the unit and on the platform of the run.
    out : str or Path
        Folder of the results; ``DONE`` is written last.
    samples : str or Path, optional
        Their samples file; without one the group column must be in the panel file.
    columns : mapping of str to str, optional
        Role to column; columns named as in the run need not be given.
    case, reference : sequence of str
        Groups of the new people; those of the run by default.
    own_numbering : bool, default False
        Whether the new cohort numbers its people on its own, so that an id it shares with the
        derivation is another person. Samples with the derivation's values are refused anyway.
    draws : int, default 99
        Continua the comparisons are repeated on; at least 20.
    seed : int, default 0
    jobs : int, optional
        Workers; the tables are the same bytes whatever their number.
    tracking_uri : str, optional
        MLflow store; by default MLFLOW_TRACKING_URI, else ``mlruns/`` of the working directory.
    track : bool, default True
    force : bool, default False
        Replace an earlier replication in `out`.
    progress : Progress, optional

    Returns
    -------
    Replication

    Raises
    ------
    InputError
        See `read_run`, `read_new_people` and `replicate_subtype`; or if `out` cannot be written.
    """
    shown = silent() if progress is None else progress
    started, clock = datetime.now(UTC), time.monotonic()
    asked = _Asked(tuple(case), tuple(reference), own_numbering, draws, seed)
    target = _claimed(Path(out), Path(run), force=force)
    shown.stage("reading")
    finished = read_run(run)
    people = read_new_people(finished.assigner, panel, samples, columns or {})
    if not own_numbering:
        refuse_shared_ids(finished, people)
    with _tracking(target.name, tracking_uri, track=track) as tracked:
        shown.stage("replication")
        result = replicate_subtype(
            finished.assigner,
            people,
            case=asked.case or None,
            reference=asked.reference or None,
            axis=finished.axis,
            settings=_settings(finished),
            derivation_prevalence=finished.prevalence,
            own_numbering=own_numbering or not finished.sample_ids,
            draws=draws,
            seed=seed,
            jobs=jobs,
            advance=shown.counter("draws", draws),
        )
        provenance = provenance_of(
            seed=seed,
            data_sha256=digest_of(panel, samples),
            started=started,
            seconds=time.monotonic() - clock,
        )
        document = replication_dict(
            result, finished, provenance, asked=vars(asked), notes=people.reading.notes
        )
        write_replication(result, document, target)
        if tracked is not None:
            tracked.log(replication_records(result, document, target))
        mark_done(target)
    return result


def _settings(run: FinishedRun) -> DiscoverySettings:
    """Return the choices the run declared, as far as its report has them."""
    spec, default = run.declared, DiscoverySettings()
    return DiscoverySettings(
        n_bootstrap=max(spec.bootstrap, default.n_bootstrap),
        n_resamples=spec.resamples,
        minimum_fraction=spec.minimum_subtype.fraction,
        minimum_separation=spec.minimum_subtype.effective_separation,
        power=spec.power,
        assay_cv_pct=spec.assay_cv_pct,
    )


def _claimed(target: Path, run: Path, *, force: bool) -> Path:
    """Return the folder of the results, or refuse one that holds something else."""
    if target.exists() and not target.is_dir():
        message = f"--out must be a folder; {str(target)!r} is a file."
        raise InputError(message)
    if target.resolve() == run.resolve() or (target / "report.json").exists():
        message = f"{str(target)!r} is the folder of a study; give --out a folder of its own."
        raise InputError(message)
    if is_done(target) and not force:
        message = (
            f"{str(target)!r} holds a finished replication (DONE); choose another folder, or give "
            "--force to replace it."
        )
        raise InputError(message)
    return target


@contextmanager
def _tracking(name: str, uri: str | None, *, track: bool) -> "Iterator[TrackedRun | None]":
    """Open the tracked run, or nothing."""
    if not track:
        yield None
        return
    from subtyping.tracking import Tag, tracked_run

    with ExitStack() as stack:
        try:
            start = (Tag("subtyping.kind", "replication"),)
            run = stack.enter_context(tracked_run(name, start, uri=uri))
        except InputError:
            raise
        except Exception as error:
            message = (
                f"The tracking store cannot be used ({type(error).__name__}). Give another "
                "--tracking-uri, or --no-tracking to go on without one."
            )
            raise InputError(message) from error
        yield run
