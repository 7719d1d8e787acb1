"""The application the commands hang on, and the options they share."""

# ruff: noqa: FBT002 - the options of a command are the parameters of its function

from typing import Annotated

import typer

from subtyping.exceptions import SpecError

__all__ = [
    "BAD_INPUT",
    "DONE",
    "INTERRUPTED",
    "ISSUES",
    "PROGRAM_ERROR",
    "Analytes",
    "Columns",
    "Duplicates",
    "Layout",
    "Replicates",
    "SamplesFile",
    "Settings",
    "Unit",
    "Visits",
    "Zeros",
    "app",
    "mapped",
]

DONE, ISSUES, BAD_INPUT, PROGRAM_ERROR, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Is a Th2-skewed inflammatory subtype really in this cytokine panel, who is in it, and "
    "on which measurable criteria could a trial enrol?\n\n"
    "First steps:\n\n"
    "  subtyping run experiments/quickstart.yaml --out runs/quickstart\n\n"
    "  subtyping check panel.csv --unit NPX --samples samples.csv --columns group=diagnosis\n\n"
    "  subtyping ui",
)

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="ROLE=NAME",
        help="Map a role to a column, e.g. group=diagnosis or batch=panel:PlateID. Repeatable. "
        "Roles: sample, subject, group, visit, batch, site, date, age, sex, bmi, smoking, "
        "medication, atopy, qc, matrix, storage, draw_time.",
    ),
]
Analytes = Annotated[
    list[str] | None, typer.Option(help="Analyte names or first..last. Repeatable.")
]
Zeros = Annotated[
    str | None, typer.Option(help="What 0 pg/mL means: below_lod (default) or value.")
]
Layout = Annotated[str, typer.Option("--format", help="Layout of the panel file.")]
Unit = Annotated[
    str | None, typer.Option(help="pg/mL, NPX or log2; required unless the format is Olink's.")
]
SamplesFile = Annotated[
    str | None, typer.Option(help="Samples file, or `same`; its first column is the sample id.")
]
Duplicates = Annotated[
    str, typer.Option(help="Duplicate sample ids: error, first, last, mean or drop.")
]
Replicates = Annotated[
    str | None, typer.Option(help="Replicate wells: mean, median, geometric_mean or error.")
]
Visits = Annotated[
    str | None, typer.Option(help="Subjects with several samples: first, last, all or a visit.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting. Repeatable."),
]


def mapped(columns: list[str] | None) -> dict[str, str]:
    """Return the column by role, each role once."""
    from subtyping.study.documents import split_settings

    pairs = split_settings(columns or (), "--columns", as_text=True)
    by_role = dict(pairs)
    if len(by_role) < len(pairs) or not all(by_role.values()):
        message = "--columns takes each role once, as role=name, e.g. --columns group=diagnosis."
        raise SpecError(message)
    return by_role


def _version(value: bool) -> None:  # noqa: FBT001 - the signature typer asks for
    if value:
        from subtyping import __version__

        typer.echo(f"subtyping {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
