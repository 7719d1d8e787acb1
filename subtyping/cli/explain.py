"""``subtyping explain``."""

from pathlib import Path
from typing import Annotated

import typer

from subtyping.cli.app import app

__all__ = ["explain"]


@app.command()
def explain(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="Folder of a finished run, verdict discrete.")
    ],
    sample: Annotated[str, typer.Option(help="Id of a case sample of the run.")],
    out: Annotated[Path | None, typer.Option(help="PNG file of the waterfall to write.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Analytes named; the others as one.")] = 10,
) -> None:
    """Explain the out-of-fold probability of one person of a run.

    Prints how far each analyte pushed the probability up or down from that of the background, by
    the model of the fold that held the person out (SHAP values). It says what the model leans on,
    not what causes anything.

    For example:

      subtyping explain runs/quickstart --sample S00006 --out S00006.png
    """
    from subtyping.cli.targets import check_targets
    from subtyping.study.explaining import explain_run

    check_targets([("--out", out)], [*(run.rglob("*") if run.is_dir() else ())])
    person = explain_run(run, sample, n_analytes=top)
    typer.echo(person.text)
    found = person.explanation
    typer.echo("")
    typer.echo(
        f"Probability {found.probability:.1%} by the {found.model.replace('_', ' ')}, fold "
        f"{found.fold}; labelled {person.label!r} by the procedure learnt without the person."
    )
    typer.echo(found.sentence)
    for note in person.notes:
        typer.echo(f"Note: {note}")
    if out is not None:
        from subtyping.figures.style import save_png
        from subtyping.figures.waterfall import waterfall

        save_png(waterfall(found, n_analytes=top), out)
        typer.echo(f"Written to {out}")
