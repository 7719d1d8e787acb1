"""The door: from files to a panel."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest, one_of
from subtyping.exceptions import PanelError
from subtyping.panel.limits import ZEROS, apply_zeros, with_limits
from subtyping.panel.long import LONG_ROLES, read_long
from subtyping.panel.matching import Matched, match_samples
from subtyping.panel.measured import Measured
from subtyping.panel.olink_long import read_olink_long
from subtyping.panel.olink_wide import read_olink_wide
from subtyping.panel.panel import ROLES, Panel, ReadingReport
from subtyping.panel.policies import DUPLICATES, is_flagged, keep_visits, mean_rows, unrepeated
from subtyping.panel.samples_table import IN_PANEL, check_roles, role_columns
from subtyping.panel.tables import read_table
from subtyping.panel.texts import as_category
from subtyping.panel.units import declared_unit
from subtyping.panel.wide import read_wide

__all__ = ["FORMATS", "read_panel"]

FORMATS = ("wide", "long", "olink_long", "olink_wide")
QC_POLICIES = ("keep", "drop")
OLINK_FLAG = "QC_Warning"


def read_panel(
    path: str | Path,
    *,
    samples: str | Path | pd.DataFrame | None = None,
    unit: str | None = None,
    format: str = "wide",  # noqa: A002
    columns: Mapping[str, str] | None = None,
    analytes: str | Sequence[str] | None = None,
    zeros: str | None = None,
    lod: str | Path | pd.DataFrame | None = None,
    where: Mapping[str, object] | None = None,
    duplicates: str = "error",
    visits: str | None = None,
    qc_flagged: str = "keep",
    unknown_roles: Sequence[str] = (),
) -> Panel:
    """Read a cytokine panel and its samples table.

    Order of events: the file is read; rows that `where` leaves out go; flagged samples go if so
    declared; repeated ids are settled; subjects with several samples are settled. Every row of
    the file is a sample of the panel or a line of ``panel.reading.dropped``.

    Parameters
    ----------
    path : str or Path
        CSV (``, ;`` or tab), Parquet or XLSX, plain or gzipped.
    samples : path, pandas.DataFrame, ``"same"`` or None
        Samples table; ``"same"`` where the clinical columns sit in the panel file. None reads
        the panel alone.
    unit : {"pg/mL", "NPX", "log2"}, optional
        Required unless the format is Olink's (NPX) or a long file states it.
    format : {"wide", "long", "olink_long", "olink_wide"}, default="wide"
        Layout of the panel file.
    columns : mapping, optional
        Column by role (see `ROLES`); ``panel:<column>`` for one the panel file carries, such as
        ``panel:PlateID``. ``sample`` is the id column of the samples table, and of the panel
        file where it has one of that name; otherwise ids are the first column. Long formats
        also take analyte, value, unit and lod.
    analytes : str or sequence of str, optional
        Names, or ``first..last``. Required for a wide file with ``samples="same"``.
    zeros : {"below_lod", "value"}, optional
        What a concentration of 0 pg/mL means; below detection by default.
    lod : path or pandas.DataFrame, optional
        Table of limits: analyte, lod and perhaps plate.
    where : mapping, optional
        Value or list of values by column of the samples table (or ``panel:<column>``).
    duplicates : {"error", "first", "last", "mean", "drop"}, default="error"
        For sample ids that repeat, in the panel and in the samples table.
    visits : str, optional
        ``first``, ``last``, ``all`` or a value of the visit column, where subjects have several
        samples.
    qc_flagged : {"keep", "drop"}, default="keep"
        Samples whose quality flag is anything other than a pass.
    unknown_roles : sequence of str, optional
        Covariates declared unknown.

    Returns
    -------
    Panel
        With its reading report.

    Raises
    ------
    PanelError
        If a file, column, unit or policy does not allow a faithful reading; the message says
        what was expected and what to write.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     panel_file, samples_file = Path(folder) / "panel.csv", Path(folder) / "samples.csv"
    ...     _ = panel_file.write_text("sample_id,IL-13,TARC\\ns1,<0.5,120\\ns2,1.5,90\\n")
    ...     _ = samples_file.write_text("sample_id,diagnosis\\ns1,MDD\\ns2,HC\\n")
    ...     panel = read_panel(panel_file, samples=samples_file, unit="pg/mL",
    ...                        columns={"group": "diagnosis"})
    >>> panel
    Panel(2 samples x 2 analytes, pg/mL; HC 1, MDD 1)
    >>> panel.below_lod.loc["s1"].tolist()
    [True, False]
    """
    roles = dict(columns or {})
    _check_choices(format, roles, zeros, duplicates, qc_flagged, unknown_roles)
    same = isinstance(samples, str) and samples == "same"
    if same and format == "wide" and not analytes:
        message = (
            "Where samples is same, the analytes must be named; write analytes: <first>..<last> "
            "or a list of names."
        )
        raise PanelError(message)
    if format == "wide" and unit is None:
        declared_unit(unit, format, ())
    measured = _read_file(path, format, roles, analytes)
    rows_read = len(measured.sample_id)
    matched = match_samples(
        measured,
        samples,
        sample_column=None if same or samples is None else roles.get("sample"),
        where=where,
        duplicates=duplicates,
    )
    unit = declared_unit(unit, format, _units_in_file(matched.measured))
    table = _samples_table(matched, roles, samples, format)
    measured = apply_zeros(matched.measured, unit, zeros)
    if lod is not None:
        measured = with_limits(measured, lod, table.get("batch"))
    notes = [*measured.notes, *matched.notes, *table.attrs.pop("notes", ())]
    measured, table, dropped, more = _apply_policies(
        measured, table, duplicates, visits, qc_flagged
    )
    reading = _report(
        measured, Path(path).name, format, rows_read, [*matched.dropped, *dropped],
        [*notes, *more, *_silent_analytes(measured)],
    )  # fmt: skip
    return _panel(measured, table, unit, reading, tuple(unknown_roles))


def _check_choices(
    format: str,  # noqa: A002
    roles: Mapping[str, str],
    zeros: str | None,
    duplicates: str,
    qc_flagged: str,
    unknown_roles: Sequence[str],
) -> None:
    """Raise where an option is not one of its choices, before any file is opened."""
    one_of(format, FORMATS, "format", PanelError)
    one_of(duplicates, DUPLICATES, "duplicates", PanelError)
    one_of(qc_flagged, QC_POLICIES, "qc_flagged", PanelError)
    if zeros is not None:
        one_of(zeros, ZEROS, "zeros", PanelError)
    check_roles(roles, ROLES if format in ("wide", "olink_wide") else (*ROLES, *LONG_ROLES))
    for role in unknown_roles:
        if role not in ROLES:
            message = f"{role!r} is declared unknown, but is not a role.{nearest(role, ROLES)}"
            raise PanelError(message)
        if role in roles:
            message = f"{role} is both mapped to {roles[role]!r} and declared unknown; keep one."
            raise PanelError(message)


def _read_file(
    path: str | Path,
    format: str,  # noqa: A002
    roles: Mapping[str, str],
    analytes: str | Sequence[str] | None,
) -> Measured:
    """Read the panel file in its format."""
    if format == "olink_wide":
        return read_olink_wide(path, analytes=analytes)
    table = read_table(path)
    if format == "long":
        return read_long(table, columns=roles, analytes=analytes)
    if format == "olink_long":
        return read_olink_long(table, columns=roles, analytes=analytes)
    reserved = [name.removeprefix(IN_PANEL) for name in roles.values() if IN_PANEL in str(name)]
    return read_wide(table, sample=roles.get("sample"), analytes=analytes, reserved=reserved)


def _units_in_file(measured: Measured) -> tuple[str, ...]:
    """Return the units the file states, in a column of its own or beside each value."""
    found = [name for name in measured.carried if str(name).casefold() in ("unit", "units")]
    stated = [str(u) for name in found for u in as_category(measured.carried[name]).dropna().unique()]
    return tuple(stated) or measured.unit_in_file


def _samples_table(
    matched: Matched,
    roles: Mapping[str, str],
    samples: str | Path | pd.DataFrame | None,
    format: str,  # noqa: A002
) -> pd.DataFrame:
    """Return role and clinical columns, one row per row of the panel; notes in its attrs."""
    same = isinstance(samples, str) and samples == "same"
    carried = matched.measured.carried
    by_role = {role: name for role, name in roles.items() if role in ROLES}
    notes: tuple[str, ...] = ()
    if format.startswith("olink") and "qc" not in by_role and OLINK_FLAG in carried:
        by_role["qc"] = f"{IN_PANEL}{OLINK_FLAG}"
    if same:
        wanted = {role: str(name).removeprefix(IN_PANEL) for role, name in by_role.items()}
        table, notes = role_columns(carried, carried.iloc[:, :0], wanted, "the panel file")
    else:
        source = "the samples table"
        if samples is not None and not isinstance(samples, pd.DataFrame):
            source = Path(samples).name
        table, notes = role_columns(matched.clinical, carried, by_role, source)
    table.attrs["notes"] = notes
    return table


def _apply_policies(
    measured: Measured, table: pd.DataFrame, duplicates: str, visits: str | None, qc_flagged: str
) -> tuple[Measured, pd.DataFrame, list[tuple[str, str]], list[str]]:
    """Apply the policies on flagged, repeated and serial samples, in this order."""
    dropped: list[tuple[str, str]] = []
    notes: list[str] = []

    def keep(rows: np.ndarray, reasons: Mapping[int, str]) -> None:
        nonlocal measured, table
        dropped.extend((str(measured.sample_id[i]), reasons[i]) for i in sorted(reasons))
        measured = measured.take(rows)
        table = table.iloc[rows].reset_index(drop=True)

    if qc_flagged == "drop" and "qc" not in table:
        message = (
            "qc_flagged: drop needs the quality flags; write columns: {qc: <column>} "
            '(or "panel:<column>").'
        )
        raise PanelError(message)
    if "qc" in table:
        flagged = is_flagged(table["qc"])
        if flagged.any():
            verb = "dropped" if qc_flagged == "drop" else "kept"
            count = count_of(int(flagged.sum()), "sample")
            notes.append(f"{count} with a quality flag other than a pass {verb}.")
        if qc_flagged == "drop":
            labels = {int(i): f"qc: {table['qc'].iloc[i]}" for i in np.flatnonzero(flagged)}
            keep(np.flatnonzero(~flagged), labels)
    twins = _twins(measured)
    if twins.any():
        count = count_of(int(twins.sum()), "row")
        notes.append(f"{count} of the panel file identical to an earlier row, counted once.")
        words = "identical to an earlier row"
        keep(np.flatnonzero(~twins), dict.fromkeys(map(int, np.flatnonzero(twins)), words))
    rows, reasons = unrepeated(measured.sample_id, duplicates, "panel file")
    if duplicates == "mean":
        measured = mean_rows(measured)
    keep(rows, reasons)
    rows, reasons = keep_visits(table, visits)
    keep(rows, reasons)
    if not len(measured.sample_id):
        message = f"No sample is left; {len(dropped)} rows were dropped, see the policies declared."
        raise PanelError(message)
    return measured, table, dropped, notes


def _twins(measured: Measured) -> np.ndarray:
    """Mask rows that repeat an earlier row of the same sample, cell for cell."""
    repeated = pd.Series(measured.sample_id).duplicated(keep=False).to_numpy(dtype=bool)
    twins = np.zeros(len(repeated), dtype=bool)
    rows = np.flatnonzero(repeated)
    if len(rows):
        part = measured.take(rows)
        cells = pd.DataFrame(np.column_stack([part.values, part.below_lod, part.above_uloq]))
        texts = pd.DataFrame(
            {f"carried {i}": part.carried.iloc[:, i].astype("str") for i in range(part.carried.shape[1])}
        )
        twins[rows] = pd.concat([cells, texts], axis=1).assign(i=part.sample_id).duplicated()
    return twins


def _silent_analytes(measured: Measured) -> list[str]:
    """Return sentences on analytes without any number, and with one number only."""
    numbers = ~np.isnan(measured.values)
    empty = measured.analytes.index[~numbers.any(axis=0)]
    notes = []
    if len(empty):
        count = count_of(len(empty), "analyte")
        notes.append(f"{count} without any number: {list_some(empty, 5)}.")
    if len(measured.sample_id) > 1:
        low = np.where(numbers, measured.values, np.inf).min(axis=0)
        high = np.where(numbers, measured.values, -np.inf).max(axis=0)
        constant = measured.analytes.index[(low == high) & (numbers.sum(axis=0) > 1)]
        if len(constant):
            count = count_of(len(constant), "analyte")
            notes.append(f"{count} with the same number in every sample: {list_some(constant, 5)}.")
    return notes


def _report(
    measured: Measured,
    source: str,
    format: str,  # noqa: A002
    rows_read: int,
    dropped: list[tuple[str, str]],
    notes: list[str],
) -> ReadingReport:
    """Return the report on what was read."""
    known = measured.analytes["is_known"].to_numpy(dtype=bool)
    renamed = measured.analytes.reset_index()[["name_in_file", "analyte"]]
    return ReadingReport(
        source=source,
        format=format,
        platform=measured.platform,
        rows_read=rows_read,
        rows_kept=len(measured.sample_id),
        dropped=pd.DataFrame(dropped, columns=["sample_id", "reason"], dtype=object),
        unknown_analytes=tuple(map(str, measured.analytes.index[~known])),
        renamed=renamed[renamed["name_in_file"] != renamed["analyte"]].reset_index(drop=True),
        notes=tuple(notes),
    )


def _panel(
    measured: Measured,
    table: pd.DataFrame,
    unit: str,
    reading: ReadingReport,
    unknown_roles: tuple[str, ...],
) -> Panel:
    """Return the panel of the rows that were kept."""
    index = pd.Index(measured.sample_id, name="sample_id", dtype=object)

    def frame(array: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(array, index=index, columns=measured.analytes.index)

    return Panel(
        values=frame(measured.values),
        unit=unit,
        below_lod=frame(measured.below_lod),
        above_uloq=frame(measured.above_uloq),
        lod=frame(measured.lod),
        analytes=measured.analytes,
        samples=table.set_axis(index, axis=0),
        reading=reading,
        unknown_roles=unknown_roles,
    )
