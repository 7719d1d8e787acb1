"""The stored power surface."""

import pytest

from subtyping.discovery import LEVEL, power_at, power_surface, simulate_power


def test_more_people_and_more_separation_never_lower_the_power() -> None:
    by_n = [power_at(n, 0.25, 3.5).power for n in (10, 20, 40, 80, 160, 320, 640)]
    assert by_n == sorted(by_n)
    assert power_at(100, 0.25, 5.0).power >= power_at(100, 0.25, 3.0).power - 0.05


def test_below_the_surface_there_is_no_power_and_beyond_it_no_more() -> None:
    assert power_at(5, 0.25, 3.5).power == 0.0
    assert power_at(10**6, 0.25, 3.5).power == power_at(600, 0.25, 3.5).power


def test_the_number_needed_reaches_the_power() -> None:
    needed = power_at(20, 0.25, 3.5).n_needed
    assert power_at(needed, 0.25, 3.5).power >= 0.8


def test_a_stored_cell_can_be_simulated_again() -> None:
    cell = power_surface().query("n_case == 80 and fraction == 0.25").iloc[2]
    again = simulate_power(
        80, 0.25, float(cell["effective_separation"]), level=LEVEL, n_draws=40, seed=5
    )
    # Two estimates of one share, 100 and 40 draws: SD of the difference is at most .094.
    assert again == pytest.approx(cell["power"], abs=0.3)


def test_smaller_subtypes_than_the_surface_holds_have_no_power() -> None:
    assert power_at(600, 0.02, 3.5).power == 0.0
    assert power_at(600, 0.25, 1.0).n_needed is None


def test_the_surface_was_simulated() -> None:
    surface = power_surface()
    assert surface["n_draws"].min() >= 100
    assert surface.groupby("fraction")["power"].mean().nunique() > 1
