"""Olink's wide format: the workbook NPX Manager exports, header block, samples, footer block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.olink_samples import control_note, join_flags, olink_platform
from subtyping.panel.tables import read_cells
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_category, as_ids
from subtyping.panel.wide import chosen_columns, refuse_blank_ids, stripped_note

__all__ = ["read_olink_wide"]

HEADER = {"uniprot": "uniprotid", "olink_id": "olinkid"}
FOOTER = re.compile(r"(?:plate|max|min|fixed)?lod|missingdatafreq|normalization", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Blocks:
    """Where things stand on the sheet: all attributes are arrays or rows of cells."""

    assay: list[object]
    uniprot: list[object]
    olink_id: list[object]
    panel: list[str | None]
    samples: np.ndarray
    footer: list[list[object]]


def read_olink_wide(path: str | Path, *, analytes: str | Sequence[str] | None = None) -> Measured:
    r"""Take an NPX Manager export apart into ids, values, limits, plates and flags.

    The header block may or may not have an OlinkID row, the columns after the assays may or may
    not hold plate ids; the footer holds the LOD (one row, or one row per plate naming the plate
    in the plate column), missing data frequency and normalisation.

    Parameters
    ----------
    path : str or Path
        XLSX (or its CSV).
    analytes : str or sequence of str, optional
        Assays to keep; all by default.

    Returns
    -------
    Measured
        One row per sample. Carried: ``PlateID``, ``QC_Warning`` (joined by `` + `` where panels
        differ) and each quality deviation. ``below_lod`` is NPX < LOD, the number kept.

    Raises
    ------
    PanelError
        If the sheet has no row that starts with ``Assay``, no sample rows, or a value that is
        no value.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> sheet = [",Olink NPX Manager", "Panel,Olink INFLAMMATION(v.3022)", "Assay,IL8,QC Warning",
    ...          "Uniprot ID,P10145,", "", "s1,5.2,Pass", "s2,1.9,Warning", "", "LOD,2.2,"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "npx.csv"
    ...     _ = path.write_text("\n".join(sheet))
    ...     measured = read_olink_wide(path)
    >>> measured.sample_id.tolist(), measured.below_lod[:, 0].tolist(), measured.platform
    (['s1', 's2'], [False, True], 'Olink INFLAMMATION')
    """
    blocks = _blocks(read_cells(path), Path(path).name)
    kinds = [_kind(cell) for cell in blocks.assay]
    at = [i for i, kind in enumerate(kinds) if kind == "assay"]
    if analytes is not None:
        at = [at[k] for k in chosen_columns([str(blocks.assay[i]).strip() for i in at], analytes)]
    if not at or not len(blocks.samples):
        message = f"The NPX file {Path(path).name} has no {'samples' if at else 'assays'}."
        raise PanelError(message)
    names = [str(blocks.assay[i]).strip() for i in at]
    values = np.full((len(blocks.samples), len(at)), np.nan)
    below, above = np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    for k, i in enumerate(at):
        cells = pd.Series(blocks.samples[:, i], dtype=object)
        parsed = parse_values(cells)
        refuse_text(cells, parsed.is_text, names[k])
        values[:, k], below[:, k], above[:, k] = (
            parsed.values, parsed.below_lod, parsed.above_uloq
        )  # fmt: skip
    lod, lod_notes = _limits(blocks, kinds, at)
    described, notes = analyte_table(
        names,
        uniprot=[_cell(blocks.uniprot, i) for i in at],
        olink_id=[_cell(blocks.olink_id, i) for i in at],
        panel=[blocks.panel[i] for i in at],
    )
    ids, n_stripped = as_ids(pd.Series(blocks.samples[:, 0], dtype=object))
    refuse_blank_ids(ids)
    panels = [panel for i in at if (panel := blocks.panel[i]) is not None]
    return Measured(
        sample_id=ids,
        values=values,
        below_lod=below | (values < lod),
        above_uloq=above,
        lod=lod,
        analytes=described,
        carried=_carried(blocks, kinds),
        platform=olink_platform(dict.fromkeys(panels)),
        notes=(*stripped_note(n_stripped, len(ids)), *notes, *lod_notes, *control_note(ids)),
    )


def _fold(cell: object) -> str:
    """Return a label in lower-case letters and digits."""
    return re.sub(r"[^a-z0-9]", "", str(cell).casefold()) if cell is not None else ""


def _kind(cell: object) -> str:
    """Return what a column of the sheet holds, from its cell in the assay row."""
    label = _fold(cell)
    if label in ("", "assay"):
        return "none"
    if label in ("plateid", "plate"):
        return "plate"
    if label.startswith("qcwarning"):
        return "flag"
    return "deviation" if label.startswith("qcdeviation") else "assay"


def _cell(row: list[object], i: int) -> str | None:
    """Return a header cell as stripped text, or None."""
    return str(row[i]).strip() if i < len(row) and row[i] is not None else None


def _blocks(rows: list[list[object]], name: str) -> Blocks:
    """Find the header rows, the sample rows and the footer rows of the sheet."""
    labels = [_fold(row[0]) if row else "" for row in rows]
    if "assay" not in labels:
        message = (
            f"{name} is no NPX Manager export: no row starts with 'Assay'. Its first column "
            f"starts with {list_some(filter(None, labels), 4)}; choose another format."
        )
        raise PanelError(message)
    start = labels.index("assay")
    width = max(len(row) for row in rows)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    extra: dict[str, list[object]] = {}
    body = start + 1
    while body < len(padded) and labels[body] in HEADER.values():
        extra[labels[body]] = padded[body]
        body += 1
    samples, footer = [], []
    for label, row in zip(labels[body:], padded[body:], strict=True):
        if FOOTER.fullmatch(label):
            footer.append([label, *row[1:]])
        elif any(cell is not None for cell in row):
            samples.append(row)
    blank: list[object] = [None] * width
    panels = padded[labels.index("panel")] if "panel" in labels[:start] else blank
    cells = np.empty((len(samples), width), dtype=object)
    for number, row in enumerate(samples):
        cells[number] = row
    return Blocks(
        assay=padded[start],
        uniprot=extra.get(HEADER["uniprot"], blank),
        olink_id=extra.get(HEADER["olink_id"], blank),
        panel=_filled_forward(panels),
        samples=cells,
        footer=footer,
    )


def _filled_forward(row: list[object]) -> list[str | None]:
    """Return panel names per column: a name holds until the next one."""
    names: list[str | None] = [None]
    for cell in row[1:]:
        names.append(str(cell).strip() if cell is not None else names[-1])
    return names


def _own_column(blocks: Blocks, kinds: list[str], kind: str, i: int) -> int | None:
    """Return the plate (or flag) column that belongs to the panel of an assay column."""
    columns = [k for k, found in enumerate(kinds) if found == kind]
    if len(columns) <= 1:
        return columns[0] if columns else None
    same = [k for k in columns if blocks.panel[k] == blocks.panel[i]]
    if len(same) == 1:
        return same[0]
    order = list(
        dict.fromkeys(blocks.panel[k] for k, found in enumerate(kinds) if found == "assay")
    )
    return columns[min(order.index(blocks.panel[i]), len(columns) - 1)]


def _limits(blocks: Blocks, kinds: list[str], at: list[int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the limit of each value: its plate's where the footer names plates."""
    lod = np.full((len(blocks.samples), len(at)), np.nan)
    rows = [row for row in blocks.footer if str(row[0]).endswith("lod")]
    plain = [row for row in rows if row[0] == "lod"] or rows
    if not rows:
        return lod, ("The NPX file gives no limit of detection.",)
    for k, i in enumerate(at):
        plate = _own_column(blocks, kinds, "plate", i)
        for row in rows:
            named = None if plate is None or row[plate] is None else str(row[plate]).strip()
            if named is not None and plate is not None:
                mine = np.array([str(cell).strip() == named for cell in blocks.samples[:, plate]])
                lod[mine, k] = _number(row[i])
        missing = np.isnan(lod[:, k])
        general = [r for r in plain if plate is None or r[plate] is None]
        if missing.any() and general:
            lod[missing, k] = max(_number(row[i]) for row in general)
    if len(rows) > 1 and not any(kind == "plate" for kind in kinds):
        note = f"The NPX file gives {len(rows)} LOD rows and no plate column; the highest was used."
        return lod, (note,)
    return lod, ()


def _number(cell: object) -> float:
    """Return a footer cell as a number, NaN where it is none."""
    return float(pd.to_numeric(pd.Series([cell], dtype=object), errors="coerce").iloc[0])


def _carried(blocks: Blocks, kinds: list[str]) -> pd.DataFrame:
    """Return plate, flag and deviations per sample."""
    columns: dict[str, object] = {}
    for kind, name in (("plate", "PlateID"), ("flag", "QC_Warning")):
        found = [i for i, other in enumerate(kinds) if other == kind]
        if found:
            texts = [as_category(pd.Series(blocks.samples[:, i], dtype=object)) for i in found]
            columns[name] = [join_flags(cells) for cells in zip(*texts, strict=True)]
    for i, kind in enumerate(kinds):
        if kind == "deviation":
            parts = ["QC Deviation", _cell(blocks.uniprot, i), blocks.panel[i]]
            name = " ".join(part for part in parts[:2] if part)
            name = f"{name} {blocks.panel[i]}" if name in columns else name
            cells = pd.Series(blocks.samples[:, i], dtype=object)
            columns[name] = pd.to_numeric(cells, errors="coerce").astype(float)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(blocks.samples)))
