"""``subtyping ui``."""

import os
from typing import Annotated

import typer

from subtyping.cli.app import app
from subtyping.exceptions import InputError

__all__ = ["ui"]


@app.command()
def ui(
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow store; default: mlruns/ of the working directory.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 5000,
) -> None:
    """Open MLflow on the store the runs were tracked in (stop with Ctrl-C)."""
    import subprocess

    from subtyping import tracking

    store = tracking.tracking_uri(tracking_uri)
    command = tracking.ui_command(store, port=port)
    typer.echo(f"The runs are in {store}")
    typer.echo(f"Open {tracking.ui_link(_experiment_id(store), port=port)}  (stop with Ctrl-C)")
    environment = {**os.environ, **tracking.UI_ENVIRONMENT}
    code = subprocess.run(command, check=False, env=environment).returncode
    raise typer.Exit(code)


def _experiment_id(store: str) -> str | None:
    """Return the id of the experiment of the runs; None for a store that cannot take new runs."""
    from subtyping import tracking

    try:
        return tracking.open_store(store).experiment_id
    except InputError:
        return None
