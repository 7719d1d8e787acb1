"""The command line: ``subtyping run | check | simulate | assign | ui``.

Exit codes: 0 done; 1 done, but a check of severity issue fired (``check`` always, ``run`` with
``--strict``); 2 bad input, one sentence on stderr; 3 an error of the program itself; 130
interrupted.
"""

# ruff: noqa: FBT002, PLR0917 - the options of a command are the parameters of its function

import atexit
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from subtyping.exceptions import InputError, SpecError

__all__ = ["app", "exit_code_of", "main"]

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
        "medication, atopy, qc, matrix.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting. Repeatable."),
]


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


@app.command()
def run(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="Study specification (YAML).")],
    out: Annotated[Path, typer.Option(help="Folder for the results; made if absent.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder the data paths start from; default: of the SPEC.")
    ] = None,
    settings: Settings = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Workers; default: all cores.")] = None,
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow store; default: mlruns/ of the working directory.")
    ] = None,
    no_tracking: Annotated[bool, typer.Option("--no-tracking", help="Log nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the results of a finished run.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a check of severity issue fires.")
    ] = False,
) -> None:
    """Run a study: from the panel to a verdict, candidate criteria, a brief and a tracked run.

    The results are the same bytes whatever --jobs. A verdict of "blocked" or "underpowered" is an
    answer, and exits with 0.

    For example:

      subtyping run experiments/quickstart.yaml --out runs/quickstart

      subtyping run experiments/mg_luminex.yaml --data ../shared/datasets --out runs/mg

      subtyping run study.yaml --out runs/a --set seed=7 --set discovery.bootstrap=99
    """
    if tracking_uri is not None and no_tracking:
        message = "Give either --tracking-uri or --no-tracking, not both."
        raise SpecError(message)
    from subtyping._progress import progress
    from subtyping.study import load_spec, run_study
    from subtyping.study.console import result_text

    study = load_spec(spec, settings or ())
    with progress() as shown:
        result = run_study(
            study,
            out=out,
            data=data,
            jobs=jobs,
            tracking_uri=tracking_uri,
            track=not no_tracking,
            force=force,
            progress=shown,
        )
    is_tracked = not no_tracking
    typer.echo(result_text(result, out, tracking_uri=tracking_uri, is_tracked=is_tracked))
    if strict and any(check.is_firing_issue for check in result.checks):
        raise typer.Exit(ISSUES)


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


@app.command()
def simulate(
    design: Annotated[
        str, typer.Argument(metavar="DESIGN", help="null, continuum, th2_subtype or index_study.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for panel.csv, samples.csv, truth.csv.")],
    seed: Annotated[int, typer.Option(min=0, help="Root seed.")] = 0,
    settings: Settings = None,
) -> None:
    """Write a simulated cohort whose truth is known.

    Three files with one row order, each starting with sample_id.

    For example:

      subtyping simulate th2_subtype --out cohort --seed 1

      subtyping simulate th2_subtype --out cohort --set n_case=400 --set separation=3.5
    """
    from subtyping.cohorts import simulate_cohort, write_cohort
    from subtyping.study.documents import split_settings

    values = dict(split_settings(settings or ()))
    if "seed" in values:
        message = "The seed is an option of its own: write --seed N, not --set seed=N."
        raise SpecError(message)
    if "design" in values:
        message = "The design is the argument of `subtyping simulate`; it cannot be set."
        raise SpecError(message)
    cohort = simulate_cohort(design, seed=seed, **values)
    write_cohort(cohort, out)
    typer.echo(f"{cohort.panel!r}")
    typer.echo(f"Written to {out}: panel.csv, samples.csv, truth.csv")


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


def exit_code_of(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; bad input is one sentence on stderr.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``subtyping``; those of the process by default.

    Returns
    -------
    int
        0 done, 1 an issue fired, 2 bad input, 3 an error of the program, 130 interrupted.

    Examples
    --------
    >>> exit_code_of(["--version"])
    subtyping 0.1.0
    0
    """
    words = None if arguments is None else list(arguments)
    try:
        app(args=words, prog_name="subtyping")
    except SystemExit as stop:
        code = int(stop.code) if isinstance(stop.code, int) else DONE
        if code == INTERRUPTED:
            _say_error("Interrupted.")
        return code
    except InputError as error:
        _say_error(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        _say_error("Interrupted.")
        return INTERRUPTED
    except Exception as error:
        return _failed(error)
    return DONE


def _failed(error: Exception) -> int:
    """Say what cannot be read or written, or that the program failed (SUBTYPING_DEBUG=1 shows)."""
    if os.environ.get("SUBTYPING_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
        _say_error(f"{str(error.filename)!r} cannot be read or written: {error.strerror}.")
        return BAD_INPUT
    _say_error(
        f"The program failed, which is not your input's fault: {type(error).__name__}: "
        f"{_first_line(error)} (Set SUBTYPING_DEBUG=1 for the traceback.)"
    )
    return PROGRAM_ERROR


def _first_line(error: Exception) -> str:
    """Return the first line of an error's text."""
    lines: list[Any] = str(error).splitlines()
    return str(lines[0]) if lines else "no message"


def _say_error(text: str) -> None:
    """Print one line on stderr."""
    sys.stderr.write(f"subtyping: {text}\n")
    sys.stderr.flush()


def main() -> None:
    """Run the command line of the process; warnings of libraries are for SUBTYPING_DEBUG=1."""
    if not sys.warnoptions and not os.environ.get("SUBTYPING_DEBUG"):
        warnings.simplefilter("ignore")
    ended: list[int] = []
    atexit.register(_leave, ended)  # first in, last out
    ended.append(exit_code_of())
    raise SystemExit(ended[0])


def _leave(ended: list[int]) -> None:
    """Leave with 130 where Python, interrupted inside ``exec``, would end by the signal instead."""
    if ended == [INTERRUPTED]:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
