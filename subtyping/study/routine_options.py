"""Where routine markers are, as the command line says it."""

from collections.abc import Sequence

from subtyping._validation import nearest
from subtyping.exceptions import InputError
from subtyping.knowledge import routine_markers

__all__ = ["parse_routine"]


def parse_routine(pairs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return where the routine markers are, from ``marker=column:unit``.

    Parameters
    ----------
    pairs : sequence of str

    Returns
    -------
    dict
        Column and unit by marker.

    Raises
    ------
    InputError
        If a pair is not of that form, a marker is unknown or comes twice.

    Examples
    --------
    >>> parse_routine(["crp=hsCRP_mgL:mg/L"])
    {'crp': {'column': 'hsCRP_mgL', 'unit': 'mg/L'}}
    """
    known = list(routine_markers()["marker"])
    declared: dict[str, dict[str, str]] = {}
    for pair in pairs:
        marker, is_pair, rest = pair.partition("=")
        column, has_unit, unit = rest.rpartition(":")
        name = marker.strip().casefold()
        if not (is_pair and has_unit and column.strip() and unit.strip()):
            message = (
                f"--routine takes marker=column:unit, e.g. --routine crp=hsCRP:mg/L; got {pair!r}."
            )
            raise InputError(message)
        if name not in known:
            message = (
                f"--routine: the marker must be one of {', '.join(known)}; got {marker!r}."
                f"{nearest(name, known)}"
            )
            raise InputError(message)
        if name in declared:
            message = f"--routine gives {name} twice; keep one."
            raise InputError(message)
        declared[name] = {"column": column.strip(), "unit": unit.strip()}
    return declared
