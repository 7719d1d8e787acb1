"""``subtyping check``."""

# ruff: noqa: PLR0917 - the options of a command are the parameters of its function

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from subtyping.cli.app import (
    ISSUES,
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from subtyping.checks import CheckResult
    from subtyping.panel import Panel

__all__ = ["check"]


class _FormatsInHelp(TyperCommand):
    """A command whose help lists the formats that the panel room reads."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Fill in the formats (reading them loads the panel room, so not before help asks)."""
        from subtyping.panel.read import FORMATS

        for option in self.params:
            if option.name == "format_":
                option.help = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}."  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)


@app.command(cls=_FormatsInHelp)
def check(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panel file (CSV, TSV, Parquet, XLSX).")
    ],
    format_: Layout = "wide",
    unit: Unit = None,
    samples: SamplesFile = None,
    columns: Columns = None,
    analytes: Analytes = None,
    zeros: Zeros = None,
    duplicates: Duplicates = "error",
    replicates: Replicates = None,
    visits: Visits = None,
    case: Annotated[
        list[str] | None,
        typer.Option(help="Group of the cases; with --reference, groups are compared. Repeatable."),
    ] = None,
    reference: Annotated[
        list[str] | None, typer.Option(help="Group of the reference people. Repeatable.")
    ] = None,
    mute: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=REASON", help="Mute a check, with the reason. Repeatable."),
    ] = None,
    json_: Annotated[
        Path | None, typer.Option("--json", help="Also write the outcomes to this JSON file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write the outcomes to this CSV file.")
    ] = None,
) -> None:
    """Read a panel, say what was found, and run the checks a panel allows.

    Exits with 1 when a check of severity issue fires and is not muted. docs/checks explains each.

    For example:

      subtyping check panel.csv --unit pg/mL

      subtyping check panel.csv --unit NPX --samples samples.csv --columns group=diagnosis

      subtyping check p.csv --unit NPX --samples s.csv --columns group=dx --case MDD --reference HC

      subtyping check export.xlsx --format olink_wide --mute ST014="wells were repeated"
    """
    import shutil

    from subtyping.checks import CHECKS, check_panel, checked_mutes, parse_mutes
    from subtyping.cli.targets import check_targets
    from subtyping.panel import read_panel
    from subtyping.report import checks_text
    from subtyping.study.documents import UNKNOWN

    table = None if samples in (None, "same") else samples
    check_targets([("--json", json_), ("--out", out)], [panel, table])
    by_role = mapped(columns)
    reasons = checked_mutes(parse_mutes(mute or ()), [item.code for item in CHECKS])
    known = {role: name for role, name in by_role.items() if name != UNKNOWN}
    measured = read_panel(
        panel,
        samples=samples,
        unit=unit,
        format=format_,
        columns=known,
        analytes=analytes,
        zeros=zeros,
        duplicates=duplicates,
        replicates=replicates,
        visits=visits,
        unknown_roles=tuple(role for role, name in by_role.items() if name == UNKNOWN),
    )
    results = check_panel(
        measured, case=case or (), reference=reference or (), columns=known, mute=reasons
    )
    typer.echo(repr(measured))
    for note in measured.reading.notes:
        typer.echo(f"  {note}")
    typer.echo(f"\n{checks_text(results, shutil.get_terminal_size((100, 24)).columns)}")
    _write(measured, results, json_, out)
    if any(item.is_firing_issue for item in results):
        raise typer.Exit(ISSUES)


def _write(
    panel: "Panel", results: "Sequence[CheckResult]", json_: Path | None, out: Path | None
) -> None:
    """Write the outcomes as JSON and as CSV, where asked."""
    from subtyping.report import checks_table, counts_sentence, write_csv, write_json

    table = checks_table(results)
    if json_ is not None:
        n_samples, n_analytes = panel.values.shape
        document = {
            "source": panel.reading.source,
            "unit": panel.unit,
            "n_samples": n_samples,
            "n_analytes": n_analytes,
            "sentence": counts_sentence(results),
            "checks": table,
        }
        write_json(document, json_)
    if out is not None:
        write_csv(table, out)
