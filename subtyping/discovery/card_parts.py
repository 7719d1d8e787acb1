"""Values of a JSON document, each of the kind it should be."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

__all__ = [
    "block_of",
    "list_of",
    "number_of",
    "numbers_of",
    "refuse",
    "require_choice",
    "require_range",
    "texts_of",
]

LARGEST = 1e100  # squares and products of numbers below it stay finite


def refuse(name: str, wanted: str, got: object) -> NoReturn:
    """Raise because a part is not of its kind.

    Examples
    --------
    >>> refuse("unit", "text", 7)
    Traceback (most recent call last):
    ValueError: unit should be text; got 7
    """
    shown = repr(got)
    message = f"{name} should be {wanted}; got {shown if len(shown) <= 40 else shown[:37] + '...'}"
    raise ValueError(message)


def block_of(parent: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    """Return an object of a card; KeyError where it is missing.

    Examples
    --------
    >>> block_of({"axis": {"scale": 1}}, "axis")
    {'scale': 1}
    """
    value = parent[name]
    if not isinstance(value, Mapping):
        refuse(path + name, "an object", value)
    return value


def require_choice(value: object, options: Sequence[object], name: str) -> None:
    """Raise unless a text, or null, is one of `options`.

    Examples
    --------
    >>> require_choice("pg", ("NPX", None), "unit")
    Traceback (most recent call last):
    ValueError: unit should be one of NPX, null; got 'pg'
    """
    if not isinstance(value, str | None) or value not in options:
        refuse(name, "one of " + ", ".join(str(o or "null") for o in options), value)


def number_of(value: object, name: str, *, above: float = -math.inf) -> float:
    """Return a number that JSON knows and arithmetic bears.

    Examples
    --------
    >>> number_of(2, "scale", above=0)
    2.0
    >>> number_of(float("nan"), "scale")
    Traceback (most recent call last):
    ValueError: scale should be a finite number; got nan
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool | np.bool_)
    if not is_number or not abs(_as_float(value)) <= LARGEST:
        refuse(name, "a finite number", value)
    number = _as_float(value)
    if not number > above:
        refuse(name, f"above {above:g}", value)
    return number


def list_of(value: object, name: str, n: int | None = None) -> Sequence[Any]:
    """Return a list, of `n` entries where that is given.

    Examples
    --------
    >>> list_of([1, 2], "means", 3)
    Traceback (most recent call last):
    ValueError: means should hold 3 entries; it holds 2
    """
    if not isinstance(value, list | tuple):
        refuse(name, "a list", value)
    if n is not None and len(value) != n:
        message = f"{name} should hold {n} entries; it holds {len(value)}"
        raise ValueError(message)
    return value


def numbers_of(
    value: object,
    name: str,
    n: int | None = None,
    *,
    above: float = -math.inf,
    may_be_null: bool = False,
) -> Sequence[Any]:
    """Return a list of finite numbers, with nulls where they are allowed.

    Examples
    --------
    >>> numbers_of([1, None], "floor", may_be_null=True)
    [1, None]
    """
    values = list_of(value, name, n)
    for item in values:
        if not (may_be_null and item is None):
            number_of(item, f"each entry of {name}", above=above)
    return values


def texts_of(value: object, name: str) -> Sequence[str]:
    """Return a list of text without repeats.

    Examples
    --------
    >>> texts_of(["IL4", "IL4"], "members")
    Traceback (most recent call last):
    ValueError: members names something twice
    """
    values = list_of(value, name)
    for item in values:
        if not isinstance(item, str):
            refuse(f"each entry of {name}", "text", item)
    if len(set(values)) < len(values):
        message = f"{name} names something twice"
        raise ValueError(message)
    return values


def require_range(block: Mapping[str, Any], low: str, high: str, path: str) -> None:
    """Raise where the limits of a range stand upside down.

    Examples
    --------
    >>> require_range({"min": 0, "max": 1}, "min", "max", "handling")
    """
    least, most = (number_of(block[name], f"{path}.{name}") for name in (low, high))
    if least > most:
        message = f"{path}.{low} should not be above {path}.{high}; got {least:g} and {most:g}"
        raise ValueError(message)


def _as_float(value: Any) -> float:
    """Return a number as a float; one too large for it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
