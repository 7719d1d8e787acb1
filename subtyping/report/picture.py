"""One figure of the report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """One figure of the report.

    Attributes
    ----------
    name : str
        File name without its ending.
    title, caption : str
        A heading, and one or two sentences that say how to read the figure.
    draw : callable
        Returns the Axes.
    """

    name: str
    title: str
    caption: str
    draw: "Callable[[], Any]"
