"""Re-test of a cut-off: the published table, limits, laws and simulated people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.bivariate_normal import both_above
from subtyping.statistics.joint_retest import joint_retest
from subtyping.statistics.reliability import averaged_reliability, combined_icc
from subtyping.statistics.retest import (
    grey_zone,
    repeat_rule,
    retest,
)

ICC = st.floats(0.01, 0.99)
SHARE = st.floats(0.02, 0.6)

# truly above among those above the cut at the top share: rows are shares, columns ICC .40 .55 .70
# .85, then two samples averaged at .55 and .70
TABLE = {
    0.10: (0.41, 0.50, 0.60, 0.72, 0.61, 0.70),
    0.20: (0.52, 0.60, 0.68, 0.78, 0.69, 0.76),
    0.27: (0.57, 0.64, 0.72, 0.81, 0.72, 0.79),
    0.40: (0.66, 0.72, 0.78, 0.85, 0.78, 0.83),
}
COLUMNS = ((0.40, 1), (0.55, 1), (0.70, 1), (0.85, 1), (0.55, 2), (0.70, 2))
CELLS = [
    (share, icc, n, cell)
    for share, cells in TABLE.items()
    for (icc, n), cell in zip(COLUMNS, cells, strict=True)
]


@pytest.mark.parametrize(("share", "icc", "n", "cell"), CELLS)
def test_the_table_of_truly_above(share: float, icc: float, n: int, cell: float) -> None:
    assert retest(icc, share, n_samples=n).truly_above_frac == pytest.approx(cell, abs=0.005001)


@pytest.mark.parametrize(("icc", "cell"), [(0.40, 0.45), (0.55, 0.53), (0.70, 0.62), (0.85, 0.73)])
def test_the_table_of_still_positive(icc: float, cell: float) -> None:
    assert retest(icc, 0.27).still_positive_frac == pytest.approx(cell, abs=0.005001)


@pytest.mark.parametrize("r", [-0.999, -0.5, 0.0, 0.3, 0.9, 0.9999])
@pytest.mark.parametrize(("h", "k"), [(0, 0), (0, 1.2), (-0.7, 0), (0.61, 0.61), (1.3, -0.4)])
def test_upper_quadrants_agree_with_the_library_normal(h: float, k: float, r: float) -> None:
    expected = stats.multivariate_normal.cdf([-h, -k], [0, 0], [[1, r], [r, 1]])
    assert float(both_above(h, k, r)) == pytest.approx(expected, abs=1e-7)


@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-1, 1))
def test_upper_quadrants_are_symmetric_and_bounded(h: float, k: float, r: float) -> None:
    p = float(both_above(h, k, r))
    assert p == pytest.approx(float(both_above(k, h, r)), abs=1e-12)
    a, b = stats.norm.sf(h), stats.norm.sf(k)
    assert max(0, a + b - 1) - 1e-12 <= p <= min(a, b) + 1e-12
    # the two quadrants above h make the margin
    assert p + float(both_above(h, -k, -r)) == pytest.approx(a, abs=1e-9)


@given(SHARE)
def test_a_perfect_measurement_misses_nobody(share: float) -> None:
    for found in (retest(1, share), retest(1, share, n_samples=3), repeat_rule(1, share)):
        assert found.truly_above_frac == pytest.approx(1)
        assert found.sensitivity == pytest.approx(1)
        assert found.specificity == pytest.approx(1)
        assert found.still_positive_frac == pytest.approx(1)
        assert found.misclassified_frac == pytest.approx(0, abs=1e-12)


@given(SHARE)
def test_noise_alone_finds_the_share_itself(share: float) -> None:
    for found in (retest(0, share), repeat_rule(0, share)):
        assert found.truly_above_frac == pytest.approx(share)
        assert found.sensitivity == pytest.approx(found.positive_frac)
        assert found.still_positive_frac == pytest.approx(found.positive_frac)
    assert repeat_rule(0, share).positive_frac == pytest.approx(share**2)


@given(ICC, SHARE)
def test_more_repeatable_is_never_worse(icc: float, share: float) -> None:
    better = icc + (1 - icc) / 2
    for kernel in (retest, repeat_rule):
        low, high = kernel(icc, share), kernel(better, share)
        assert high.truly_above_frac >= low.truly_above_frac - 1e-9
        assert high.sensitivity >= low.sensitivity - 1e-9
        assert high.still_positive_frac >= low.still_positive_frac - 1e-9
    assert retest(icc, share, n_samples=2).truly_above_frac >= retest(icc, share).truly_above_frac


@given(ICC, SHARE)
def test_the_parts_add_up(icc: float, share: float) -> None:
    for found in (retest(icc, share), retest(icc, share, true_frac=0.3), repeat_rule(icc, share)):
        p, t = found.positive_frac, found.true_frac
        joint = p * found.truly_above_frac
        assert joint == pytest.approx(t * found.sensitivity)
        assert found.misclassified_frac == pytest.approx(p + t - 2 * joint)
        assert found.specificity * (1 - t) == pytest.approx(1 - p - t + joint)
        assert found.npv * (1 - p) == pytest.approx(1 - p - t + joint)


@given(ICC, SHARE)
def test_both_of_two_is_one_sample_times_its_repeat(icc: float, share: float) -> None:
    one, both, either = retest(icc, share), repeat_rule(icc, share), repeat_rule(
        icc, share, needed=1
    )  # fmt: skip
    assert both.positive_frac == pytest.approx(share * one.still_positive_frac, abs=1e-9)
    assert both.positive_frac + either.positive_frac == pytest.approx(2 * share, abs=1e-9)
    assert repeat_rule(icc, share, n_samples=1, needed=1).truly_above_frac == pytest.approx(
        one.truly_above_frac, abs=1e-9
    )


def test_at_the_median_arcsines_give_the_answer() -> None:
    # P(both above 0) = 1/4 + asin(r) / (2 pi); with r = sqrt(.25) = .5 it is 1/3, of 1/2: 2/3
    assert retest(0.25, 0.5).truly_above_frac == pytest.approx(2 / 3)
    # two repeats correlate by .25: (1/4 + asin(.25) / (2 pi)) / (1/2)
    assert retest(0.25, 0.5).still_positive_frac == pytest.approx(0.5 + np.arcsin(0.25) / np.pi)


def test_simulated_people_agree(rng: np.random.Generator) -> None:
    icc, share, n = 0.6, 0.27, 400_000
    cut = stats.norm.isf(share)
    true = rng.standard_normal(n)
    a, b = (np.sqrt(icc) * true + np.sqrt(1 - icc) * rng.standard_normal(n) for _ in range(2))
    above = true > cut
    found = {
        "one": (a > cut, retest(icc, share)),
        "mean, same number": (
            (a + b) / 2 > cut,
            retest(icc, share, n_samples=2, is_same_value=True),
        ),
        "both": ((a > cut) & (b > cut), repeat_rule(icc, share)),
    }
    for met, kernel in found.values():
        assert met.mean() == pytest.approx(kernel.positive_frac, abs=0.004)
        assert above[met].mean() == pytest.approx(kernel.truly_above_frac, abs=0.006)
        assert met[above].mean() == pytest.approx(kernel.sensitivity, abs=0.006)
    low, high = grey_zone(icc, share)
    edge = [above[np.abs(a - end) < 0.03].mean() for end in (low, high)]
    assert edge == pytest.approx([0.2, 0.8], abs=0.02)


@given(ICC, SHARE)
def test_the_grey_zone_narrows_with_repeatability_and_samples(icc: float, share: float) -> None:
    low, high = grey_zone(icc, share)
    better = grey_zone(icc + (1 - icc) / 2, share)
    assert low < high
    assert better[1] - better[0] < high - low
    more = grey_zone(icc, share, n_samples=2)
    assert more[1] - more[0] < high - low


def test_the_grey_zone_of_extremes() -> None:
    cut = stats.norm.isf(0.27)
    assert grey_zone(1, 0.27) == pytest.approx((cut, cut))
    assert grey_zone(0, 0.27) == (-np.inf, np.inf)  # the chance is .27 whatever was measured
    assert grey_zone(0, 0.1) == (np.inf, np.inf)  # the chance is never as much as .2


def test_reliability_of_means_and_noise_of_the_assay() -> None:
    assert averaged_reliability(0.5, 4) == pytest.approx(4 * 0.5 / 2.5)
    assert averaged_reliability(0, 5) == 0
    assert combined_icc(0.8, 2.0, 1.0) == pytest.approx(0.8 * 3 / 4)
    assert combined_icc(0.8, 1.0, 2.0) == 0


def test_two_markers_that_are_one_are_worth_one(rng: np.random.Generator) -> None:
    R = np.ones((2, 2))
    found = joint_retest([1.0, 1.0], [0.27, 0.27], R, rng=rng)
    assert (found.truly_above_frac, found.sensitivity, found.still_positive_frac) == (1, 1, 1)
    assert found.positive_frac == pytest.approx(0.27, abs=0.005)


@pytest.mark.parametrize("joiner", ["and", "or"])
def test_independent_clauses_multiply(rng: np.random.Generator, joiner: str) -> None:
    # independent: P(both) = .3 * .4 = .12; either = .3 + .4 - .12 = .58
    found = joint_retest([0.6, 0.7], [0.3, 0.4], np.eye(2), joiner=joiner, rng=rng)
    assert found.positive_frac == pytest.approx(0.12 if joiner == "and" else 0.58, abs=0.005)
    each = [retest(0.6, 0.3).truly_above_frac, retest(0.7, 0.4).truly_above_frac]
    if joiner == "and":
        assert found.truly_above_frac == pytest.approx(each[0] * each[1], abs=0.008)


def test_single_samples_correlate_as_stated(rng: np.random.Generator) -> None:
    # .61 / sqrt(.4 * .4) would be 1.5: true scores correlate by 1 and the noise takes the rest
    found = joint_retest([0.4, 0.4], [0.5, 0.5], [[1, 0.61], [0.61, 1]], rng=rng)
    assert found.positive_frac == pytest.approx(0.25 + np.arcsin(0.61) / (2 * np.pi), abs=0.005)


def test_a_rule_in_both_of_two_rounds(rng: np.random.Generator) -> None:
    R = [[1, 0.3], [0.3, 1]]
    one = joint_retest([0.6, 0.7], [0.3, 0.4], R, rng=rng)
    both = joint_retest([0.6, 0.7], [0.3, 0.4], R, n_rounds=2, rng=rng)
    assert both.positive_frac == pytest.approx(
        one.positive_frac * one.still_positive_frac, abs=0.005
    )
    assert both.truly_above_frac > one.truly_above_frac


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: retest(1.2, 0.3), "ICC.*must lie between 0 and 1; got 1.2"),
        (lambda: retest(float("nan"), 0.3), "must lie between 0 and 1; got nan"),
        (lambda: retest(0.5, 0), "upper_frac must lie between 0 and 1; got 0"),
        (lambda: retest(0.5, 0.3, true_frac=1), "true_frac must lie between"),
        (lambda: retest(0.5, 0.3, n_samples=0), "At least 1 sample is needed; got 0"),
        (lambda: repeat_rule(0.5, 0.3, needed=3), "Of 2 samples 1 to 2 may be needed; got 3"),
        (lambda: grey_zone(0.5, 0.3, chances=(0.8, 0.2)), "must increase; got 0.8 and 0.2"),
        (lambda: both_above(0, 0, 1.5), "correlation must lie between -1 and 1"),
        (lambda: combined_icc(0.5, 0, 0.1), "Standard deviations must be positive"),
    ],
)
def test_errors(call, match: str) -> None:
    with pytest.raises(InputError, match=match):
        call()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"icc": [0.5]}, "needs an ICC, a share and a row"),
        ({"icc": [0.5, 1.5]}, "must lie between 0 and 1"),
        ({"correlation": [[1, 0.5], [0.4, 1]]}, "must be symmetric"),
        ({"joiner": "xor"}, "must be and or or"),
        ({"n_rounds": 0}, "at least 1"),
    ],
)
def test_errors_of_several_clauses(change, match: str, rng: np.random.Generator) -> None:
    given = {"icc": [0.5, 0.6], "upper_frac": [0.3, 0.3], "correlation": np.eye(2)} | change
    with pytest.raises(InputError, match=match):
        joint_retest(**given, rng=rng)
