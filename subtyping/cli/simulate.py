"""``subtyping simulate``."""

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import Settings, app
from subtyping.exceptions import SpecError

__all__ = ["simulate"]


@app.command()
def simulate(
    design: Annotated[
        str,
        typer.Argument(
            metavar="DESIGN", help="null, continuum, th2_subtype, index_study or csds (mice)."
        ),
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

      subtyping simulate csds --out mice --set n_susceptible=14 --set reversal=0
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
    _refuse_other_files(out)
    cohort = simulate_cohort(design, seed=seed, **values)
    write_cohort(cohort, out)
    typer.echo(f"{cohort.panel!r}")
    typer.echo(f"Written to {out}: panel.csv, samples.csv, truth.csv")


def _refuse_other_files(folder: Path) -> None:
    """Raise where a panel or samples file is there that no simulation wrote (it has no truth)."""
    own = [name for name in ("panel.csv", "samples.csv") if (folder / name).exists()]
    if own and not (folder / "truth.csv").exists():
        message = (
            f"{folder} holds {' and '.join(own)} without the truth.csv of a simulation, so "
            "writing there would overwrite other data; name another folder."
        )
        raise SpecError(message)
