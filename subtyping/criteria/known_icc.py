"""The repeatability of the marker of a clause: given, from repeated visits, or published."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause, clause_values, column_of
from subtyping.criteria.routine_limits import Routine, routine_for_cuts, routine_numbers
from subtyping.exceptions import InputError
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.repeatability import within_person_icc
from subtyping.panel.panel import Panel
from subtyping.statistics.repeatability import Estimate, icc_agreement

__all__ = ["LEAST_PEOPLE", "GivenIcc", "KnownIcc", "known_icc"]

LEAST_PEOPLE = 20

GivenIcc = float | tuple[float, float, float] | Estimate


@dataclass(frozen=True)
class KnownIcc:
    """Repeatability of one sample, as far as it is known.

    Attributes
    ----------
    kind : {"estimate", "range", "lower_bound"} or None
        None where nothing is known.
    value, low, high : float
        Estimate and its interval, or the ends that are known; NaN where not.
    reason : str
        Where it comes from, or why there is none.
    """

    kind: str | None
    value: float
    low: float
    high: float
    reason: str

    @property
    def usable(self) -> float:
        """The estimate; where there is none the lower end, which promises least."""
        return self.value if np.isfinite(self.value) else self.low

    def along(self, way: float | None) -> float:
        """Return the estimate (None), or the ICC part of the `way` from its low to its high end.

        Over a lower bound the ICC may be as high as 1. NaN where an end is not known.
        """
        if way is None:
            return self.value
        high = 1.0 if self.kind == "lower_bound" else self.high
        return self.low + way * (high - self.low)


def known_icc(
    clause: Clause,
    panel: Panel,
    *,
    given: GivenIcc | Mapping[str, GivenIcc] | None = None,
    visits: Panel | None = None,
    visits_routine: Routine | None = None,
) -> KnownIcc:
    """Return the repeatability of the marker of a clause: given, else of the visits, else known.

    Parameters
    ----------
    clause : Clause
    panel : Panel
        Its platform is what published rows are matched to.
    given : float, tuple (value, low, high), Estimate, or mapping of marker to these, optional
    visits : Panel, optional
        Repeated samples of people (``subject``, perhaps ``visit``), in the unit of the clause. The
        first two samples of each person are compared, on the log2 scale, where both were
        detected: ICC(2,1), absolute agreement.
    visits_routine : pandas.DataFrame or RoutineValues, optional
        Routine markers of the visits; a level known only as a limit is left out.

    Returns
    -------
    KnownIcc
        Limits below 0 count as 0.

    Raises
    ------
    InputError
        If a given ICC lies outside 0 to 1, or outside the interval given with it.

    Examples
    --------
    >>> from subtyping.panel import panel_from_frame
    >>> panel = panel_from_frame(pd.DataFrame({"CCL17": [9.0]}, index=["a"]),
    ...                          pd.DataFrame(index=["a"]))
    >>> clause = Clause("CCL17", ">=", 10.2, "NPX")
    >>> known_icc(clause, panel, given=(0.6, 0.5, 0.7)).value
    0.6
    >>> known_icc(clause, panel).kind, known_icc(clause, panel).low
    ('lower_bound', 0.4)
    """
    one = given.get(clause.marker) if isinstance(given, Mapping) else given
    if one is not None:
        return _as_given(clause, one)
    why = ""
    if visits is not None:
        found = _of_visits(clause, visits, visits_routine)
        if found.kind:
            return found
        why = f"{found.reason} "
    known = within_person_icc(clause.marker, panel.platform)
    return KnownIcc(known.kind, known.value, known.low, known.high, f"{why}{known.reason}")


def _as_given(clause: Clause, one: GivenIcc) -> KnownIcc:
    if isinstance(one, Estimate):
        one = (one.value, one.ci_low, one.ci_high)
    value, low, high = one if isinstance(one, tuple) else (one, np.nan, np.nan)
    numbers = [float(number) for number in (value, low, high)]
    if not 0 <= numbers[0] <= 1:
        message = f"The ICC of {clause.name} must lie between 0 and 1; got {value}."
        raise InputError(message)
    if numbers[1] > numbers[0] or numbers[0] > numbers[2]:
        message = (
            f"The ICC of {clause.name} must lie in its interval, written [value, low, high]; "
            f"got {value:g} with {low:g} to {high:g}."
        )
        raise InputError(message)
    low, high = (float(np.clip(end, 0, 1)) for end in numbers[1:])
    return KnownIcc("estimate", numbers[0], low, high, f"ICC {numbers[0]:.2f} as given.")


def _of_visits(clause: Clause, visits: Panel, routine: Routine | None) -> KnownIcc:
    """Return the ICC of the first two samples of people who have two."""
    nan = float("nan")
    if not _is_held(clause, visits, routine):
        return KnownIcc(None, nan, nan, nan, f"The repeated visits do not hold {clause.name}.")
    pairs, n_people = _pairs(clause, visits, routine)
    if len(pairs) < LEAST_PEOPLE:
        reason = (
            f"{len(pairs)} people have two samples with {clause.name} measured and detected; "
            f"at least {LEAST_PEOPLE} are needed for an ICC of one's own."
        )
        return KnownIcc(None, nan, nan, nan, reason)
    icc = icc_agreement(pairs)
    if not np.isfinite(icc.value):
        return KnownIcc(None, nan, nan, nan, f"{clause.name} does not vary between the visits.")
    value, low, high = (float(np.clip(x, 0, 1)) for x in (icc.value, icc.ci_low, icc.ci_high))
    left_out = n_people - len(pairs)
    reason = f"ICC(2,1) of two samples of {len(pairs)} people of this study, log2 scale"
    reason += f"; {left_out} people left out, not measured or detected twice." if left_out else "."
    return KnownIcc("estimate", value, low, high, reason)


def _is_held(clause: Clause, visits: Panel, routine: Routine | None) -> bool:
    """Return whether the visits measured the marker of a clause."""
    if clause.source == "routine":
        numbers = routine_numbers(routine)
        return numbers is not None and clause.marker in numbers.columns
    names = {clause.marker, resolve_analyte(clause.marker)}
    return bool(names & set(map(str, visits.values.columns)))


def _pairs(clause: Clause, visits: Panel, routine: Routine | None) -> tuple[np.ndarray, int]:
    """Return log2 values of two samples for each person, and how many people have two."""
    if "subject" not in visits.samples:
        message = (
            "Repeated visits need to say which samples are of one person; map the role subject."
        )
        raise InputError(message)
    exact = routine_for_cuts(routine)
    values = clause_values(clause, visits, exact).replace([np.inf, -np.inf], np.nan).to_numpy()
    if clause.source == "panel":
        low = visits.below_lod[column_of(clause, visits)].to_numpy(dtype=bool)
        values = np.where(low, np.nan, values)
    if clause.source == "routine" or not visits.is_log_scale:
        values = np.log2(np.where(values > 0, values, np.nan))
    frame = pd.DataFrame({"subject": visits.samples["subject"].to_numpy(), "value": values})
    frame = frame[frame["subject"].notna()]
    if "visit" in visits.samples:
        frame["visit"] = visits.samples["visit"].to_numpy()[frame.index]
        frame = frame.drop_duplicates(["subject", "visit"])
    frame["k"] = frame.groupby("subject", sort=False).cumcount()
    first, second = (frame[frame["k"] == k].set_index("subject")["value"] for k in range(2))
    two = np.column_stack([first.reindex(second.index), second]).astype(float)
    return two[np.isfinite(two).all(axis=1)], len(second)
