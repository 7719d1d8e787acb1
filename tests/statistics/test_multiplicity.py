"""Benjamini-Hochberg."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.multiplicity import benjamini_hochberg

P_VALUES = hnp.arrays(float, st.integers(1, 30), elements=st.floats(0, 1))


@given(P_VALUES)
def test_equals_scipy(p: np.ndarray) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p))


@given(P_VALUES)
def test_a_missing_test_is_not_in_the_family(p: np.ndarray) -> None:
    q = benjamini_hochberg(np.append(p, np.nan))
    np.testing.assert_array_equal(q[:-1], benjamini_hochberg(p))
    assert np.isnan(q[-1])


def test_hand_value() -> None:
    # sorted .01 .02 .03: 3 x .01 / 1 = .03, 3 x .02 / 2 = .03, 3 x .03 / 3 = .03
    np.testing.assert_allclose(benjamini_hochberg([0.03, 0.01, 0.02]), [0.03, 0.03, 0.03])


@pytest.mark.parametrize(
    ("p", "message"), [([0.1, 1.2], "between 0 and 1"), ([[0.1]], "one-dimensional")]
)
def test_errors(p: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        benjamini_hochberg(p)
