"""``subtyping bridge``."""

# ruff: noqa: PLR0917, FBT002 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Columns, Duplicates, Unit, Zeros, app

__all__ = ["bridge"]

BRIDGE_CHECKS = ("ST040", "ST041")


@app.command()
def bridge(
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="Panel file of the reference run.")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Panel file of the new run.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE.csv", help="Where the bridged panel is written.")
    ],
    format_: Annotated[
        str, typer.Option("--format", help="Format of the reference, as in `check`.")
    ] = "wide",
    new_format: Annotated[
        str | None, typer.Option(help="Format of the new panel, if it is another.")
    ] = None,
    unit: Unit = None,
    new_unit: Annotated[
        str | None, typer.Option(help="Unit of the new panel; refused if it is another.")
    ] = None,
    lod: Annotated[
        Path | None, typer.Option(help="Limits of the reference: analyte, lod[, plate].")
    ] = None,
    new_lod: Annotated[Path | None, typer.Option(help="Limits of the new panel.")] = None,
    samples: Annotated[
        str | None, typer.Option(help="Samples file of the new panel; its columns are carried.")
    ] = None,
    columns: Columns = None,
    zeros: Zeros = None,
    duplicates: Duplicates = "error",
    pairs: Annotated[
        Path | None,
        typer.Option(help="Table with columns reference and new; by default ids in both panels."),
    ] = None,
    mismatched: Annotated[
        str, typer.Option(help="Bridges that look like another one: set_aside or keep.")
    ] = "set_aside",
    max_residual: Annotated[
        float, typer.Option(help="Largest held-out residual accepted, in log2.")
    ] = 0.25,
    force: Annotated[
        bool, typer.Option("--force", help="Write the panel although it is not bridgeable.")
    ] = False,
) -> None:
    """Bring a new run onto the scale of a reference run through samples measured in both.

    Beside FILE.csv (wide format) stand FILE_limits.csv, FILE_samples.csv, FILE_report.csv (one
    row per analyte) and FILE_bridges.csv (one row per bridge). Analytes that cannot be bridged are
    left out and named. Runs that cannot be bridged are refused.

    For example:

      subtyping bridge run1.csv run2.csv --unit NPX --out run2_bridged.csv

      subtyping bridge first.xlsx second.xlsx --format olink_wide --out second_bridged.csv
    """
    from subtyping.checks import CheckContext, run_checks
    from subtyping.preparation.bridge_report import BridgeRules
    from subtyping.study.bridging import bridge_files
    from subtyping.study.documents import split_settings

    found = bridge_files(
        reference,
        new,
        out,
        format=format_,
        new_format=new_format,
        unit=unit,
        new_unit=new_unit,
        lod=lod,
        new_lod=new_lod,
        samples=samples,
        columns=dict(split_settings(columns or (), "--columns", as_text=True)),
        zeros=zeros,
        duplicates=duplicates,
        pairs=pairs,
        rules=BridgeRules(mismatched=mismatched, max_residual=max_residual),
        force=force,
    )
    for note in (*found.notes, *found.panel.reading.notes):
        typer.echo(note)
    for check in run_checks(CheckContext(panel=found.panel, bridging=found.report)):
        if check.code in BRIDGE_CHECKS and check.is_firing:
            typer.echo(f"{check.code} {check.severity}: {check.title}. {check.sentence}")
    typer.echo(f"Written: {', '.join(path.name for path in found.files)}.")
