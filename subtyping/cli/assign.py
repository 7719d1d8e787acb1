"""``subtyping assign``."""

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import app
from subtyping.exceptions import InputError

__all__ = ["assign"]


@app.command()
def assign(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL_DIR", help="Run folder, or its model/ folder.")
    ],
    panel: Annotated[Path, typer.Argument(metavar="PANEL", help="Panel file of the new patients.")],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    samples: Annotated[
        Path | None, typer.Option(help="Samples file, for covariates the model adjusts for.")
    ] = None,
) -> None:
    """Assign new patients with a saved model, one at a time or thousands.

    Writes one row for each sample of PANEL: sample_id, probability, label (subtype, other,
    unclear) and reason. A patient's probability does not depend on who else is in the file.

    For example:

      subtyping assign runs/quickstart new_patients.csv --out assigned.csv
    """
    if not out.parent.is_dir():
        message = f"The folder {str(out.parent)!r} of --out does not exist; make it first."
        raise InputError(message)
    if out.is_dir():
        message = f"--out takes a file to write; {str(out)!r} is a folder."
        raise InputError(message)
    from subtyping.study.assigning import assign_file

    table = assign_file(model, panel, samples=samples)
    table.to_csv(out, index=False, lineterminator="\n")
    counts = ", ".join(f"{label} {n}" for label, n in table["label"].value_counts().items())
    typer.echo(f"{len(table)} samples assigned ({counts}). Written to {out}")
