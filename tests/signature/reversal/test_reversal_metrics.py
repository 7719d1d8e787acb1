"""Laws and hand values of the four measures."""

import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.signature.reversal import (
    connectivity,
    cosine,
    percent_improvement,
    share_brought_back,
)


def test_improvement_by_hand():
    # 100 (2-1)/2 = 50; 100 (1-(-2))/1 = 300, folded at twice the difference: -100; 0 (untouched)
    found = percent_improvement([2.0, 1.0, -1.0], [1.0, -2.0, -1.0])
    assert found.per_analyte.tolist() == [50.0, 300.0, 0.0]
    assert found.uncapped == pytest.approx((50 + 300 + 0) / 3)
    assert found.capped == pytest.approx((50 - 100 + 0) / 3)


@pytest.mark.parametrize(
    ("factor", "uncapped", "capped"),
    [
        (0.0, 100, 100),
        (0.5, 50, 50),
        (1.0, 0, 0),
        (2.0, -100, -100),
        (-1.0, 200, 0),
        (-9, 1000, -100),
    ],
)
def test_improvement_of_a_signature_times_a_factor(rng, factor, uncapped, capped):
    b = rng.normal(size=30)
    found = percent_improvement(b, factor * b)
    assert float(found.uncapped) == pytest.approx(uncapped)
    assert float(found.capped) == pytest.approx(capped)


def test_improvement_does_not_depend_on_units_or_direction(rng):
    b, a, unit = rng.normal(size=(3, 12))
    plain, other = percent_improvement(b, a), percent_improvement(b * unit, a * unit)
    np.testing.assert_allclose(plain.per_analyte, other.per_analyte)
    assert float(plain.capped) == pytest.approx(float(other.capped))


def test_analytes_that_do_not_differ_or_are_unknown_are_left_out():
    found = percent_improvement([0.0, 1.0, np.nan, 2.0], [1.0, 0.5, 0.0, np.nan])
    assert float(found.uncapped) == 50.0
    assert np.isnan(percent_improvement([0.0], [1.0]).capped)


def test_draws_in_leading_dimensions_are_scored_row_by_row(rng):
    b, d = rng.normal(size=(2, 4, 9))
    whole = percent_improvement(b, b + d).capped
    np.testing.assert_allclose(
        whole, [percent_improvement(x, x + y).capped for x, y in zip(b, d, strict=True)]
    )
    np.testing.assert_allclose(cosine(b, d), [cosine(x, y) for x, y in zip(b, d, strict=True)])


def test_share_brought_back_against_a_loop(rng):
    before, after = rng.normal(0, 2, size=(2, 20, 7))
    low, high = np.full(7, -1.5), np.linspace(1, 2, 7)
    found = share_brought_back(before, after, low, high)
    for i in range(20):
        outside = [j for j in range(7) if not low[j] <= before[i, j] <= high[j]]
        back = [j for j in outside if low[j] <= after[i, j] <= high[j]]
        assert (found.n_outside[i], found.n_back[i]) == (len(outside), len(back))
    assert found.pooled == pytest.approx(found.n_back.sum() / found.n_outside.sum())


def test_driven_out_at_the_other_side_is_not_back():
    found = share_brought_back([[3.0]], [[-3.0]], -1.96, 1.96)
    assert (found.pooled, found.n_pushed_out.tolist()) == (0.0, [0])


def test_a_person_with_nothing_outside_has_no_share():
    found = share_brought_back([[0.0, 1.0]], [[5.0, 1.0]], -1.96, 1.96)
    assert np.isnan(found.share[0])
    assert np.isnan(found.pooled)
    assert found.n_pushed_out.tolist() == [1]


def test_connectivity_has_bounds_and_turns_with_the_drug(rng):
    t, d = rng.normal(0, 3, size=(2, 40))
    value = float(connectivity(t, d))
    assert -1 <= value <= 1
    assert float(connectivity(t, -d)) == pytest.approx(-value)
    assert float(connectivity(t, -t)) == pytest.approx(1.0)
    assert float(connectivity(t, t)) == pytest.approx(-1.0)


def test_an_unsure_effect_weighs_less():
    sure = connectivity([4.0, 4.0], [-1.0, 1.0], [0.1, 9.0])
    assert float(sure) == pytest.approx((1 - 0.0885) / 2, abs=0.001)  # 2 Phi(1/9) - 1 = .0885


def test_unknown_leaves_out_and_zero_dilutes():
    assert float(connectivity([4.0, 4.0], [-1.0, np.nan])) == 1.0
    assert float(connectivity([4.0, 4.0], [-1.0, 0.0])) == 0.5
    assert np.isnan(connectivity([0.0], [1.0]))


def test_cosine_by_hand_and_against_numpy(rng):
    assert float(cosine([3.0, 4.0], [-4.0, -3.0])) == pytest.approx(24 / 25)
    b, d = rng.normal(size=(2, 15))
    plain = -(b @ d) / np.linalg.norm(b) / np.linalg.norm(d)
    assert float(cosine(b, d)) == pytest.approx(plain)
    assert float(cosine(5 * b, 0.1 * d)) == pytest.approx(plain)


def test_corrected_moments_undo_noise_that_two_contrasts_share(rng):
    p, n = 40_000, 50
    before, after, reference = rng.normal(0, 1 / np.sqrt(n), size=(3, p))
    truth = np.where(np.arange(p) < 4000, 0.5, 0.0)
    b, d = before + truth - reference, after + truth - (before + truth)
    assert float(cosine(b, d)) > 0.2  # a drug that does nothing "reverses"
    variances = {"signature_var": 2 / n, "effect_var": 2 / n, "shared_cov": -1 / n}
    product = (b * d).sum() + p / n
    assert abs(product) / (b**2).sum() < 0.03
    half = after + truth / 2 - before - truth
    assert float(cosine(b, half, **variances)) == pytest.approx(1.0, abs=0.05)


def test_a_drug_no_larger_than_its_noise_has_no_corrected_cosine():
    assert np.isnan(cosine([1.0, 1.0], [0.1, 0.1], effect_var=0.1))


@pytest.mark.parametrize("measure", [percent_improvement, connectivity, cosine])
def test_arrays_of_other_analytes_are_refused(measure):
    with pytest.raises(InputError, match=r"arrays over the same analytes; got \(2,\) and \(3,\)"):
        measure([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="arrays over the same analytes"):
        measure(1.0, 2.0)
