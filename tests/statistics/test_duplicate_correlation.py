"""Laws of the correlation within blocks, and of its use."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.blocks import block_codes, decorrelated
from subtyping.statistics.duplicate_correlation import duplicate_correlation
from subtyping.statistics.linear_fits import linear_fits
from subtyping.statistics.moderated_t import moderated_t


def visits(rng: np.random.Generator, people: int = 30, analytes: int = 60):
    person = np.repeat(np.arange(people), rng.integers(1, 4, people))
    design = np.column_stack([np.ones(len(person)), person % 2, rng.normal(size=len(person))])
    Y = rng.normal(size=(people, analytes))[person] + rng.normal(size=(len(person), analytes))
    return Y, design, person


def restricted_loss(y, X, person, rho: float) -> float:
    """Minus twice the restricted log likelihood, written out."""
    V = (1 - rho) * np.eye(len(y)) + rho * (person[:, None] == person)
    W = np.linalg.inv(V)
    XWX = X.T @ W @ X
    r = y - X @ np.linalg.solve(XWX, X.T @ W @ y)
    df = len(y) - X.shape[1]
    return df * np.log(r @ W @ r) + np.linalg.slogdet(V)[1] + np.linalg.slogdet(XWX)[1]


def test_each_correlation_is_at_the_top_of_its_restricted_likelihood(rng) -> None:
    Y, X, person = visits(rng, analytes=6)
    Y[:3, 1] = np.nan
    found = duplicate_correlation(Y, X, person)
    for j in range(6):
        rows = ~np.isnan(Y[:, j])
        args = (Y[rows, j], X[rows], person[rows])
        best = restricted_loss(*args, found.of_analyte[j])
        for step in (-0.01, 0.01):
            assert best < restricted_loss(*args, found.of_analyte[j] + step)


def test_balanced_pairs_have_the_intraclass_correlation_by_hand(rng) -> None:
    person = np.repeat(np.arange(12), 2)
    Y = rng.normal(size=(12, 1))[person] + 0.7 * rng.normal(size=(24, 1))
    pairs = Y.reshape(12, 2)
    between = 2 * pairs.mean(axis=1).var(ddof=1)
    within = ((pairs[:, 0] - pairs[:, 1]) ** 2).mean() / 2
    found = duplicate_correlation(Y, np.ones((24, 1)), person)
    assert found.correlation == pytest.approx((between - within) / (between + within), rel=1e-8)


def test_location_scale_and_order_do_not_matter(rng) -> None:
    Y, X, person = visits(rng)
    order = rng.permutation(len(Y))
    before = duplicate_correlation(Y, X, person)
    for after in (
        duplicate_correlation(5 + 100 * Y, X, [f"p{k}" for k in person]),
        duplicate_correlation(Y[order], X[order], person[order]),
    ):
        np.testing.assert_allclose(after.of_analyte, before.of_analyte, atol=1e-7)
        assert after.correlation == pytest.approx(before.correlation, abs=1e-8)


def test_correlation_zero_is_no_block_at_all(rng) -> None:
    Y, X, person = visits(rng)
    Y[0, 0] = np.nan
    plain = moderated_t(Y, X, [0, 1, 0])
    blocked = moderated_t(Y, X, [0, 1, 0], block=person, correlation=0.0)
    np.testing.assert_array_equal(blocked.t, plain.t)


def test_generalised_least_squares_is_the_textbook_formula(rng) -> None:
    Y, X, person = visits(rng, analytes=5)
    Y[[0, 4], 2] = np.nan
    fits = linear_fits(Y, X, np.eye(3), codes=person, correlation=0.4)
    for j in range(5):
        rows = ~np.isnan(Y[:, j])
        V = 0.6 * np.eye(rows.sum()) + 0.4 * (person[rows][:, None] == person[rows])
        W, x, y = np.linalg.inv(V), X[rows], Y[rows, j]
        covariance = np.linalg.inv(x.T @ W @ x)
        beta = covariance @ x.T @ W @ y
        np.testing.assert_allclose(fits.coefficient[j], beta, rtol=1e-8)
        np.testing.assert_allclose(fits.unscaled[j], np.sqrt(np.diag(covariance)), rtol=1e-8)
        r = y - x @ beta
        assert fits.rss[j] == pytest.approx(r @ W @ r, rel=1e-8)


def test_pairs_with_a_mean_of_each_persons_own_are_the_paired_t(rng) -> None:
    Y = rng.normal(size=(9, 1)).repeat(2, axis=0) + rng.normal(size=(18, 1))
    after = np.tile([0.0, 1.0], 9)
    design = np.column_stack([np.eye(9).repeat(2, axis=0), after])
    fit = moderated_t(Y, design, np.eye(10)[-1])
    expected = stats.ttest_rel(Y[1::2, 0], Y[::2, 0])
    assert (fit.t.item(), fit.p_value.item()) == pytest.approx(tuple(expected))


def test_f_of_one_contrast_is_t_squared_and_of_all_does_not_depend_on_their_choice(rng) -> None:
    Y, X, _ = visits(rng)
    Y[:2, 3] = np.nan
    one = moderated_t(Y, X, [0, 1, 0])
    np.testing.assert_allclose(one.f_statistic, one.t[:, 0] ** 2, rtol=1e-9)
    np.testing.assert_allclose(one.f_p_value, one.p_value[:, 0], rtol=1e-7)
    two = moderated_t(Y, X, np.array([[0, 0], [1, 0], [0, 1.0]]))
    turned = moderated_t(Y, X, np.array([[0, 0, 0], [1, 1, 2], [-1, 1, 0.0]]))
    np.testing.assert_allclose(turned.f_statistic, two.f_statistic, rtol=1e-7)
    assert (one.f_df, two.f_df, turned.f_df) == (1, 2, 2)


def test_an_analyte_that_is_constant_or_not_measured_has_no_say(rng) -> None:
    Y, X, person = visits(rng)
    before = duplicate_correlation(Y, X, person)
    wider = np.column_stack([Y, np.full(len(Y), 7.0), np.full(len(Y), np.nan)])
    after = duplicate_correlation(wider, X, person)
    assert np.isnan(after.of_analyte[-2:]).all()
    assert after.correlation == pytest.approx(before.correlation, abs=1e-9)
    fit = moderated_t(wider, X, [0, 1, 0], block=person, correlation=0.3)
    assert np.isnan(fit.p_value[-1]).all()


def test_blocks_of_one_sample_have_no_correlation(rng) -> None:
    found = duplicate_correlation(rng.normal(size=(9, 4)), np.ones((9, 1)), range(9))
    assert (found.correlation, found.n_repeated) == (0.0, 0)
    Y = rng.normal(size=(3, 2))
    np.testing.assert_allclose(decorrelated(Y, np.arange(3), 0.7), Y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: block_codes(["a"], 2), "one label for each"),
        (lambda: block_codes(["a", None], 2), "no block label"),
        (lambda: duplicate_correlation(np.ones((3, 2)), np.ones((2, 1)), "aab"), "same samples"),
        (
            lambda: duplicate_correlation(np.ones((3, 2)), np.ones((3, 1)), [1, 1, 2], trim=0.5),
            "trim must",
        ),
        (
            lambda: duplicate_correlation(np.ones((3, 2)), np.ones((3, 1)), [1, 1, 2]),
            "No analyte has enough",
        ),
        (lambda: moderated_t(np.ones((3, 2)), np.ones((3, 1)), [1], block=[1, 1, 2]), "together"),
        (
            lambda: moderated_t(
                np.ones((3, 2)), np.ones((3, 1)), [1], block=[1, 1, 2], correlation=1.0
            ),
            "between -1 and 1",
        ),
    ],
)
def test_errors(call, message) -> None:
    with pytest.raises(InputError, match=message):
        call()
