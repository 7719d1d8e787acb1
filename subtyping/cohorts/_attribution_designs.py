"""Designs in which a group is there and something else than disease explains it; and a subtype."""

from collections.abc import Callable
from typing import Any

import numpy as np

from subtyping.cohorts._growing import Growing
from subtyping.cohorts._null_designs import shift_one_plate
from subtyping.cohorts.known_answer import Expectation, KnownAnswer

SHARE, SEPARATION = 0.27, 4.0
"""Share of the group, and its nominal separation (effective: about the same)."""
Size = dict[str, Any]
NUISANCE: dict[str, Any] = {"level_shape": 3.0, "axis_shape": 4.0, "n_plates": 3}


def _write_factor(cohort: Growing, cause: str, rows: np.ndarray) -> None:
    """Write the factor that is the group into the samples table of the cases."""
    case, rng, samples = cohort.is_case, cohort.rng(cause), cohort.samples
    if cause == "bmi":
        bmi = np.where(rows, rng.normal(36, 2.5, len(rows)), rng.normal(24, 2.5, len(rows)))
        samples.loc[case, "bmi"] = np.round(np.clip(bmi, 17, 60), 1)[case]
    elif cause == "sex":
        samples.loc[case, "sex"] = np.where(rows, "male", "female")[case]
    else:
        samples.loc[case, cause] = np.where(rows, "yes", "no")[case]


def biological(cause: str) -> Callable[[int, Size], KnownAnswer]:
    """Return the design in which one factor of the cases moves the axis."""

    def grow(seed: int, size: Size) -> KnownAnswer:
        cohort = Growing(seed, f"cause {cause}", size)
        rows = cohort.pick(SHARE)
        _write_factor(cohort, cause, rows)
        cohort.plant(rows, SEPARATION)
        answer = Expectation(
            has_subtype=False,
            cause=cause,
            is_specific=True,
            fraction=SHARE,
            nominal_separation=SEPARATION,
        )
        return cohort.measure().finish(answer)

    return grow


def recorded_site(seed: int, size: Size) -> KnownAnswer:
    """Two sites, recorded; one, with 27 % of everybody, reads the members higher."""
    cohort = Growing(seed, "recorded site", size)
    rows = cohort.pick(SHARE, everybody=True)
    cohort.samples["site"] = np.where(rows, "site_2", "site_1")
    cohort.plant(rows, SEPARATION)
    cohort.is_member = rows & cohort.is_case
    answer = Expectation(
        has_subtype=False,
        cause="site",
        is_specific=False,
        fraction=SHARE,
        nominal_separation=SEPARATION,
    )
    return cohort.measure().finish(answer)


def recorded_handling(seed: int, size: Size) -> KnownAnswer:
    """27 % of everybody's tubes stood: handling markers 3 SD up, the axis moved as a whole."""
    cohort = Growing(seed, "recorded handling", size)
    rows = cohort.pick(SHARE, everybody=True)
    cohort.latent.loc[rows, "handling"] += 3.0
    cohort.plant(rows, 1.3 * SEPARATION)  # part of it goes to the level
    cohort.is_member = rows & cohort.is_case
    answer = Expectation(
        has_subtype=False,
        cause="handling",
        is_specific=False,
        fraction=SHARE,
        nominal_separation=1.3 * SEPARATION,
    )
    return cohort.measure().finish(answer)


def group_everywhere(seed: int, size: Size) -> KnownAnswer:
    """27 % of the cases and 27 % of the reference people form the same group."""
    cohort = Growing(seed, "group everywhere", size)
    rows = cohort.pick(SHARE, everybody=True)
    cohort.plant(rows, SEPARATION)
    cohort.is_member = rows & cohort.is_case
    answer = Expectation(
        has_subtype=False, is_specific=False, fraction=SHARE, nominal_separation=SEPARATION
    )
    return cohort.measure().finish(answer)


def planted(
    seed: int, size: Size, *, fraction: float = 0.27, separation: float = 4.0
) -> KnownAnswer:
    """A subtype, with a skewed gradient, a declared plate shift, handling and covariates."""
    cohort = Growing(seed, "planted", size, **NUISANCE)
    cohort.plant(cohort.pick(fraction), separation)
    shift_one_plate(cohort.measure())
    answer = Expectation(
        has_subtype=True, is_specific=True, fraction=fraction, nominal_separation=separation
    )
    return cohort.finish(answer)
