"""``subtyping run``."""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import ISSUES, Settings, app
from subtyping.exceptions import SpecError

__all__ = ["run"]


@app.command()
def run(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="Study specification (YAML).")],
    out: Annotated[Path, typer.Option(help="Folder for the results; made if absent.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder the data paths start from; default: of the SPEC.")
    ] = None,
    settings: Settings = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Workers; default: all cores.")] = None,
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow store; default: mlruns/ of the working directory.")
    ] = None,
    no_tracking: Annotated[bool, typer.Option("--no-tracking", help="Log nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the results of a finished run.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a check of severity issue fires.")
    ] = False,
) -> None:
    """Run a study: from the panel to a verdict, candidate criteria, a brief and a tracked run.

    The results are the same bytes whatever --jobs. A verdict of "blocked" or "underpowered" is an
    answer, and exits with 0.

    For example:

      subtyping run experiments/quickstart.yaml --out runs/quickstart

      subtyping run experiments/mg_luminex.yaml --data ../shared/datasets --out runs/mg

      subtyping run study.yaml --out runs/a --set seed=7 --set discovery.bootstrap=99
    """
    if tracking_uri is not None and no_tracking:
        message = "Give either --tracking-uri or --no-tracking, not both."
        raise SpecError(message)
    from subtyping._progress import progress
    from subtyping.study import load_spec, run_study
    from subtyping.study.console import result_text

    study = load_spec(spec, settings or ())
    with progress() as shown:
        result = run_study(
            study,
            out=out,
            data=data,
            jobs=jobs,
            tracking_uri=tracking_uri,
            track=not no_tracking,
            force=force,
            progress=shown,
        )
    is_tracked = not no_tracking
    typer.echo(result_text(result, out, tracking_uri=tracking_uri, is_tracked=is_tracked))
    if strict and any(check.is_firing_issue for check in result.checks):
        raise typer.Exit(ISSUES)
