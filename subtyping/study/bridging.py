"""A new run brought onto the scale of a reference run, from files to files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError, PanelError
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table
from subtyping.preparation.bridge_report import BridgeReport, BridgeRules
from subtyping.preparation.bridging import bridge_panels, bridged_panel

__all__ = ["BridgedFiles", "bridge_files", "write_wide_panel"]

SUFFIXES = ("limits", "samples", "report", "bridges")


@dataclass(frozen=True, eq=False)
class BridgedFiles:
    """What `bridge_files` found and wrote.

    Attributes
    ----------
    report : BridgeReport
    panel : Panel
        The new panel on the scale of the reference.
    files : tuple of Path
        In the order panel, limits (where there are any), samples, report, bridges.
    notes : tuple of str
        What reading the reference said, and the rows of either file that were not kept.
    """

    report: BridgeReport
    panel: Panel
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def bridge_files(
    reference: str | Path,
    new: str | Path,
    out: str | Path,
    *,
    format: str = "wide",  # noqa: A002
    new_format: str | None = None,
    unit: str | None = None,
    new_unit: str | None = None,
    lod: str | Path | None = None,
    new_lod: str | Path | None = None,
    samples: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    zeros: str | None = None,
    duplicates: str = "error",
    pairs: str | Path | None = None,
    rules: BridgeRules | None = None,
    force: bool = False,
) -> BridgedFiles:
    """Read two panels, bridge the second onto the first and write it.

    Parameters
    ----------
    reference, new : str or Path
        Panel files of the two runs.
    out : str or Path
        CSV of the bridged panel, readable as ``wide``; beside it stand ``<out>_limits.csv``
        (analyte, lod and perhaps plate), ``_samples.csv``, ``_report.csv`` (one row per analyte)
        and ``_bridges.csv`` (one row per bridge).
    format, unit, lod
        How the reference is read (see `read_panel`), and the new panel unless told otherwise;
        a table of limits belongs to its own panel.
    new_format, new_unit, new_lod : optional
        How the new panel is read.
    samples : str or Path, optional
        Samples file of the new panel; its columns are carried.
    columns : mapping, optional
        Column by role of the new panel.
    zeros, duplicates
        See `read_panel`; for both panels.
    pairs : str or Path, optional
        Table with the columns reference and new: the ids of the bridges.
    rules : BridgeRules, optional
    force : bool, default False
        Write a panel that the rules call not bridgeable.

    Returns
    -------
    BridgedFiles

    Raises
    ------
    InputError
        If a file cannot be read, both panels are one file, the units differ, or the runs are not
        bridgeable; the report and the bridges are written in the last case.
    """
    target = _target(out, (reference, new, pairs, samples, lod, new_lod))
    if _is_same(Path(reference), Path(new)):
        message = (
            f"{new} is given as the reference and as the new run; a bridge needs two files, "
            "one for each run."
        )
        raise InputError(message)
    first = read_panel(
        reference, format=format, unit=unit, lod=lod, zeros=zeros, duplicates=duplicates
    )
    second = read_panel(
        new,
        format=new_format or format,
        unit=new_unit or unit,
        lod=new_lod,
        samples=samples,
        columns=columns,
        zeros=zeros,
        duplicates=duplicates,
    )
    report = bridge_panels(
        first, second, pairs=None if pairs is None else _read_pairs(pairs), rules=rules
    )
    names = {suffix: target.with_name(f"{target.stem}_{suffix}.csv") for suffix in SUFFIXES}
    report.table.to_csv(names["report"], index=False)
    report.bridges.to_csv(names["bridges"], index=False)
    if not report.is_bridgeable and not force:
        end = "; --force writes the panel all the same." if report.bridged else "."
        message = (
            f"{report.sentence} The table per analyte is {names['report'].name}, the one per "
            f"bridge {names['bridges'].name}{end}"
        )
        raise InputError(message)
    panel = bridged_panel(report, second, force=force)
    write_wide_panel(panel, target, names["limits"], names["samples"])
    files = (target, *(path for path in names.values() if path.exists()))
    notes = [f"Reference: {note}" for note in first.reading.notes]
    for word, read in (("reference", first), ("new", second)):
        notes += _not_kept(word, read)
    return BridgedFiles(report=report, panel=panel, files=files, notes=tuple(notes))


def _not_kept(word: str, panel: Panel) -> list[str]:
    """Return one sentence for each reason rows of a file were not kept."""
    ids: dict[str, list[str]] = {}
    dropped = panel.reading.dropped
    for name, reason in zip(dropped["sample_id"], dropped["reason"], strict=True):
        ids.setdefault(str(reason), []).append(str(name))
    return [
        f"{count_of(len(names), 'row')} of the {word} file not kept ({reason}): {list_some(names)}."
        for reason, names in ids.items()
    ]


def write_wide_panel(
    panel: Panel, path: str | Path, limits: str | Path, samples: str | Path
) -> None:
    """Write a panel in the generic wide format, its limits and its samples table.

    Parameters
    ----------
    panel : Panel
    path : str or Path
        One row per sample. Below detection the number stands where there is one (the limits tell
        it is below), else ``<limit``; above the range ``>number``.
    limits : str or Path
        ``analyte, lod``, and ``plate`` where limits differ between samples. Not written (and one
        that is there is removed) where every limit stands in the cells, or none is known.
    samples : str or Path
        The samples table, with ``plate`` where the limits need one.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> frame = pd.DataFrame({"IL6": [0.5, 2.0]}, index=["s1", "s2"])
    >>> panel = panel_from_frame(frame, frame[[]], lod=pd.Series({"IL6": 1.0}))
    >>> with tempfile.TemporaryDirectory() as home:
    ...     a, b, c = (Path(home) / f"{name}.csv" for name in "abc")
    ...     write_wide_panel(panel, a, b, c)
    ...     back = read_panel(a, unit="NPX", lod=b)
    >>> back.below_lod["IL6"].tolist()
    [True, False]
    """
    values, lod = panel.values.to_numpy(dtype=float), panel.lod.to_numpy(dtype=float)
    cells = np.where(np.isfinite(values), values, np.nan).astype(object)
    blank_below = panel.below_lod.to_numpy() & ~np.isfinite(values)
    above = panel.above_uloq.to_numpy()
    for row, column in np.argwhere(blank_below | above):
        number = lod[row, column] if blank_below[row, column] else values[row, column]
        sign = "<" if blank_below[row, column] else ">"
        cells[row, column] = f"{sign}{float(number)!r}" if np.isfinite(number) else f"OOR {sign}"
    frame = pd.DataFrame(cells, index=panel.sample_ids, columns=panel.values.columns)
    frame.rename_axis("sample_id").to_csv(path)
    table = panel.samples.copy()
    # a file with <limit in its cells tells the limit there and nowhere else
    in_cells = (np.isfinite(lod) <= blank_below).all(axis=0)
    told = np.where(in_cells, np.nan, lod)
    plates = _limit_groups(panel, told)
    groups = np.full(len(told), "") if plates is None else plates
    parts = [
        pd.DataFrame(
            {
                "analyte": panel.values.columns,
                "lod": pd.DataFrame(told[groups == plate]).max().to_numpy(dtype=float),
                "plate": plate,
            }
        )
        for plate in np.unique(groups)
    ]
    lines = pd.concat(parts, ignore_index=True).dropna(subset="lod")
    if plates is None:
        lines = lines[["analyte", "lod"]]
    else:
        table["plate"] = plates
    if len(lines):
        lines.to_csv(limits, index=False)
    else:
        Path(limits).unlink(missing_ok=True)
    table.rename_axis("sample_id").to_csv(samples)


def _limit_groups(panel: Panel, lod: np.ndarray) -> np.ndarray | None:
    """Return the plate behind each sample's limits; None where all samples share them."""
    keys = pd.Series(list(map(tuple, np.where(np.isfinite(lod), lod, np.inf).tolist())))
    codes, groups = pd.factorize(keys)
    if len(groups) < 2:
        return None
    batch = panel.role("batch")
    if batch is not None and batch.notna().all():
        labels = batch.astype(str).to_numpy(dtype=str)
        if (pd.Series(codes).groupby(labels).nunique() == 1).all():
            return labels
    return np.array([f"limits {code + 1}" for code in codes])


