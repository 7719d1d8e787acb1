"""``subtyping specifications``."""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Settings, app
from subtyping.exceptions import SpecError

__all__ = ["specifications"]


@app.command()
def specifications(
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
    twins: Annotated[
        int | None, typer.Option(min=0, help="Data sets without a subtype beside; default: 5.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Forget stored results and start anew.")
    ] = False,
) -> None:
    """Try every defensible analysis of a study, and the same on data without a subtype.

    Hundreds of combinations of preparation, features, algorithm and number of clusters; one
    figure and one sentence. Interrupt it with Ctrl-C and give the same command again: only what
    is missing is computed. The tables are the same bytes whatever --jobs.

    For example:

      subtyping specifications experiments/quickstart.yaml --out runs/quickstart-curve

      subtyping specifications study.yaml --out runs/curve --twins 20

      subtyping specifications study.yaml --out runs/curve --set specifications.k=[2]
    """
    if tracking_uri is not None and no_tracking:
        message = "Give either --tracking-uri or --no-tracking, not both."
        raise SpecError(message)
    from subtyping._progress import progress
    from subtyping.study import load_spec
    from subtyping.study.console import curve_text
    from subtyping.study.specification.specifications import run_specifications

    study = load_spec(spec, settings or ())
    with progress() as shown:
        curve = run_specifications(
            study,
            out=out,
            data=data,
            jobs=jobs,
            tracking_uri=tracking_uri,
            track=not no_tracking,
            twins=twins,
            force=force,
            progress=shown,
        )
    typer.echo(curve_text(curve, out))
