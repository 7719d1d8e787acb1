"""The house style of every figure: sizes, colours that everyone can tell apart, stable bytes."""

import io
import re
from collections.abc import Callable
from functools import wraps
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, cast

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "ACCENT",
    "GREY",
    "INK",
    "MUTED",
    "drawn_in_house_style",
    "group_colours",
    "new_axes",
    "save_png",
    "to_svg",
    "whole_figure",
]

INK, MUTED, GREY, RULE = "#1f2933", "#52606d", "#9aa5b1", "#dfe4ea"
ACCENT = "#0072b2"

# Okabe and Ito's palette: told apart under every common form of colour blindness.
CASE_COLOURS = ("#d55e00", "#cc79a7")
REFERENCE_COLOURS = ("#0072b2", "#56b4e9")
COMPARISON_COLOURS = ("#009e73", "#b8860b", "#7a5195", "#4d4d4d")

STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 10.5,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "subtyping",
}

P = ParamSpec("P")


def drawn_in_house_style(draw: "Callable[P, Axes]") -> "Callable[P, Axes]":
    """Decorate a figure function so that it draws in the house style and no other.

    Settings of the person's own matplotlibrc do not leak in, and ours do not leak out.

    Examples
    --------
    >>> @drawn_in_house_style
    ... def blank():
    ...     return new_axes(4, 3)
    >>> blank().spines["top"].get_visible()
    False
    """

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> "Axes":
        from matplotlib import rc_context, rcParamsDefault

        settings = {
            name: value for name, value in rcParamsDefault.items() if not name.startswith("backend")
        }
        with rc_context(settings | STYLE):
            return draw(*args, **kwargs)

    return styled


def new_axes(width: float = 6.8, height: float = 4.2) -> "Axes":
    """Return the only Axes of a new figure, outside any global figure state.

    Parameters
    ----------
    width, height : float
        Size in inches.

    Returns
    -------
    matplotlib.axes.Axes
        Its ``figure`` is laid out so that labels never overlap the edges.

    Examples
    --------
    >>> new_axes(4, 3).figure.get_size_inches().tolist()
    [4.0, 3.0]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def whole_figure(axes: "Axes") -> "Figure":
    """Return the figure that `axes` stands in."""
    return cast("Figure", axes.get_figure(root=True))


def group_colours(groups: pd.DataFrame) -> dict[str, str]:
    """Return the colour of every group; a role keeps its colours in every figure.

    Parameters
    ----------
    groups : pandas.DataFrame
        ``group, role, n`` with role one of case, reference, comparison, none.

    Returns
    -------
    dict
        Hexadecimal colour for each group, in the order of the table.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["HC", "MDD"], "role": ["reference", "case"], "n": [9, 9]})
    >>> group_colours(table)
    {'HC': '#0072b2', 'MDD': '#d55e00'}
    """
    cycles = {
        "case": CASE_COLOURS,
        "reference": REFERENCE_COLOURS,
        "comparison": COMPARISON_COLOURS,
    }
    used: dict[str, int] = {}
    colours = {}
    for group, role in zip(groups["group"].astype(str), groups["role"], strict=True):
        cycle = cycles.get(str(role), (GREY,))
        colours[group] = cycle[used.get(role, 0) % len(cycle)]
        used[role] = used.get(role, 0) + 1
    return colours


def save_png(axes: "Axes", path: Path | str) -> Path:
    """Write the figure of `axes` as PNG (160 dots per inch, no date, no software line).

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    path : path

    Returns
    -------
    pathlib.Path
        Where it was written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_png(new_axes(2, 2), Path(folder) / "empty.png").read_bytes()[1:4]
    b'PNG'
    """
    from matplotlib import rc_context

    target = Path(path)
    with rc_context(STYLE):
        whole_figure(axes).savefig(target, format="png", dpi=160, metadata={"Software": None})
    return target


def to_svg(axes: "Axes", *, title: str = "", description: str = "", prefix: str = "figure") -> str:
    """Return the figure of `axes` as an SVG fragment to set inside an HTML page.

    Same figure, same text: ids come from a fixed salt and carry `prefix`, so that several
    figures can stand on one page; there is no date, no document type and no link outwards.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Any axes made by this package.
    title, description : str
        Read out by screen readers; the title names the figure, the description says what it
        shows.
    prefix : str
        Put before every id.

    Returns
    -------
    str
        ``<svg ...>...</svg>``

    Examples
    --------
    >>> fragment = to_svg(new_axes(2, 2), title="Empty", prefix="a")
    >>> fragment.startswith("<svg"), "a-title" in fragment
    (True, True)
    """
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context(STYLE):
        whole_figure(axes).savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<style type=\"text/css\">.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\sid=")', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    label = (
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    )
    opening, rest = svg.split(">", 1)
    described = f' role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    return f"{opening}{described}>{label}{rest}"