def _target(out: str | Path, inputs: tuple[str | Path | None, ...]) -> Path:
    """Return the output path, or raise where writing would lose a file."""
    target = Path(out)
    if target.suffix.casefold() != ".csv":
        message = f"--out takes a CSV file, such as {target.stem or 'bridged'}.csv; got {out}."
        raise InputError(message)
    if target.is_dir() or not target.parent.is_dir():
        message = f"The folder {str(target.parent)!r} of --out is not there, or {out} is a folder."
        raise InputError(message)
    written = [target, *(target.with_name(f"{target.stem}_{name}.csv") for name in SUFFIXES)]
    for path in inputs:
        if path is not None and any(_is_same(Path(path), item) for item in written):
            message = f"--out would overwrite {path}, which is read; name another file."
            raise InputError(message)
    return target


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths are one file, by name or by a link."""
    if one.resolve() == other.resolve():
        return True
    return one.exists() and other.exists() and one.samefile(other)


def _read_pairs(path: str | Path) -> pd.DataFrame:
    """Return the table of bridge ids."""
    table = read_table(path, "pairs file")
    found = [str(name).strip().casefold() for name in table.columns]
    names = dict(zip(found, table.columns, strict=True))
    for name in ("reference", "new"):
        if found.count(name) > 1:
            message = f"The pairs file {Path(path).name} has two columns {name}; keep one."
            raise PanelError(message)
        if name not in names:
            message = (
                f"The pairs file {Path(path).name} needs the columns reference and new; {name} is "
                f"absent.{nearest(name, names)}"
            )
            raise PanelError(message)
    pairs = table[[names["reference"], names["new"]]].set_axis(["reference", "new"], axis=1)
    blank = pairs.isna()
    half = int((blank.any(axis=1) & ~blank.all(axis=1)).sum())
    if half:
        message = (
            f"{count_of(half, 'row')} of the pairs file {Path(path).name} "
            "lack one of the two ids; give both or remove the row."
        )
        raise PanelError(message)
    return pairs
