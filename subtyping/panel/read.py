"""The door: from files to a panel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest, one_of
from subtyping.exceptions import PanelError
from subtyping.panel.limits import ZEROS, apply_zeros, refuse_impossible, with_limits
from subtyping.panel.long import LONG_ROLES
from subtyping.panel.matching import Matched, match_samples, sample_ids_of
from subtyping.panel.measured import Measured
from subtyping.panel.panel import ROLES, Panel, ReadingReport
from subtyping.panel.policies import DUPLICATES
from subtyping.panel.read_file import FORMATS, PLATES, WHOLE_FILE, WITH_CONTROLS, read_file
from subtyping.panel.reporting import report_on, silent_analytes
from subtyping.panel.samples_table import IN_PANEL, check_roles, role_columns
from subtyping.panel.settle import settle_rows
from subtyping.panel.texts import is_numeric_text
from subtyping.panel.unit_groups import stated_units
from subtyping.panel.units import declared_unit
from subtyping.panel.wells import REPLICATES, merge_wells, one_sample

__all__ = ["FORMATS", "read_panel"]

QC_POLICIES = ("keep", "drop")
OLINK_FLAGS = ("QC_Warning", "SampleQC")


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
    replicates: str | None = None,
    unknown_roles: Sequence[str] = (),
) -> Panel:
    r"""Read a cytokine panel and its samples table.

    Order of events: the file is read; rows that `where` leaves out go; replicate wells are merged;
    flagged samples go if so declared; repeated ids are settled; subjects with several samples are
    settled. Every row of the file (every well of a plate export) is a sample of the panel or a
    line of ``panel.reading.dropped``.

    Parameters
    ----------
    path : str or Path
        CSV (``, ;`` or tab), Parquet or XLSX, plain or gzipped.
    samples : path, pandas.DataFrame, ``"same"`` or None
        Samples table; ``"same"`` where the clinical columns sit in the panel file. None reads
        the panel alone.
    unit : {"pg/mL", "NPX", "log2"}, optional
        Required unless the format is Olink's (NPX) or the file states it.
    format : {"wide", "long", "olink_long", "olink_wide", "olink_explore", "luminex", "msd"}
        Layout of the panel file; ``wide`` by default.
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
    replicates : {"mean", "median", "geometric_mean", "error"}, optional
        How wells with the same sample id (and plate and dilution, where the file has them) become
        one row, see `merge_wells`; ``mean`` for luminex and msd. In other formats repeated ids
        are left to `duplicates` unless this is given.
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
    ...     _ = panel_file.write_text("sample_id,IL-13,TARC\ns1,<0.5,120\ns2,1.5,90\n")
    ...     _ = samples_file.write_text("sample_id,diagnosis\ns1,MDD\ns2,HC\n")
    ...     panel = read_panel(panel_file, samples=samples_file, unit="pg/mL",
    ...                        columns={"group": "diagnosis"})
    >>> panel
    Panel(2 samples x 2 analytes, pg/mL; MDD 1, HC 1)
    >>> panel.below_lod.loc["s1"].tolist()
    [True, False]
    """
    roles = dict(columns or {})
    _check_choices(
        format,
        roles,
        zeros=zeros,
        duplicates=duplicates,
        qc_flagged=qc_flagged,
        replicates=replicates,
        unknown_roles=unknown_roles,
    )
    same = isinstance(samples, str) and samples == "same"
    if same and format == "wide" and not analytes:
        message = (
            "Where samples is same, the analytes must be named; write analytes: <first>..<last> "
            "or a list of names."
        )
        raise PanelError(message)
    if format == "wide" and unit is None:
        declared_unit(unit, format, ())
    by_name = format in WITH_CONTROLS and not same
    people = sample_ids_of(samples, roles.get("sample")) if by_name else frozenset()
    measured = read_file(
        path,
        format,
        roles,
        analytes=analytes,
        unit=unit,
        people=people,
        id_must_be_here=same or samples is None,
    )
    rows_read = len(measured.sample_id) + len(measured.left_out)
    matched = match_samples(
        measured,
        samples,
        sample_column=None if same or samples is None else roles.get("sample"),
        where=where,
        duplicates=duplicates,
    )
    unit = declared_unit(unit, format, stated_units(matched, same=same))
    refuse_impossible(matched.measured, unit)
    matched = replace(matched, measured=apply_zeros(matched.measured, unit, zeros))
    rule = replicates or ("mean" if format in PLATES else None)
    if rule is not None:
        matched = _with_merged_wells(matched, rule, roles, is_log=unit != "pg/mL")
    measured = matched.measured
    table, said = _samples_table(matched, roles, samples, format)
    if lod is not None:
        measured = with_limits(measured, lod, table.get("batch"))
    notes = [*measured.notes, *matched.notes, *said]
    measured, table, dropped, more = settle_rows(measured, table, duplicates, visits, qc_flagged)
    notes += [*more, *silent_analytes(measured)]
    dropped = [*measured.left_out, *matched.dropped, *dropped]
    reading = report_on(measured, Path(path).name, format, rows_read, dropped=dropped, notes=notes)
    return _panel(measured, table, unit, reading, tuple(unknown_roles))


def _check_choices(
    format: str,  # noqa: A002
    roles: Mapping[str, str],
    *,
    zeros: str | None,
    duplicates: str,
    qc_flagged: str,
    replicates: str | None,
    unknown_roles: Sequence[str],
) -> None:
    """Raise where an option is not one of its choices, before any file is opened."""
    one_of(format, FORMATS, "format", PanelError)
    one_of(duplicates, DUPLICATES, "duplicates", PanelError)
    one_of(qc_flagged, QC_POLICIES, "qc_flagged", PanelError)
    if zeros is not None:
        one_of(zeros, ZEROS, "zeros", PanelError)
    if replicates is not None:
        one_of(replicates, REPLICATES, "replicates", PanelError)
    is_long = format not in ("wide", *WHOLE_FILE)
    check_roles(roles, (*ROLES, *LONG_ROLES) if is_long else ROLES)
    for role in unknown_roles:
        if role not in ROLES:
            message = f"{role!r} is declared unknown, but is not a role.{nearest(role, ROLES)}"
            raise PanelError(message)
        if role in roles:
            message = f"{role} is both mapped to {roles[role]!r} and declared unknown; keep one."
            raise PanelError(message)


def _with_merged_wells(
    matched: Matched, rule: str, roles: Mapping[str, str], *, is_log: bool
) -> Matched:
    """Return the rows with replicate wells merged, and the samples table of what is left."""
    batch = str(roles.get("batch", "")).removeprefix(IN_PANEL)
    together = one_sample(matched.measured, apart=(batch,) if batch else ())
    measured, kept = merge_wells(matched.measured, rule, together, is_log=is_log)
    clinical = matched.clinical.iloc[kept].reset_index(drop=True)
    if len(clinical.columns) and list(clinical) == list(matched.measured.carried):
        clinical = measured.carried
    return replace(matched, measured=measured, clinical=clinical)


def _samples_table(
    matched: Matched,
    roles: Mapping[str, str],
    samples: str | Path | pd.DataFrame | None,
    format: str,  # noqa: A002
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return role and clinical columns, one row per row of the panel, and notes."""
    same = isinstance(samples, str) and samples == "same"
    carried = matched.measured.carried
    by_role = {role: name for role, name in roles.items() if role in ROLES}
    flag = next((name for name in OLINK_FLAGS if name in carried), None)
    if format.startswith("olink") and "qc" not in by_role and flag is not None:
        by_role["qc"] = f"{IN_PANEL}{flag}"
    if same:
        wanted = {role: str(name).removeprefix(IN_PANEL) for role, name in by_role.items()}
        table, notes = role_columns(carried, carried.iloc[:, :0], wanted, "the panel file")
    else:
        source = "the samples table"
        if samples is not None and not isinstance(samples, pd.DataFrame):
            source = Path(samples).name
        table, notes = role_columns(matched.clinical, carried, by_role, source)
    if format == "wide":
        mapped = {str(name).removeprefix(IN_PANEL) for name in roles.values()}
        numeric = [
            name for name in carried if name not in mapped and is_numeric_text(carried[name])
        ]
        count = count_of(len(numeric), "numeric column")
        if numeric:
            words = f"of the panel file carried as clinical: {list_some(numeric, 8)}."
            notes = (*notes, f"{count} {words}")
    return table, notes


def _panel(
    measured: Measured,
    table: pd.DataFrame,
    unit: str,
    reading: ReadingReport,
    unknown_roles: tuple[str, ...],
) -> Panel:
    """Return the panel of the rows that were kept."""
    index = pd.Index(measured.sample_id, name="sample_id", dtype="str")
    extrapolated = measured.extrapolated
    if extrapolated is not None:  # what is censored has no number to extrapolate
        extrapolated = extrapolated & ~measured.below_lod & ~measured.above_uloq

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
        extrapolated=_optional(extrapolated, frame),
        replicate_cv_pct=_optional(measured.replicate_cv_pct, frame),
    )


def _optional(
    array: np.ndarray | None, frame: Callable[[np.ndarray], pd.DataFrame]
) -> pd.DataFrame | None:
    """Return the frame of an array that may be absent."""
    return None if array is None else frame(array)
