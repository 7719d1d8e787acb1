"""Designs in which no subtype exists, whatever the data look like."""

from collections.abc import Callable
from typing import Any

import numpy as np

from subtyping.cohorts._growing import Growing
from subtyping.cohorts.known_answer import Expectation, KnownAnswer
from subtyping.knowledge import immune_axes

NOTHING = Expectation(has_subtype=False)
Size = dict[str, Any]


def independent_noise(seed: int, size: Size) -> KnownAnswer:
    """Covariates, plates and handling only: no level, no axis."""
    return Growing(seed, "independent noise", size, has_gradient=False).measure().finish(NOTHING)


def one_law(name: str, law: str, **settings: Any) -> Callable[[int, Size], KnownAnswer]:
    """Return the design whose level and axis factors follow one law."""

    def grow(seed: int, size: Size) -> KnownAnswer:
        cohort = Growing(seed, name, size, **{"axis_law": law, "level_law": law, **settings})
        return cohort.measure().finish(NOTHING)

    return grow


def level_mixture(seed: int, size: Size) -> KnownAnswer:
    """27 % of the cases are inflamed as a whole (+3 SD of the level); their axes are not."""
    cohort = Growing(seed, "level mixture", size, axis_law="normal", level_law="normal")
    cohort.is_member = cohort.pick(0.27)
    cohort.latent.loc[cohort.is_member, "level"] += 3.0
    return cohort.measure().finish(NOTHING)


def correlated_axes(seed: int, size: Size) -> KnownAnswer:
    """Every axis factor is .77 of one skewed factor and .63 of its own (correlation .6)."""
    cohort = Growing(seed, "correlated axes", size, axis_shape=4.0, level_shape=4.0)
    shared = cohort.draws.skewed("shared axis", 4.0)
    for axis in immune_axes():
        cohort.latent[axis] = np.sqrt(0.6) * shared + np.sqrt(0.4) * cohort.latent[axis]
    return cohort.measure().finish(NOTHING)


def detection_pile_up(seed: int, size: Size) -> KnownAnswer:
    """20 to 50 % of the values of each Th2 member lie below detection."""
    cohort = Growing(seed, "detection pile-up", size).measure()
    shares = cohort.rng("limits").uniform(0.2, 0.5, len(cohort.members))
    for name, share in zip(cohort.members, shares, strict=True):
        cohort.lod[name] = max(cohort.lod[name], cohort.values[name].quantile(share))
    return cohort.finish(NOTHING)


def plate_shift(seed: int, size: Size) -> KnownAnswer:
    """One plate in three, declared, reads the members 2 SD higher and the others at random."""
    cohort = Growing(seed, "plate shift", size, n_plates=3).measure()
    shift_one_plate(cohort)
    return cohort.finish(NOTHING)


def shift_one_plate(cohort: Growing) -> None:
    """Move the first plate: members 2 SD up, every other analyte by a normal draw."""
    rows = (cohort.samples["batch"] == "plate_1").to_numpy()
    cohort.move(rows, cohort.members, 2.0)
    cohort.move(rows, cohort.others, cohort.rng("plate").standard_normal(len(cohort.others)))


def lab_shift(*, members_up: float | None) -> Callable[[int, Size], KnownAnswer]:
    """Return the design of a second laboratory that nobody wrote down.

    30 % of samples, cases and reference people alike; .6 of the analytes outside the axis move
    by .5 to 1.5 SD with a random sign. The members move likewise, or all upwards by `members_up`.
    """
    name = "lab shift" if members_up is None else "lab shift, members up"

    def grow(seed: int, size: Size) -> KnownAnswer:
        cohort = Growing(seed, name, size).measure()
        rng, rows = cohort.rng("lab"), cohort.pick(0.30, everybody=True)
        moved = [analyte for analyte in cohort.others if rng.random() < 0.6]
        _move_at_random(cohort, rows, moved, rng)
        if members_up is None:
            _move_at_random(cohort, rows, cohort.members, rng)
        else:
            cohort.move(rows, cohort.members, members_up)
        cohort.is_member = rows & cohort.is_case
        return cohort.finish(Expectation(has_subtype=False, cause="laboratory"))

    return grow


def _move_at_random(
    cohort: Growing, rows: np.ndarray, analytes: list[str], rng: np.random.Generator
) -> None:
    signs = rng.choice([-1.0, 1.0], len(analytes))
    cohort.move(rows, analytes, signs * rng.uniform(0.5, 1.5, len(analytes)))


def handling_habit(*, chemokines_up: float) -> Callable[[int, Size], KnownAnswer]:
    """Return the design of two laboratories of which one lets its tubes stand.

    30 % of samples, cases and reference people alike: the handling factor is 3 SD higher, and
    CCL11, CCL13 and CCL17 rise by `chemokines_up` SD.
    """

    def grow(seed: int, size: Size) -> KnownAnswer:
        cohort = Growing(seed, "handling habit", size)
        rows = cohort.pick(0.30, everybody=True)
        cohort.latent.loc[rows, "handling"] += 3.0
        cohort.measure().move(rows, ["CCL11", "CCL13", "CCL17"], chemokines_up)
        cohort.is_member = rows & cohort.is_case
        return cohort.finish(Expectation(has_subtype=False, cause="handling"))

    return grow


def outlier_clique(seed: int, size: Size) -> KnownAnswer:
    """3 % of the cases are 4 SD higher on every member."""
    cohort = Growing(seed, "outlier clique", size).measure()
    cohort.is_member = cohort.pick(0.03)
    cohort.move(cohort.is_member, cohort.members, 4.0)
    return cohort.finish(NOTHING)
