"""``subtyping replicate``."""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

import json
from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Columns, app
from subtyping.exceptions import SpecError

__all__ = ["replicate"]


@app.command()
def replicate(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="Run folder whose verdict was discrete.")
    ],
    panel: Annotated[Path, typer.Argument(metavar="PANEL", help="Panel file of the new people.")],
    out: Annotated[Path, typer.Option(help="Folder for the results; made if absent.")],
    samples: Annotated[
        Path | None, typer.Option(help="Samples file; otherwise PANEL holds the group column.")
    ] = None,
    columns: Columns = None,
    case: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Case group; default: the run's.")
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP", help="Reference group; default: the run's, if there."),
    ] = None,
    own_numbering: Annotated[
        bool,
        typer.Option("--own-numbering", help="Equal ids are other people: numbered anew."),
    ] = False,
    draws: Annotated[
        int, typer.Option(min=20, help="Continua the comparisons are repeated on.")
    ] = 99,
    seed: Annotated[int, typer.Option(min=0, help="Root seed.")] = 0,
    jobs: Annotated[int | None, typer.Option(min=1, help="Workers; default: all cores.")] = None,
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow store; default: mlruns/ of the working directory.")
    ] = None,
    no_tracking: Annotated[bool, typer.Option("--no-tracking", help="Log nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the results of a finished replication.")
    ] = False,
) -> None:
    """Hold the candidate subtype of a run against independent people.

    The frozen result is carried over to them, and the whole procedure is refitted on them; each
    stands beside the same comparison where there is no subtype. Unit, format and column names
    come from the run. "not replicated", "underpowered" and "blocked" are answers, and exit with 0.

    For example:

      subtyping replicate runs/derivation new_panel.csv --samples new_samples.csv --out runs/again

      subtyping replicate runs/derivation new.csv --columns group=dx --case MDD --out runs/again
    """
    if tracking_uri is not None and no_tracking:
        message = "Give either --tracking-uri or --no-tracking, not both."
        raise SpecError(message)
    from subtyping._progress import progress
    from subtyping.study.documents import split_settings
    from subtyping.study.replicate import replicate_run

    pairs = split_settings(columns or (), "--columns", as_text=True)
    mapped = dict(pairs)
    if len(mapped) < len(pairs) or not all(mapped.values()):
        message = "--columns takes each role once, as role=name, e.g. --columns group=diagnosis."
        raise SpecError(message)
    with progress() as shown:
        result = replicate_run(
            run,
            panel,
            out=out,
            samples=samples,
            columns=mapped,
            case=case or (),
            reference=reference or (),
            own_numbering=own_numbering,
            draws=draws,
            seed=seed,
            jobs=jobs,
            tracking_uri=tracking_uri,
            track=not no_tracking,
            force=force,
            progress=shown,
        )
    typer.echo(f"\n{result.outcome.upper()}: {result.sentence}\n")
    for note in json.loads((out / "replication.json").read_text(encoding="utf-8"))["notes"]:
        typer.echo(f"Note: {note}")
    typer.echo(f"Claim: {result.claim}    Results: {out}")
