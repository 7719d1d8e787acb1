"""``subtyping apply``."""

# ruff: noqa: PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Columns, Layout, Unit, Zeros, app, mapped

__all__ = ["apply"]


@app.command(name="apply")
def apply(
    rule_file: Annotated[
        Path, typer.Argument(metavar="RULE.json", help="A rule, or the criteria.json of a run.")
    ],
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panel file of the people to judge.")
    ],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    rule: Annotated[
        str | None,
        typer.Option("--rule", help="Number or text of the rule, where the file holds several."),
    ] = None,
    format_: Layout = "wide",
    unit: Unit = None,
    samples: Annotated[
        Path | None, typer.Option(help="File with the routine markers; ids come first.")
    ] = None,
    columns: Columns = None,
    routine: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MARKER=COLUMN:UNIT",
            help="Where a routine marker of the rule is, e.g. crp=hsCRP:mg/L. Repeatable.",
        ),
    ] = None,
    zeros: Zeros = None,
    lod: Annotated[
        Path | None, typer.Option(help="Table of limits of detection: analyte, lod, perhaps plate.")
    ] = None,
) -> None:
    """Judge people by an eligibility rule: who could be enrolled, and why not.

    Writes one row for each sample of PANEL: sample_id, is_eligible (True, False, or blank where it
    cannot be told), reason, and is_in_grey_zone (a second sample could change the answer). The
    unit and the platform must be those of the rule.

    For example:

      subtyping apply rule.json screened.csv --unit pg/mL --out eligible.csv

      subtyping apply run/criteria.json screened.csv --rule 2 --unit NPX --out eligible.csv

      subtyping apply rule.json p.csv --unit NPX --routine crp=hsCRP:mg/L --out eligible.csv
    """
    from subtyping.cli.targets import check_targets
    from subtyping.study.applying import apply_rule
    from subtyping.study.routine_options import parse_routine

    check_targets([("--out", out)], [rule_file, panel, samples, lod])
    judged = apply_rule(
        rule_file,
        panel,
        chosen=rule,
        unit=unit,
        format=format_,
        samples=samples,
        columns=mapped(columns),
        routine=parse_routine(routine or ()),
        zeros=zeros,
        lod=lod,
    )
    judged.table.to_csv(out, index=False, lineterminator="\n")
    typer.echo(repr(judged.rule))
    typer.echo(f"{judged.sentence} Written to {out}")
    for note in judged.notes:
        typer.echo(f"Note: {note}")
