"""What is known of the noise of the markers: repeatability, assay, lower limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real

from subtyping._validation import nearest
from subtyping.criteria.known_icc import GivenIcc
from subtyping.criteria.routine_limits import Routine, routine_numbers
from subtyping.exceptions import InputError
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel
from subtyping.panel.routine import routine_analytes
from subtyping.statistics.repeatability import Estimate

__all__ = ["Noise"]

_MOST_CV_PCT = 1000.0  # an assay noisier than this measures nothing


@dataclass(frozen=True, eq=False)
class Noise:
    """What is known of the noise of the markers, beside what is published.

    Attributes
    ----------
    icc : float, tuple, Estimate, mapping of marker to these, or None
        Repeatability of one sample on the log2 scale; one number holds for every marker.
    cv_pct : float or None
        Coefficient of variation of the assay of the panel between plates.
    lloq : mapping of str to float
        Lower limit of quantification by analyte, in the unit of the panel.
    visits : Panel or None
        Repeated samples of the people who would be screened.
    visits_routine : pandas.DataFrame or RoutineValues or None
        Routine markers of the visits.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> panel = panel_from_frame(pd.DataFrame({"CCL17": [9.0]}, index=["a"]),
    ...                          pd.DataFrame(index=["a"]))
    >>> Noise(icc={"TARC": 0.6}).for_people(panel).icc
    {'CCL17': 0.6}
    >>> Noise(lloq={"CCL71": 2.0}).for_people(panel)
    Traceback (most recent call last):
    ...
    subtyping.exceptions.InputError: criteria.lloq: 'CCL71' is no analyte of the panel. Did you \
mean 'CCL17'?
    """

    icc: GivenIcc | Mapping[str, GivenIcc] | None = None
    cv_pct: float | None = None
    lloq: Mapping[str, float] = field(default_factory=dict)
    visits: Panel | None = None
    visits_routine: Routine | None = None

    def for_people(self, panel: Panel, routine: Routine | None = None) -> "Noise":
        """Return the same with the names the panel and the routine markers have.

        Parameters
        ----------
        panel : Panel
        routine : pandas.DataFrame or RoutineValues, optional

        Returns
        -------
        Noise

        Raises
        ------
        InputError
            If a name was not measured or comes twice, or a number cannot be what it is given as.
        """
        self._check_numbers()
        joined = set(routine_analytes(panel))
        own = [name for name in map(str, panel.values.columns) if name not in joined]
        numbers = routine_numbers(routine)
        held = [] if numbers is None else [str(name) for name in numbers.columns]
        icc = self.icc
        if isinstance(icc, Mapping):
            what = "neither an analyte of the panel nor a routine marker"
            names = _resolved(icc, own, held, "criteria.icc", what)
            icc = {names[name]: value for name, value in icc.items()}
        names = _resolved(self.lloq, own, [], "criteria.lloq", "no analyte of the panel")
        for name, limit in self.lloq.items():
            if not _is_number(limit) or (limit <= 0 and not panel.is_log_scale):
                message = (
                    f"criteria.lloq: the limit of {name} must be a number"
                    f"{'' if panel.is_log_scale else ' above 0'} in {panel.unit}; got {limit}."
                )
                raise InputError(message)
        return replace(self, icc=icc, lloq={names[k]: float(v) for k, v in self.lloq.items()})

    def _check_numbers(self) -> None:
        """Raise where an ICC, the CV or the limits are not numbers of their kind."""
        if not isinstance(self.lloq, Mapping):
            message = f"criteria.lloq must be a limit by analyte; got {self.lloq!r}."
            raise InputError(message)
        cv_pct = self.cv_pct
        if cv_pct is not None and not (_is_number(cv_pct) and 0 <= cv_pct <= _MOST_CV_PCT):
            message = (
                "criteria.cv_pct: the coefficient of variation must be 0 or more and at most "
                f"{_MOST_CV_PCT:g}, in per cent; got {cv_pct!r}."
            )
            raise InputError(message)
        many = isinstance(self.icc, Mapping)
        given = list(self.icc.values()) if isinstance(self.icc, Mapping) else [self.icc]
        for one in given:
            numbers = one if isinstance(one, tuple) else (one,)
            is_known = isinstance(one, Estimate) or (one is None and not many)
            if not is_known and (len(numbers) not in (1, 3) or not all(map(_is_number, numbers))):
                message = (
                    "criteria.icc must hold numbers between 0 and 1, or (value, low, high) by "
                    f"marker; got {one!r}."
                )
                raise InputError(message)


def _is_number(value: object) -> bool:
    """Return whether it is a finite number and no truth value."""
    is_real = isinstance(value, Real) and not isinstance(value, bool)
    return is_real and abs(value) < float("inf")  # type: ignore[arg-type]


def _resolved(
    given: Iterable[str], own: list[str], held: list[str], key: str, what: str
) -> dict[str, str]:
    """Return the marker that each name means."""
    by_analyte = {routine_analyte(name): name for name in held}
    known, found = [*own, *held], dict[str, str]()
    for name in given:
        marker = name if name in known else resolve_analyte(name) or name
        marker = by_analyte.get(marker, marker) if marker not in known else marker
        if marker not in known:
            message = f"{key}: {name!r} is {what}.{nearest(name, known)}"
            raise InputError(message)
        if marker in found.values():
            message = f"{key} names {marker} twice, once as {name!r}; keep one."
            raise InputError(message)
        found[name] = marker
    return found
