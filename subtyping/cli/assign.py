"""``subtyping assign``."""

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import app

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
    unclear) and reason, then what the derivation people leave open of the probability, the score
    and how much of it was lost with missing analytes. A patient's probability does not depend on
    who else is in the file. Where 20 or more people have several visits, how far these agree is
    printed.

    For example:

      subtyping assign runs/quickstart new_patients.csv --out assigned.csv
    """
    from subtyping._validation import count_of
    from subtyping.cli.targets import check_targets
    from subtyping.study.assigning import assign_people

    home = model / "model" if (model / "model").is_dir() else model
    check_targets([("--out", out)], [panel, samples, *(home.rglob("*") if home.is_dir() else ())])
    people = assign_people(model, panel, samples=samples)
    table = people.table
    table.to_csv(out, index=False, lineterminator="\n")
    counts = ", ".join(f"{label} {n}" for label, n in table["label"].value_counts().items())
    typer.echo(f"{count_of(len(table), 'sample')} assigned ({counts}). Written to {out}")
    for note in people.notes:
        typer.echo(f"Note: {note}")
    if people.visits is not None:
        for sentence in people.visits.table["sentence"]:
            typer.echo(f"Repeated visits: {sentence}")
