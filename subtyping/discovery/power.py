"""Enough people to tell? Power of the mixture test, from a stored surface or simulated afresh."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.statistics.mixture_test import mixture_test

__all__ = ["PowerStatement", "power_at", "power_surface", "simulate_power", "simulated_power_at"]

SURFACE = Path(__file__).parent / "power_surface.csv"
ENOUGH = 0.8
LEAST_N, STEP, STEPS = 20, 1.25, 26
DRAWS, SEARCH_DRAWS = 200, 100


@dataclass(frozen=True)
class PowerStatement:
    """Power for a number of cases.

    Attributes
    ----------
    power : float
        Probability of rejecting one unimodal population.
    n_needed : int or None
        Smallest stored number of cases with a power of .8, or None beyond the surface.
    """

    power: float
    n_needed: int | None


@cache
def power_surface() -> pd.DataFrame:
    """Return the stored surface: ``n_case, fraction, effective_separation, power, n_draws``.

    Made by ``experiments/benchmarks/power_surface.py``; the test level is in its header.
    """
    return pd.read_csv(SURFACE, comment="#")


def simulate_power(
    n_case: int,
    fraction: float,
    effective_separation: float,
    *,
    level: float,
    n_draws: int = 200,
    n_bootstrap: int = 199,
    seed: int = 0,
) -> float:
    """Simulate the power of the mixture test on normal components.

    Parameters
    ----------
    n_case : int
    fraction : float
        Share of the cases in the subtype.
    effective_separation : float
        Difference of class means over the within-class SD of the score.
    level : float
        Nominal level of the test.
    n_draws : int, default 200
    n_bootstrap : int, default 199
        Draws of each test.
    seed : int, default 0

    Returns
    -------
    float
        Share of draws in which the test rejects.
    """
    rejected = 0
    for k in range(n_draws):
        rng = stream(seed, "power", n_case, str(fraction), str(effective_separation), k)
        member = rng.random(n_case) < fraction
        x = rng.standard_normal(n_case) + effective_separation * member
        rejected += mixture_test(x, rng, n_bootstrap=n_bootstrap).p_value <= level
    return float(rejected / n_draws)


def power_at(n_case: int, fraction: float, effective_separation: float) -> PowerStatement:
    """Read the power for this many cases from the stored surface.

    Parameters
    ----------
    n_case : int
    fraction, effective_separation : float
        The declared smallest subtype of interest. The nearest stored fraction at or below and
        separation at or below are used, so that the statement errs to the careful side; below the
        surface there is no power to speak of.

    Returns
    -------
    PowerStatement
        Power interpolated linearly in log n, and the n at which it reaches .8.

    Examples
    --------
    >>> power_at(25, 0.25, 3.5).power < 0.8 < power_at(600, 0.25, 3.5).power
    True
    """
    surface = power_surface()
    nearest = _at_or_below(surface["fraction"], fraction)
    separation = _at_or_below(surface["effective_separation"], effective_separation)
    if nearest is None or separation is None:
        return PowerStatement(power=0.0, n_needed=None)
    chosen = surface[
        (surface["fraction"] == nearest) & (surface["effective_separation"] == separation)
    ].sort_values("n_case")
    n, power = chosen["n_case"].to_numpy(float), np.maximum.accumulate(chosen["power"].to_numpy())
    here = float(np.interp(np.log(max(n_case, 1)), np.log(n), power, left=0.0))
    enough = n[power >= ENOUGH]
    return PowerStatement(power=here, n_needed=int(enough[0]) if len(enough) else None)


def simulated_power_at(
    n_case: int, fraction: float, effective_separation: float, *, level: float, seed: int = 0
) -> PowerStatement:
    """Simulate the power for exactly this many cases and this smallest subtype.

    Parameters
    ----------
    n_case : int
    fraction, effective_separation : float
        Any values; nothing is rounded to a stored cell.
    level : float
        Nominal level of the test.
    seed : int, default 0

    Returns
    -------
    PowerStatement
        Power from 200 draws (error at most .07), and the smallest of the tried numbers of cases
        (each 1.25 times the one before, up to 5000) that reaches .8, from 100 draws each. A test
        is given about twice the draws it needs to reject at `level` (66 at .03), fewer than a run
        takes, which costs a little power.

    Examples
    --------
    >>> simulated_power_at(30, 0.3, 8.0, level=0.2).power > 0.8
    True
    """

    def power(n: int, n_draws: int) -> float:
        return simulate_power(
            n,
            fraction,
            effective_separation,
            level=level,
            n_draws=n_draws,
            n_bootstrap=max(19, int(2 / level)),
            seed=seed,
        )

    here = power(n_case, DRAWS)
    grid = np.unique(np.round(LEAST_N * STEP ** np.arange(STEPS)).astype(int))
    if here >= ENOUGH:
        grid = np.append(grid[grid < n_case], n_case)
    tried = grid[grid > n_case] if here < ENOUGH else grid
    low, high = 0, len(tried)
    while low < high:  # power grows with n
        middle = (low + high) // 2
        if power(int(tried[middle]), SEARCH_DRAWS) >= ENOUGH:
            high = middle
        else:
            low = middle + 1
    if low == len(tried):
        return PowerStatement(power=here, n_needed=n_case if here >= ENOUGH else None)
    return PowerStatement(power=here, n_needed=int(tried[low]))


def _at_or_below(stored: pd.Series, wanted: float) -> float | None:
    values = np.sort(stored.unique())
    below = values[values <= wanted + 1e-9]
    return float(below[-1]) if len(below) else None
