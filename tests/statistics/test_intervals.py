"""Intervals of proportions and of bootstrap draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.intervals import percentile_interval, wilson_interval


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_equals_scipy_and_holds_the_estimate(n: int, share: float) -> None:
    x = round(share * n)
    low, high = wilson_interval(x, n)
    expected = stats.binomtest(x, n).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= low <= x / n <= high <= 1


def test_wilson_of_nobody_is_unknown() -> None:
    low, high = wilson_interval([0], [0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_wilson_covers(rng: np.random.Generator) -> None:
    x = rng.binomial(60, 0.27, size=20_000)
    low, high = wilson_interval(x, 60)
    assert 0.93 < np.mean((low <= 0.27) & (high >= 0.27)) < 0.97


def test_percentiles_leave_out_what_is_not_defined() -> None:
    assert percentile_interval([np.nan, 0.0, 1.0], level=1.0) == (0.0, 1.0)
    assert np.isnan(percentile_interval([np.nan, 1.0])).all()


def test_more_successes_than_trials_is_an_error() -> None:
    with pytest.raises(InputError, match="successes <= n"):
        wilson_interval(3, 2)
