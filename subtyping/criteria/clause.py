"""One marker against one threshold, and who meets it."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from subtyping._validation import list_some, nearest, one_of
from subtyping.criteria.routine_limits import Routine, routine_numbers, settled_by_limits
from subtyping.exceptions import InputError
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.routine import to_canonical
from subtyping.panel.panel import UNITS, Panel
from subtyping.panel.routine import RoutineValues

__all__ = ["Clause", "checked_clauses", "clause_met", "clause_values", "column_of"]

PROTOCOL_NAMES = {"crp": "CRP", "ige": "IgE"}
_OPERATORS = (">=", "<=", ">", "<")
_LOG_UNITS = ("NPX", "log2")


@dataclass(frozen=True)
class Clause:
    """One marker against one threshold.

    Attributes
    ----------
    marker : str
        An analyte of the panel, or a routine marker such as ``crp``.
    operator : {">=", "<=", ">", "<"}
        How the marker compares with the threshold.
    threshold : float
        Threshold in `unit`; below 0 only in NPX or log2, which can be.
    unit : str
        The panel's unit (``pg/mL``, ``NPX``, ``log2``) or any unit of the routine marker.
    source : {"panel", "routine"}, default "panel"
        Where the marker is measured.
    grey_low, grey_high : float or None
        Ends of the grey zone in `unit`: values for which one sample does not settle whether the
        person's usual value lies beyond the threshold. None where no repeatability is known.

    Examples
    --------
    >>> Clause("CCL17", ">=", 10.21, "NPX").text
    'CCL17 >= 10.21 NPX'
    """

    marker: str
    operator: str
    threshold: float
    unit: str
    source: str = "panel"
    grey_low: float | None = None
    grey_high: float | None = None

    def __post_init__(self) -> None:
        for name, text in (("marker", self.marker), ("unit", self.unit)):
            if not _is_name(text):
                message = (
                    f"A clause's {name} must be a name on one line, without blanks around it; "
                    f"got {str(text)[:40]!r}."
                )
                raise InputError(message)
        one_of(self.operator, _OPERATORS, "A clause's operator")
        one_of(self.source, ("panel", "routine"), "A clause's source")
        threshold = _number(self.threshold, f"The threshold of {self.marker}")
        object.__setattr__(self, "threshold", threshold)
        if self.source == "panel":
            one_of(self.unit, UNITS, f"The unit of {self.marker}")
        else:
            to_canonical(self.marker, threshold, self.unit)  # says what units there are
        self._check_grey()
        self._check_sign()

    def _check_sign(self) -> None:
        """Raise where a concentration or a count would have to lie below 0."""
        if self.source == "panel" and self.unit in _LOG_UNITS:
            return
        grey = f"An end of the grey zone of {self.marker}"
        ends = ((f"The threshold of {self.marker}", self.threshold), (grey, self.grey_low))
        for what, value in ends:
            if value is not None and value < 0:
                message = (
                    f"{what} must be 0 or more in {self.unit}; got "
                    f"{value:g}. Only NPX and log2 have values below 0."
                )
                raise InputError(message)

    def _check_grey(self) -> None:
        ends = (self.grey_low, self.grey_high)
        if ends == (None, None):
            return
        low, high = (_number(end, f"An end of the grey zone of {self.marker}") for end in ends)
        if low > high:
            message = f"The grey zone of {self.marker} must rise; got {low} to {high}."
            raise InputError(message)
        object.__setattr__(self, "grey_low", low)
        object.__setattr__(self, "grey_high", high)

    @property
    def name(self) -> str:
        """The marker as a protocol names it."""
        return PROTOCOL_NAMES.get(self.marker, self.marker)

    @property
    def text(self) -> str:
        """The clause as a protocol would write it."""
        unit = self.unit if self.unit.startswith("/") else f" {self.unit}"
        return f"{self.name} {self.operator} {self.threshold:.6g}{unit}"

    def compare(self, values: pd.Series, threshold: float | None = None) -> pd.Series:
        """Return True, False or NA for each value (NA where missing)."""
        numbers = values.to_numpy(dtype=float)
        cut = self.threshold if threshold is None else threshold
        met = {
            ">=": numbers >= cut,
            "<=": numbers <= cut,
            ">": numbers > cut,
            "<": numbers < cut,
        }[self.operator]
        return pd.Series(met, index=values.index, dtype="boolean").mask(values.isna())

    @property
    def is_upward(self) -> bool:
        """Whether high values meet the clause."""
        return self.operator in (">=", ">")


def clause_met(clause: Clause, panel: Panel, routine: Routine | None = None) -> pd.Series:
    """Return who meets a clause.

    Parameters
    ----------
    clause : Clause
    panel : Panel
        In the unit of the clause.
    routine : pandas.DataFrame or RoutineValues, optional
        Routine markers in canonical units, indexed by sample_id. Of a level known only as below
        or above a limit the answer is missing where the threshold lies beyond the limit; of an
        analyte known only as above one (``>300``) likewise.

    Returns
    -------
    pandas.Series of boolean
        True, False or NA for each sample of the panel, as `EligibilityRule.apply` says.

    Raises
    ------
    InputError
        If the marker is absent or the panel has another unit.
    """
    values = clause_values(clause, panel, routine)
    if clause.source == "routine":
        return _routine_met(clause, values, routine)
    column = column_of(clause, panel)
    below = panel.below_lod[column].to_numpy(dtype=bool)
    above = panel.above_uloq[column].to_numpy(dtype=bool)
    limit = panel.lod[column].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        surely_below = below & (clause.threshold > limit)
        is_open = above & (values.to_numpy(dtype=float) < clause.threshold)  # > 300 against 510
    met = clause.compare(values)
    met[surely_below] = not clause.is_upward
    met[above] = clause.is_upward
    met[is_open] = pd.NA
    return met


def clause_values(clause: Clause, panel: Panel, routine: Routine | None = None) -> pd.Series:
    """Return the values a clause compares: of the panel, or of the routine marker (canonical).

    Parameters
    ----------
    clause : Clause
    panel : Panel
    routine : pandas.DataFrame or RoutineValues, optional
        Routine markers in canonical units, indexed by sample_id.

    Returns
    -------
    pandas.Series of float
        One for each sample of the panel.

    Raises
    ------
    InputError
        If the marker is absent or the panel has another unit.
    """
    if clause.source == "routine":
        numbers = routine_numbers(routine)
        held = [] if numbers is None else [str(name) for name in numbers.columns]
        if numbers is None or clause.marker not in held:
            message = (
                f"The rule needs the routine marker {clause.marker}, which was not given; "
                f"there is {list_some(held) or 'none'}. Map its column under `routine`."
                f"{nearest(clause.marker, held)}"
            )
            raise InputError(message)
        return numbers[clause.marker].reindex(panel.sample_ids).astype(float)
    column = column_of(clause, panel)
    if clause.unit != panel.unit:
        message = (
            f"The threshold of {clause.marker} is in {clause.unit} and the panel in {panel.unit}. "
            "A threshold holds only in the unit and platform it was set in."
        )
        raise InputError(message)
    return panel.values[column].astype(float)


def _routine_met(clause: Clause, values: pd.Series, routine: Routine | None) -> pd.Series:
    cut = float(to_canonical(clause.marker, clause.threshold, clause.unit))
    met = clause.compare(values, cut)
    if isinstance(routine, RoutineValues):
        under, over, either = settled_by_limits(routine, clause.marker, cut, values.index)
        met[under], met[over], met[either] = not clause.is_upward, clause.is_upward, pd.NA
    return met


def column_of(clause: Clause, panel: Panel) -> str:
    """Return the analyte of the panel a clause speaks of, by its name or another name of it."""
    if clause.marker in panel.values.columns:
        return clause.marker
    symbol = resolve_analyte(clause.marker)
    if symbol is not None and symbol in panel.values.columns:
        return symbol
    message = (
        f"The rule needs {clause.marker}, which the panel does not hold."
        f"{nearest(clause.marker, panel.values.columns)}"
    )
    raise InputError(message)


def checked_clauses(given: object, most: int) -> tuple[Clause, ...]:
    """Return the clauses of a rule, or raise where they are none or too many."""
    if not isinstance(given, list | tuple) or not all(isinstance(one, Clause) for one in given):
        message = f"A rule's clauses must be a list of Clause; got {str(given)[:60]}."
        raise InputError(message)
    if len(given) > most:
        message = f"A rule has at most {most} clauses; got {len(given)}."
        raise InputError(message)
    return tuple(given)


def _is_name(text: object) -> bool:
    """Return whether it is text that can be printed on one line, without blanks around it."""
    return isinstance(text, str) and bool(text) and text.isprintable() and text == text.strip()


def _number(value: object, what: str) -> float:
    """Return a finite number, or say what came instead."""
    number = float("nan")
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
    if not np.isfinite(number):
        message = f"{what} must be a number; got {str(value)[:40]}."
        raise InputError(message)
    return number
