"""New patients from a file: read as the model's card says, assign, lose nobody."""

from contextlib import suppress
from pathlib import Path

import pandas as pd

from subtyping.discovery import Assigner, load_assigner
from subtyping.exceptions import PanelError
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table

__all__ = ["assign_file"]

CARRIED_ROLES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


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
        if role in CARRIED_ROLES and not column.startswith("panel:")
    }
    is_same = samples is None and declared.get("samples") == "same" and kind == "wide"
    if not is_same:
        return read_panel(
            path,
            samples=samples,
            unit=assigner.unit,
            format=kind,
            columns=mapped if samples is not None else {},
            zeros=declared["zeros"],
        )
    header = [str(name) for name in read_table(path).columns]
    mapped["sample"] = declared["columns"].get("sample", header[0])
    analytes = [name for name in declared["analytes"] if name in header]
    return read_panel(
        path,
        samples="same" if analytes else None,
        unit=assigner.unit,
        format=kind,
        columns={role: column for role, column in mapped.items() if column in header},
        analytes=analytes or None,
        zeros=declared["zeros"],
    )
