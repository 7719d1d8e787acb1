"""The unit of a panel: declared, never guessed."""

import re

from subtyping._validation import list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.panel.panel import UNITS

__all__ = ["declared_unit", "known_unit", "pg_ml_factor"]

SPELLINGS = {
    "pgml": "pg/mL",
    "pgperml": "pg/mL",
    "ngl": "pg/mL",
    "npx": "NPX",
    "npxlog2": "NPX",
    "log2": "log2",
    "log2npx": "NPX",
}
IN_PG_ML = {
    "fgml": 1e-3,
    "pgl": 1e-3,
    "pgdl": 1e-2,
    "pgml": 1.0,
    "ngl": 1.0,
    "ngdl": 10.0,
    "ngml": 1e3,
    "ugl": 1e3,
    "mcgl": 1e3,
    "ugdl": 1e4,
    "ugml": 1e6,
    "mcgml": 1e6,
    "mgl": 1e6,
    "mgdl": 1e7,
    "mgml": 1e9,
    "gl": 1e9,
}
MICRO = str.maketrans({"µ": "u", "μ": "u"})


def _fold(text: str) -> str:
    """Return a unit in lower-case letters and digits, without the exponent of ``mL-1``."""
    plain = re.sub(r"[^a-z0-9]", "", text.casefold().translate(MICRO).replace("per", ""))
    return plain if plain in SPELLINGS else plain.removesuffix("1")


def known_unit(text: str) -> str | None:
    """Return the unit a spelling means, or None.

    Examples
    --------
    >>> known_unit("pg/ml"), known_unit("npx"), known_unit("mg/L")
    ('pg/mL', 'NPX', None)
    """
    return SPELLINGS.get(_fold(text))


def pg_ml_factor(text: str) -> float | None:
    """Return how many pg/mL one of a mass concentration is, or None if it is none.

    Parameters
    ----------
    text : str
        Unit as a file spells it.

    Returns
    -------
    float or None

    Examples
    --------
    >>> pg_ml_factor("ng/mL"), pg_ml_factor("µg/L"), pg_ml_factor("pg·mL-1"), pg_ml_factor("U/mL")
    (1000.0, 1000.0, 1.0, None)
    """
    return IN_PG_ML.get(_fold(text))


def declared_unit(unit: str | None, format: str, in_file: tuple[str, ...]) -> str:  # noqa: A002
    """Return the unit of the panel from what was declared and what the file says.

    Parameters
    ----------
    unit : str or None
        What the user declared.
    format : str
        Format of the panel; Olink formats are NPX unless the file states pg/mL.
    in_file : tuple of str
        Units the file states in a column of its own.

    Returns
    -------
    {"pg/mL", "NPX", "log2"}
        The one unit.

    Raises
    ------
    PanelError
        If no unit is declared, it is not one of the three, contradicts the file or the format,
        or the file mixes several.

    Examples
    --------
    >>> declared_unit("pg/ml", "wide", ())
    'pg/mL'
    >>> declared_unit(None, "olink_wide", ("pg/mL",))
    'pg/mL'
    """
    stated = sorted({known_unit(text) or text for text in in_file})
    if len(stated) > 1:
        message = (
            f"The panel file mixes units: {list_some(stated, 6)}. Read one unit at a time, "
            'for example with where={"unit": "..."}; NPX and pg/mL cannot be pooled.'
        )
        raise PanelError(message)
    if unit is None:
        if stated and stated[0] in UNITS:
            unit = stated[0]
        elif format.startswith("olink"):
            unit = "NPX"
        else:
            message = (
                "The unit of the values is not declared. Write unit: pg/mL, unit: NPX or "
                "unit: log2."
            )
            raise PanelError(message)
    chosen = known_unit(str(unit))
    if chosen is None:
        message = f"unit must be pg/mL, NPX or log2; got {unit!r}.{nearest(str(unit), UNITS)}"
        raise PanelError(message)
    if format.startswith("olink") and chosen != "NPX" and not stated:
        message = f"Format {format} holds NPX; got unit {chosen}. Leave the unit out or write NPX."
        raise PanelError(message)
    if stated and stated[0] != chosen:
        message = f"The unit was declared as {chosen}, but the panel file says {stated[0]!r}."
        raise PanelError(message)
    return chosen
