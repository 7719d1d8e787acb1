"""New patients from a file: read as the model's card says, assign, lose nobody."""

from contextlib import suppress
from pathlib import Path

import pandas as pd

from subtyping.discovery import Assigner, load_assigner
from subtyping.exceptions import PanelError
from subtyping.knowledge import resolve_analyte
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table

__all__ = ["assign_file"]


def assign_file(
    model: str | Path, panel: str | Path, *, samples: str | Path | None = None
) -> pd.DataFrame:
    """Assign every sample of a panel file with a saved model.

    Unit, roles and column names come from the card. The file may be in the format the model was
    made from, or the generic wide format with sample ids first. Plate labels are not used.

    Parameters
    ----------
    model : str or Path
        A run folder or its ``model/`` folder.
    panel : str or Path
        The panel file of the new patients.
    samples : str or Path, optional
        Their samples file, for the covariates the model adjusts for.

    Returns
    -------
    pandas.DataFrame
        ``sample_id, probability, label, reason``: one row for each sample of the file.

    Raises
    ------
    InputError
        If the model or the files cannot be read, or the panel does not fit the model.
    """
    assigner = load_assigner(model)
    return assigner.assign(_read(assigner, Path(panel), samples)).table


def _read(assigner: Assigner, path: Path, samples: str | Path | None) -> Panel:
    """Read the panel of new patients: as the model's own file was, else as a wide table."""
    declared = assigner.reading
    try:
        return _read_as(str(declared["format"]), assigner, path, samples)
    except PanelError:
        if declared["format"] == "wide":
            raise
        with suppress(PanelError):
            return _read_as("wide", assigner, path, samples)
        raise


def _read_as(kind: str, assigner: Assigner, path: Path, samples: str | Path | None) -> Panel:
    declared = assigner.reading
    mapped = {
        role: column
        for role, column in declared["columns"].items()
        if role in assigner.covariates and not column.startswith("panel:")
    }
    if kind != "wide":
        return read_panel(
            path,
            samples=samples,
            unit=assigner.unit,
            format=kind,
            columns=mapped if samples is not None else {},
            zeros=declared["zeros"],
        )
    header = [str(name) for name in read_table(path).columns]
    is_same = samples is None and declared.get("samples") == "same"
    columns = mapped
    if samples is None:
        columns = {role: name for role, name in mapped.items() if is_same and name in header}
    if is_same and declared["columns"].get("sample") in header:
        columns["sample"] = declared["columns"]["sample"]
    analytes = _model_analytes(assigner, header)
    return read_panel(
        path,
        samples="same" if is_same and analytes else samples,
        unit=assigner.unit,
        format=kind,
        columns=columns if analytes or not is_same else {},
        analytes=analytes or None,
        zeros=declared["zeros"],
    )


def _model_analytes(assigner: Assigner, header: list[str]) -> list[str]:
    """Return the columns of a wide file the model can use; names, diagnoses and ages are none."""
    named, wanted = set(assigner.reading.get("analytes") or ()), set(assigner.analytes)
    return [
        name
        for name in dict.fromkeys(header)
        if name in named or name in wanted or resolve_analyte(name) in wanted
    ]
