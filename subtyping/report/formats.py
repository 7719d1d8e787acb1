"""Numbers as a reader of the brief sees them."""

from collections.abc import Callable, Mapping
from typing import Any

from subtyping.report.document import plain

__all__ = ["number", "percent", "tenth", "with_interval"]

DASH = "–"


def number(value: object, digits: int = 3) -> str:
    """Return a number for a reader: few digits, a dash where there is none.

    Examples
    --------
    >>> number(0.123456), number(1234.6), number(12), number(None), number(-0.5)
    ('0.123', '1,235', '12', '–', '−0.5')
    """
    found = plain(value)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return DASH if found is None else str(found)
    if isinstance(found, int) or abs(found) >= 1000:
        return f"{found:,.0f}"
    if found and abs(found) < 1e-4:
        return "< 0.0001" if found > 0 else "> −0.0001"
    return f"{found:.{digits}g}".replace("-", "−")


def percent(value: object) -> str:
    """Return a share as whole per cent.

    Examples
    --------
    >>> percent(0.273), percent(float("nan"))
    ('27%', '–')
    """
    found = plain(value)
    return DASH if found is None else f"{100 * found:.0f}%"


def tenth(value: object) -> str:
    """Return a count of people with one decimal, from a hundred on without.

    Examples
    --------
    >>> tenth(3.349), tenth(1.0), tenth(141.2), tenth(None)
    ('3.3', '1.0', '141', '–')
    """
    found = plain(value)
    if found is None:
        return DASH
    return f"{found:,.0f}" if abs(found) >= 100 else f"{found:.1f}"


def with_interval(
    row: Mapping[Any, Any],
    name: str,
    *,
    is_share: bool = False,
    show: Callable[[object], str] = number,
) -> tuple[str, str]:
    """Return an estimate and its interval as two texts; the second is empty where unknown.

    Examples
    --------
    >>> row = {"ppv": 0.5, "ppv_ci_low": 0.41, "ppv_ci_high": 0.59}
    >>> with_interval(row, "ppv", is_share=True)
    ('50%', '41–59')
    >>> with_interval({"shift": 0.1, "shift_ci_low": -0.2, "shift_ci_high": 0.4}, "shift")
    ('0.1', '−0.2 to 0.4')
    """
    low, high = (plain(row.get(f"{name}_ci_{end}")) for end in ("low", "high"))
    text = percent(row.get(name)) if is_share else show(row.get(name))
    if text == DASH or None in (low, high):
        return text, ""
    if is_share:
        return text, f"{100 * low:.0f}{DASH}{100 * high:.0f}"
    joiner = " to " if low < 0 else DASH
    return text, f"{show(low)}{joiner}{show(high)}"
