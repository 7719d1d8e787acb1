"""``subtyping check``."""

# ruff: noqa: PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import ISSUES, Columns, app
from subtyping.exceptions import SpecError

__all__ = ["check"]


@app.command()
def check(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panel file (CSV, TSV, Parquet, XLSX).")
    ],
    format_: Annotated[
        str, typer.Option("--format", help="wide, long, olink_long or olink_wide.")
    ] = "wide",
    unit: Annotated[
        str | None, typer.Option(help="pg/mL, NPX or log2; required unless the format is Olink's.")
    ] = None,
    samples: Annotated[
        str | None, typer.Option(help="Samples file, or `same`; its first column is the sample id.")
    ] = None,
    columns: Columns = None,
    analytes: Annotated[
        list[str] | None, typer.Option(help="Analyte names or first..last. Repeatable.")
    ] = None,
    zeros: Annotated[
        str | None, typer.Option(help="What 0 pg/mL means: below_lod (default) or value.")
    ] = None,
    duplicates: Annotated[
        str, typer.Option(help="Duplicate sample ids: error, first, last, mean or drop.")
    ] = "error",
) -> None:
    """Read a panel, say what was found, and run the checks a panel alone allows.

    Exits with 1 when a check of severity issue fires.

    For example:

      subtyping check panel.csv --unit pg/mL

      subtyping check panel.csv --unit NPX --samples samples.csv --columns group=diagnosis

      subtyping check export.xlsx --format olink_wide
    """
    from subtyping.checks import CheckContext, run_checks
    from subtyping.panel import read_panel
    from subtyping.study.console import checks_text
    from subtyping.study.documents import UNKNOWN, split_settings

    pairs = split_settings(columns or (), "--columns", as_text=True)
    mapped = dict(pairs)
    if len(mapped) < len(pairs) or not all(mapped.values()):
        message = "--columns takes each role once, as role=name, e.g. --columns group=diagnosis."
        raise SpecError(message)
    known = {role: name for role, name in mapped.items() if name != UNKNOWN}
    measured = read_panel(
        panel,
        samples=samples,
        unit=unit,
        format=format_,
        columns=known,
        analytes=analytes,
        zeros=zeros,
        duplicates=duplicates,
        unknown_roles=tuple(role for role, name in mapped.items() if name == UNKNOWN),
    )
    typer.echo(repr(measured))
    for note in measured.reading.notes:
        typer.echo(f"  {note}")
    results = run_checks(CheckContext(panel=measured, columns=known))
    typer.echo(f"\n{checks_text(results)}")
    if any(item.is_firing_issue for item in results):
        raise typer.Exit(ISSUES)
