"""Read the panel of new people as the file of a model's derivation was read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from subtyping._validation import list_some
from subtyping.discovery import Assigner
from subtyping.exceptions import InputError, PanelError
from subtyping.knowledge import resolve_analyte
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table

__all__ = ["read_new_people"]


def read_new_people(
    assigner: Assigner,
    path: str | Path,
    samples: str | Path | None,
    columns: Mapping[str, str],
) -> Panel:
    """Read the panel of new people as the model's own file was read.

    Parameters
    ----------
    assigner : Assigner
        Gives unit, format and, where the new files have them, the columns of the roles.
    path : str or Path
        Panel file.
    samples : str or Path, optional
        Samples file; without one the group column must be in the panel file.
    columns : mapping of str to str
        Role to column, beside and before those of the model.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If a file cannot be read as declared, or no group column is found.
    """
    if assigner.routine:
        named = list_some(item["column"] for item in assigner.routine.values())
        message = (
            f"The model rests on routine markers of the samples table ({named}); replication reads "
            "panels only. Run the study's specification on the new people instead."
        )
        raise InputError(message)
    kind = str(assigner.reading["format"])
    try:
        return _read_as(kind, assigner, Path(path), samples, columns)
    except PanelError:
        if kind == "wide":
            raise
        try:
            return _read_as("wide", assigner, Path(path), samples, columns)
        except PanelError:
            pass
        raise


def _read_as(
    kind: str,
    assigner: Assigner,
    path: Path,
    samples: str | Path | None,
    columns: Mapping[str, str],
) -> Panel:
    declared = assigner.reading
    is_wide = kind == "wide"
    in_panel = [str(name) for name in read_table(path).columns] if is_wide else []
    in_samples = in_panel
    if samples is not None:
        in_samples = [str(name) for name in read_table(samples, "samples file").columns]
    kept = {
        role: name
        for role, name in declared["columns"].items()
        if name in in_samples or (not is_wide and name.startswith("panel:"))
    }
    roles = {**kept, **columns}
    _require_group(roles, in_samples, "samples" if samples is not None else "panel")
    analytes = _known_analytes(assigner, in_panel)
    same = "same" if is_wide and analytes else None
    return read_panel(
        path,
        samples=samples if samples is not None else same,
        unit=assigner.unit,
        format=kind,
        columns=roles,
        analytes=analytes or None,
        zeros=declared["zeros"],
    )


def _require_group(roles: Mapping[str, str], names: Sequence[str], where: str) -> None:
    """Raise if nobody said which column holds the groups."""
    if "group" not in roles:
        message = (
            "No group column is known for the new people; write --columns group=<column>. The "
            f"{where} file has {list_some(names, 8)}."
        )
        raise PanelError(message)


def _known_analytes(assigner: Assigner, header: Sequence[str]) -> list[str]:
    """Return the columns of a wide file that the model knows."""
    wanted = set(assigner.analytes) | set(assigner.reading.get("analytes") or ())
    return [
        name for name in dict.fromkeys(header) if name in wanted or resolve_analyte(name) in wanted
    ]
