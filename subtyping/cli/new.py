"""``subtyping new``."""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import (
    Analytes,
    Columns,
    Duplicates,
    Layout,
    Replicates,
    SamplesFile,
    Unit,
    Visits,
    Zeros,
    app,
    mapped,
)
from subtyping.exceptions import SpecError

__all__ = ["new"]


@app.command()
def new(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panel file (CSV, TSV, Parquet, XLSX).")
    ],
    out: Annotated[Path, typer.Option(help="Specification to write (YAML).")],
    samples: SamplesFile = None,
    format_: Layout = "wide",
    unit: Unit = None,
    columns: Columns = None,
    analytes: Analytes = None,
    zeros: Zeros = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=VALUE", help="Rows of the samples table that are kept. Repeatable."
        ),
    ] = None,
    duplicates: Duplicates = "error",
    replicates: Replicates = None,
    visits: Visits = None,
    case: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Group of the cases. Repeatable.")
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP", help="Group of the reference people. Repeatable."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented specification of a panel to start from.

    Every key stands at its default, with what it does and what may stand there. Columns that look
    like a role or a routine marker are proposed as comments; nothing is guessed.

    For example:

      subtyping new panel.csv --samples samples.csv --unit NPX --out study.yaml

      subtyping new p.csv --samples s.csv --unit NPX --columns group=dx --case MDD --out study.yaml
    """
    from subtyping.cli.targets import check_targets
    from subtyping.study.new_spec import new_spec

    check_targets([("--out", out)], [panel, None if samples == "same" else samples])
    if out.exists() and not force:
        message = f"{str(out)!r} is there already; give --force to replace it, or another file."
        raise SpecError(message)
    made = new_spec(
        panel,
        out.parent,
        samples=samples,
        columns=mapped(columns),
        case=case or (),
        reference=reference or (),
        unit=unit,
        format=format_,
        analytes=analytes,
        zeros=zeros,
        where=_kept(where),
        duplicates=duplicates,
        replicates=replicates,
        visits=visits,
    )
    out.write_text(made.text, encoding="utf-8", newline="\n")
    for note in made.notes:
        typer.echo(f"Note: {note}")
    typer.echo(f"Written to {out}. {made.sentence}")


def _kept(where: list[str] | None) -> dict[str, list[str]] | None:
    """Return the values that are kept by column; a column named twice keeps both."""
    from subtyping.study.documents import split_settings

    kept: dict[str, list[str]] = {}
    for column, value in split_settings(where or (), "--where", as_text=True):
        kept[column] = [*kept.get(column, []), value]
    return kept or None
