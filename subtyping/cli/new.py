"""``subtyping new``."""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Columns, app
from subtyping.exceptions import SpecError

__all__ = ["new"]


@app.command()
def new(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panel file (CSV, TSV, Parquet, XLSX).")
    ],
    out: Annotated[Path, typer.Option(help="Specification to write (YAML).")],
    samples: Annotated[
        str | None, typer.Option(help="Samples file, or `same`; its first column is the sample id.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="Layout of the panel file.")] = "wide",
    unit: Annotated[
        str | None, typer.Option(help="pg/mL, NPX or log2; required unless the format is Olink's.")
    ] = None,
    columns: Columns = None,
    analytes: Annotated[
        list[str] | None, typer.Option(help="Analyte names or first..last. Repeatable.")
    ] = None,
    zeros: Annotated[
        str | None, typer.Option(help="What 0 pg/mL means: below_lod (default) or value.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=VALUE", help="Rows of the samples table that are kept. Repeatable."
        ),
    ] = None,
    duplicates: Annotated[
        str, typer.Option(help="Duplicate sample ids: error, first, last, mean or drop.")
    ] = "error",
    replicates: Annotated[
        str | None,
        typer.Option(help="Replicate wells: mean, median, geometric_mean or error."),
    ] = None,
    visits: Annotated[
        str | None,
        typer.Option(help="Subjects with several samples: first, last, all or a visit."),
    ] = None,
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
    from subtyping.cli.check import _mapped
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
        columns=_mapped(columns),
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
