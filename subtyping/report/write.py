"""Write a run folder: tables, figures, documents, brief, model card, and DONE last."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from subtyping.report.brief import brief_html
from subtyping.report.document import criteria_dict, report_dict, write_json
from subtyping.report.pictures import pictures
from subtyping.report.tables import report_tables, write_csv

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult

__all__ = ["is_done", "mark_done", "write_report"]

OWN_FILES = ("DONE", "report.json", "criteria.json", "brief.html", "model/card.json")


def write_report(result: "StudyResult", folder: Path | str, *, is_final: bool = True) -> Path:
    """Write everything a run folder holds.

    What an earlier run left in the folder under the same names is removed first, so that no
    table of a former study stays beside the new ones; other files are not touched.

    Parameters
    ----------
    result : StudyResult
        A finished study.
    folder : path
        Made if absent.
    is_final : bool
        Whether to end with `mark_done`; give False to do something else in between.

    Returns
    -------
    pathlib.Path
        The folder, now with ``tables/*.csv``, ``figures/*.png``, ``report.json``,
        ``criteria.json``, ``model/card.json``, ``brief.html`` and, last, ``DONE``.
    """
    target = Path(folder)
    for name in ("tables", "figures", "model"):
        (target / name).mkdir(parents=True, exist_ok=True)
    _clear(target)
    for name, table in report_tables(result).items():
        write_csv(table, target / "tables" / f"{name}.csv")
    write_json(report_dict(result), target / "report.json")
    write_json(criteria_dict(result), target / "criteria.json")
    write_json(result.card, target / "model" / "card.json")
    (target / "brief.html").write_text(_draw(result, target), encoding="utf-8", newline="\n")
    if is_final:
        mark_done(target)
    return target


def mark_done(folder: Path | str) -> Path:
    """Write ``DONE`` with the time, and see it on the disk before returning.

    Parameters
    ----------
    folder : path

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     before = is_done(folder)
    ...     path = mark_done(folder)
    ...     before, is_done(folder), path.name
    (False, True, 'DONE')
    """
    path = Path(folder) / "DONE"
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(datetime.now(UTC).isoformat(timespec="seconds") + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    return draft.replace(path)


def is_done(folder: Path | str) -> bool:
    """Return whether the folder holds a complete run."""
    return (Path(folder) / "DONE").is_file()


def _clear(folder: Path) -> None:
    """Remove what an earlier run wrote here; ``DONE`` goes first."""
    own = [folder / name for name in OWN_FILES]
    for path in (*own, *folder.glob("tables/*.csv"), *folder.glob("figures/*.png")):
        path.unlink(missing_ok=True)


def _draw(result: "StudyResult", folder: Path) -> str:
    """Draw each figure once: as PNG into the folder, as SVG into the brief that is returned."""
    from subtyping.figures import save_png, to_svg

    drawings = []
    for picture in pictures(result):
        axes = picture.draw()
        save_png(axes, folder / "figures" / f"{picture.name}.png")
        svg = to_svg(axes, title=picture.title, description=picture.caption, prefix=picture.name)
        drawings.append((picture, svg))
    return brief_html(result, drawings)
