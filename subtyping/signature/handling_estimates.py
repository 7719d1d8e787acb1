"""Differences between groups on every axis, with handling reported, dropped or regressed out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping.axes import AxisModel, AxisScorer, fit_axis_model
from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.preparation.prepared import Prepared

__all__ = ["CASES", "GROUP", "Key", "People", "bootstrap", "estimates", "scored_axes"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Key = tuple[str, str, str, str]

CASES = "cases - reference"
GROUP = "group - other cases"
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class People:
    """Who is compared, on which matrix, and the axes of each option."""

    z: pd.DataFrame
    handling: Floats
    is_marker: Mask
    is_case: Mask
    is_reference: Mask
    in_group: Mask | None
    models: Mapping[str, tuple[AxisModel, ...]]
    rows: NDArray[np.int64]

    @property
    def sides(self) -> dict[str, tuple[Mask, Mask]]:
        """The two sides of each contrast."""
        found = {CASES: (self.is_case, self.is_reference)}
        if self.in_group is not None:
            found[GROUP] = (self.in_group, self.is_case & ~self.in_group)
        return found


def _variants(people: People) -> dict[str, pd.DataFrame]:
    """The matrix under each option, learnt in the reference people of this people."""
    X = people.z.to_numpy()
    mine = people.is_reference
    adjuster = HandlingAdjuster().fit(
        X[mine], handling=people.handling[mine], is_marker=people.is_marker
    )
    found = {"report": people.z, "drop": people.z.loc[:, ~people.is_marker]}
    if adjuster.n_reference_:  # else nothing was learnt and nothing would change
        regressed = adjuster.transform(X, handling=people.handling)
        found["regress_out"] = pd.DataFrame(regressed, columns=people.z.columns)
    return found


def scored_axes(
    prepared: Prepared, scorer: AxisScorer, people: People
) -> dict[str, tuple[AxisModel, ...]]:
    """The axes that can be scored under each option."""
    found = {}
    for option, z in _variants(people).items():
        variant = replace(prepared, z=z.set_axis(prepared.z.index, axis=0))
        fresh = AxisScorer(scorer.axes, only_declared=scorer.only_declared)
        fresh.fit(variant, people.is_case, people.is_reference)
        found[option] = tuple(fresh.models_.values())
    return found


def estimates(people: People) -> dict[Key, float]:
    """Difference of means by (contrast, axis, quantity, option)."""
    sides = people.sides
    found = {
        (contrast, "", "handling", "report"): _difference(people.handling, *masks)
        for contrast, masks in sides.items()
    }
    for option, z in _variants(people).items():
        z_reference, z_case = z[people.is_reference], z[people.is_case]
        for model in people.models.get(option, ()):
            fitted = fit_axis_model(
                model.name, model.members, model.level_analytes, z_reference, z_case
            )
            scored = fitted.scores(z)
            for quantity in ("score", "skew"):
                values = scored[quantity].to_numpy()
                for contrast, masks in sides.items():
                    found[contrast, model.name, quantity, option] = _difference(values, *masks)
    return found


def _difference(values: Floats, first: Mask, second: Mask) -> float:
    one, two = values[first], values[second]
    one, two = one[np.isfinite(one)], two[np.isfinite(two)]
    return float(one.mean() - two.mean()) if len(one) and len(two) else NAN


def _resampled(people: People) -> dict[Key, float]:
    rows = people.rows
    return estimates(
        replace(
            people,
            z=people.z.iloc[rows].reset_index(drop=True),
            handling=people.handling[rows],
            is_case=people.is_case[rows],
            is_reference=people.is_reference[rows],
            in_group=None if people.in_group is None else people.in_group[rows],
        )
    )


def bootstrap(people: People, resamples: int, seed: int, jobs: int | None) -> pd.DataFrame:
    """One row per resample, one column per estimate."""
    parts = [np.flatnonzero(people.is_reference)]
    if people.in_group is None:
        parts.append(np.flatnonzero(people.is_case))
    else:
        parts += [np.flatnonzero(m) for m in (people.in_group, people.is_case & ~people.in_group)]
    todo = []
    for k in range(resamples):
        rng = stream(seed, "handling sensitivity", k)
        rows = np.concatenate([rng.choice(part, len(part)) for part in parts])
        todo.append(replace(people, rows=rows))
    return pd.DataFrame(map_in_order(_resampled, todo, jobs=jobs))
