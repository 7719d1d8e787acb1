"""One line of evidence."""

from dataclasses import dataclass

__all__ = ["EVIDENCE_COLUMNS", "Line", "p_text"]

EVIDENCE_COLUMNS = (
    "line",
    "statistic",
    "value",
    "ci_low",
    "ci_high",
    "p_value",
    "null_twin",
    "decides",
    "sentence",
)


@dataclass(frozen=True)
class Line:
    """One line of evidence; NaN where a number does not apply."""

    line: str
    statistic: str
    value: float
    sentence: str
    ci_low: float = float("nan")
    ci_high: float = float("nan")
    p_value: float = float("nan")
    null_twin: float = float("nan")
    decides: bool = False


def p_text(p_value: float) -> str:
    """Return a p-value to three digits, without the leading zero.

    Examples
    --------
    >>> p_text(0.0049), p_text(1.0)
    ('.005', '1.000')
    """
    return f"{p_value:.3f}".replace("0.", ".", 1)
