"""The markers a rule may use: one column each, censored values at the ends of the scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import nearest
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import routine_markers
from subtyping.panel.panel import Panel
from subtyping.panel.routine import routine_analytes
from subtyping.prediction.routine import check_routine

__all__ = ["Candidates", "NoMarkerError", "candidate_markers"]

_DETECTED_IN_CASES = 0.75
_LEAST_MEASURED = 0.5


class NoMarkerError(InputError):
    """No marker is measured in enough cases to carry a rule."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate markers of the same people.

    Attributes
    ----------
    values : ndarray of shape (n_people, n_markers)
        In each marker's own unit; below detection is minus infinity, above the upper limit plus
        infinity, with a number or without, not measured NaN.
    names, units, sources : tuple of str
        Marker, unit of its thresholds, and ``panel`` or ``routine``.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    units: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def is_log(self) -> tuple[bool, ...]:
        """Which markers are compared on the log scale: concentrations and counts, all above 0."""
        return tuple(
            unit not in ("NPX", "log2") and bool((column[np.isfinite(column)] > 0).all())
            for unit, column in zip(self.units, self.values.T, strict=True)
        )


def candidate_markers(
    panel: Panel,
    routine: pd.DataFrame | None = None,
    *,
    first: Sequence[str] = (),
    only: Sequence[str] | None = None,
) -> Candidates:
    """Collect the markers that a rule for these people may use.

    An analyte qualifies if it is detected in at least 75 % of the people measured, a routine
    marker if at least half of the people have a value; either must vary.

    Parameters
    ----------
    panel : Panel
        The cases.
    routine : pandas.DataFrame, optional
        Routine markers in canonical units, indexed by sample_id.
    first : sequence of str
        Analytes placed first (members of the axis); they win ties.
    only : sequence of str, optional
        Markers to consider; all that qualify by default.

    Returns
    -------
    Candidates

    Raises
    ------
    InputError
        If `only` names a marker that is neither analyte nor routine marker, none qualifies, or
        the routine markers hold a sample twice, text, or none of the people.
    """
    if routine is not None:
        check_routine(routine, panel.sample_ids)
    held = [] if routine is None else [str(name) for name in routine.columns]
    known = [*map(str, panel.values.columns), *held]
    for name in only or ():
        if name not in known:
            message = f"criteria.markers names {name!r}, which was not measured."
            raise InputError(message + nearest(name, known))
    share = panel.detected_frac()
    if routine is not None:  # a routine marker that is an axis member is offered in its own unit
        share = share.drop(list(routine_analytes(panel)))
    analytes = [str(name) for name in share.index[share >= _DETECTED_IN_CASES]]
    analytes.sort(key=lambda name: name not in first)
    columns = [_censored(panel, name) for name in analytes]
    units = [panel.unit] * len(analytes)
    if routine is not None:
        canonical = routine_markers().set_index("marker")["unit"]
        for name in held:
            if name not in canonical.index:
                message = (
                    f"A routine marker must be one of {', '.join(canonical.index)}; got {name!r}."
                )
                raise InputError(message + nearest(name, canonical.index))
            columns.append(routine[name].reindex(panel.sample_ids).to_numpy(dtype=float))
            units.append(str(canonical[name]))
    names = [*analytes, *held]
    kept = [
        i
        for i, column in enumerate(columns)
        if (only is None or names[i] in only) and _varies(column)
    ]
    if not kept:
        message = (
            "No marker can carry a rule: an analyte must be detected in at least 75 % of the "
            "cases, and a routine marker measured in half of them."
        )
        raise NoMarkerError(message)
    return Candidates(
        np.column_stack([columns[i] for i in kept]),
        tuple(names[i] for i in kept),
        tuple(units[i] for i in kept),
        tuple("panel" if i < len(analytes) else "routine" for i in kept),
    )


def _censored(panel: Panel, name: str) -> NDArray[np.float64]:
    values = panel.values[name].to_numpy(dtype=float).copy()
    values[panel.above_uloq[name].to_numpy(dtype=bool)] = np.inf
    values[panel.below_lod[name].to_numpy(dtype=bool)] = -np.inf
    return values


def _varies(column: NDArray[np.float64]) -> bool:
    measured = column[~np.isnan(column)]
    finite = measured[np.isfinite(measured)]
    return len(measured) >= _LEAST_MEASURED * len(column) and len(np.unique(finite)) > 1
