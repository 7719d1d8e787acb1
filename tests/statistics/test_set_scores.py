"""Set scores: hand values, slow twins, and the laws a score of one person has to keep."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subtyping.exceptions import InputError
from subtyping.statistics.set_scores import (
    fit_combined_z,
    fit_gsva,
    fit_mean_z,
    fit_plage,
    fit_ssgsea,
)

FITS = {
    "mean_z": fit_mean_z,
    "combined_z": fit_combined_z,
    "plage": fit_plage,
    "ssgsea": fit_ssgsea,
    "gsva": fit_gsva,
    "gsva_none": lambda X, sets: fit_gsva(X, sets, kernel="none"),
    "gsva_farther": lambda X, sets: fit_gsva(X, sets, max_diff=False),
}
COMPETITIVE = ("ssgsea", "gsva", "gsva_none", "gsva_farther")
STANDARDISED = ("mean_z", "combined_z", "plage")
SETS = [[0, 3, 5], [1], [2, 4, 6, 7, 8]]


def people(seed: int, n: int = 24, p: int = 11, *, is_tied: bool = False) -> np.ndarray:
    """Draw a panel with a common factor; rounded and floored where values are to be tied."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1)) + rng.normal(size=p) * 3
    return np.maximum(np.round(X), np.quantile(X, 0.3, axis=0).round()) if is_tied else X


def every_fit() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", list(FITS))


# Slow twins: each formula as it is written, person by person.


def slow_z(X: np.ndarray, Y: np.ndarray, members: list[int]) -> np.ndarray:
    rows = []
    for person in Y:
        z = [(person[j] - X[:, j].mean()) / X[:, j].std(ddof=1) for j in members]
        rows.append(z)
    return np.array(rows)


def slow_plage(X: np.ndarray, Y: np.ndarray, members: list[int]) -> np.ndarray:
    z = slow_z(X, X, members)
    _, lengths, directions = np.linalg.svd(z, full_matrices=False)
    scores = slow_z(X, Y, members) @ directions[0] / lengths[0]
    own = z @ directions[0]
    return scores * (1 if own @ z.mean(axis=1) > 0 else -1)


def slow_ssgsea(person: np.ndarray, members: list[int], alpha: float = 0.25) -> float:
    p, k = len(person), len(members)
    order = sorted(range(p), key=lambda j: (-person[j], j))
    rank = {}
    for j in range(p):
        below = sum(person[i] < person[j] for i in range(p))
        ties = sum(person[i] == person[j] for i in range(p))
        rank[j] = int(below + (ties + 1) / 2)
    total = sum(rank[j] ** alpha for j in members)
    inside = outside = score = 0.0
    for j in order:
        if j in members:
            inside += rank[j] ** alpha / total
        else:
            outside += 1 / (p - k)
        score += inside - outside
    return score


def slow_place(reference: np.ndarray, value: float, *, is_smooth: bool) -> float:
    if not is_smooth:
        return float(np.mean(reference <= value))
    bandwidth = reference.std(ddof=1) / 4
    total = 0.0
    for known in np.sort(reference):
        v = (value - known) / bandwidth
        step = int(min(abs(v), 10.0) * 1000) / 1000
        cdf = 0.5 * math.erfc(-step / math.sqrt(2)) if abs(v) <= 10 else 1.0
        total += cdf if v >= 0 else 1 - cdf
    return total / len(reference)


def slow_gsva(
    X: np.ndarray, person: np.ndarray, members: list[int], *, is_smooth: bool, max_diff: bool
) -> float:
    p, k = len(person), len(members)
    place = [slow_place(X[:, j], person[j], is_smooth=is_smooth) for j in range(p)]
    order = sorted(range(p), key=lambda j: (-place[j], j))
    weight = {j: abs(p - i - p / 2) for i, j in enumerate(order)}
    total = sum(weight[j] for j in members)
    walk = high = low = 0.0
    for j in order:
        walk += weight[j] / total if j in members else -1 / (p - k)
        high, low = max(high, walk), min(low, walk)
    return high + low if max_diff else (high if high > -low else low)


@pytest.mark.parametrize("seed", range(3))
def test_z_scores_are_their_formula_written_out(seed: int) -> None:
    X, Y = people(seed), people(seed + 100, n=7)
    mean, combined = fit_mean_z(X, SETS).score(Y), fit_combined_z(X, SETS).score(Y)
    for column, members in enumerate(SETS):
        z = slow_z(X, Y, members)
        np.testing.assert_allclose(mean[:, column], z.mean(axis=1), atol=1e-12)
        by_hand = z.sum(axis=1) / math.sqrt(len(members))
        np.testing.assert_allclose(combined[:, column], by_hand, atol=1e-12)


def test_weights_are_a_weighted_mean() -> None:
    X, Y = people(1), people(2, n=5)
    weights = np.linspace(0, 1, 11)
    ours = fit_mean_z(X, [[2, 7, 9]], weights=weights).score(Y)[:, 0]
    by_hand = np.average(slow_z(X, Y, [2, 7, 9]), axis=1, weights=weights[[2, 7, 9]])
    np.testing.assert_allclose(ours, by_hand, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_plage_is_the_singular_vector(seed: int) -> None:
    X, Y = people(seed), people(seed + 100, n=7)
    learnt = fit_plage(X, SETS)
    for column, members in enumerate(SETS):
        expected = slow_plage(X, Y, members)
        np.testing.assert_allclose(learnt.score(Y)[:, column], expected, atol=1e-9)
    np.testing.assert_allclose((learnt.score(X) ** 2).sum(axis=0), 1.0)


@pytest.mark.parametrize("is_tied", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_ssgsea_is_its_walk(seed: int, is_tied: bool) -> None:
    X, Y = people(seed, is_tied=is_tied), people(seed + 100, n=7, is_tied=is_tied)
    raw = fit_ssgsea(X, SETS, normalise=False).score(Y)
    expected = np.array([[slow_ssgsea(person, members) for members in SETS] for person in Y])
    np.testing.assert_allclose(raw, expected, atol=1e-10)
    reference = np.array([[slow_ssgsea(person, members) for members in SETS] for person in X])
    normalised = fit_ssgsea(X, SETS).score(Y)
    np.testing.assert_allclose(normalised, expected / np.ptp(reference), atol=1e-10)


@pytest.mark.parametrize("is_tied", [False, True])
@pytest.mark.parametrize("is_smooth", [False, True])
@pytest.mark.parametrize("max_diff", [False, True])
def test_gsva_is_its_walk(is_tied: bool, is_smooth: bool, max_diff: bool) -> None:
    X, Y = people(3, is_tied=is_tied), people(103, n=7, is_tied=is_tied)
    kernel = "gaussian" if is_smooth else "none"
    ours = fit_gsva(X, SETS, kernel=kernel, max_diff=max_diff).score(Y)
    expected = [
        [slow_gsva(X, person, s, is_smooth=is_smooth, max_diff=max_diff) for s in SETS]
        for person in Y
    ]
    np.testing.assert_allclose(ours, expected, atol=1e-10)


def test_gsva_by_hand() -> None:
    # Places of the person 3, 0, 1 among columns of 0..3: 1, .25, .5. Order: A, C, B; set {A, C}.
    # Weights |3 - i - 1.5|: 1.5, .5; the walk is .75, 1, 0: highest 1, lowest 0.
    X = np.array([[0.0, 3, 1], [1, 0, 2], [2, 1, 3], [3, 2, 0]])
    assert fit_gsva(X, [[0, 2]], kernel="none").score([[3.0, 0, 1]])[0, 0] == pytest.approx(1.0)
    # Set {B}: two misses of 1/2 each, then 1: lowest -1, highest 0.
    assert fit_gsva(X, [[1]], kernel="none").score([[3.0, 0, 1]])[0, 0] == pytest.approx(-1.0)


def test_one_member_in_the_very_middle_is_neither_high_nor_low() -> None:
    X = np.tile(np.arange(5.0)[:, None], (1, 4))
    person = [[4.0, 3.0, 2.0, 1.0]]  # the third of four: weight |4 - 2 - 2| = 0
    score = fit_gsva(X, [[2]], kernel="none").score(person)[0, 0]
    assert score == pytest.approx(-2 / 3 + 1 - 2 / 3)


@every_fit()
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 9), is_tied=st.booleans())
def test_one_person_alone_gets_the_bits_of_the_batch(
    name: str, seed: int, n: int, is_tied: bool
) -> None:
    X = people(seed, n=12, is_tied=False)
    Y = people(seed + 1, n=n, is_tied=is_tied)
    learnt = FITS[name](X, SETS)
    batch = learnt.score(Y)
    alone = np.vstack([learnt.score(row[None, :]) for row in Y])
    np.testing.assert_array_equal(alone, batch)
    np.testing.assert_array_equal(learnt.score(Y[::-1])[::-1], batch)


@every_fit()
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_members_of_sets_and_of_reference_people_is_irrelevant(
    name: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    X, Y = people(seed), people(seed + 1, n=4)
    expected = FITS[name](X, SETS).score(Y)
    shuffled = [list(rng.permutation(members)) for members in SETS]
    np.testing.assert_array_equal(FITS[name](X, shuffled).score(Y), expected)
    np.testing.assert_array_equal(FITS[name](X, SETS[::-1]).score(Y)[:, ::-1], expected)
    others = FITS[name](rng.permutation(X), SETS).score(Y)
    np.testing.assert_allclose(others, expected, atol=1e-9)


@pytest.mark.parametrize("name", [*STANDARDISED, "gsva", "gsva_none", "gsva_farther"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_units_of_the_analytes_are_irrelevant(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, Y = people(seed), people(seed + 1, n=4)
    shift, factor = rng.integers(-8, 9, size=11), 2.0 ** rng.integers(-3, 4, size=11)
    moved = FITS[name](X * factor + shift, SETS).score(Y * factor + shift)
    np.testing.assert_allclose(moved, FITS[name](X, SETS).score(Y), atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_ssgsea_keeps_under_any_rising_change_of_a_whole_person(seed: int) -> None:
    X, Y = people(seed), people(seed + 1, n=4)
    learnt = fit_ssgsea(X, SETS)
    np.testing.assert_array_equal(learnt.score(np.sinh(Y / 4) + 7), learnt.score(Y))


@pytest.mark.parametrize("name", STANDARDISED)
def test_z_scores_move_with_a_person_in_a_straight_line(name: str) -> None:
    X, Y = people(5), people(6, n=3)
    learnt = FITS[name](X, SETS)
    step = learnt.score(Y + X.std(axis=0, ddof=1)) - learnt.score(Y)
    twice = learnt.score(Y + 2 * X.std(axis=0, ddof=1)) - learnt.score(Y)
    np.testing.assert_allclose(twice, 2 * step, atol=1e-9)
    assert (step > 0).all()


@pytest.mark.parametrize("name", COMPETITIVE)
def test_competitive_scores_fall_when_the_others_rise(name: str) -> None:
    X = people(7, n=60)
    others = np.setdiff1d(np.arange(11), SETS[0])
    risen = X.copy()
    risen[:, others] += 3 * X.std(axis=0, ddof=1)[others]
    learnt = FITS[name](X, SETS)
    assert learnt.score(risen)[:, 0].mean() < learnt.score(X)[:, 0].mean() - 0.1


@every_fit()
def test_scores_rise_when_the_members_rise(name: str) -> None:
    X = people(8, n=60)
    risen = X.copy()
    risen[:, SETS[2]] += 2 * X.std(axis=0, ddof=1)[SETS[2]]
    learnt = FITS[name](X, SETS)
    assert (learnt.score(risen)[:, 2] >= learnt.score(X)[:, 2] - 1e-12).all()


def test_a_set_of_one_member_is_its_z() -> None:
    X, Y = people(9), people(10, n=5)
    z = slow_z(X, Y, [1])[:, 0]
    np.testing.assert_allclose(fit_mean_z(X, [[1]]).score(Y)[:, 0], z)
    np.testing.assert_allclose(fit_combined_z(X, [[1]]).score(Y)[:, 0], z)
    np.testing.assert_allclose(fit_plage(X, [[1]]).score(Y)[:, 0], z / math.sqrt(len(X) - 1))


def test_plage_goes_along_with_the_mean_of_its_members() -> None:
    for seed in range(20):
        X = people(seed, n=15)
        X[:, 0] *= -1
        score, mean = fit_plage(X, SETS).score(X)[:, 0], slow_z(X, X, SETS[0]).mean(axis=1)
        assert np.corrcoef(score, mean)[0, 1] >= 0


def test_the_distribution_is_learnt_once_and_lies_between_0_and_1() -> None:
    X = people(11)
    learnt = fit_gsva(X, SETS)
    far = learnt.distribution(X[:1] + 1_000)
    np.testing.assert_allclose(far, 1.0)
    np.testing.assert_allclose(learnt.distribution(X[:1] - 1_000), 0.0)
    assert ((learnt.distribution(X) > 0) & (learnt.distribution(X) < 1)).all()


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    X, Y = people(12), people(13, n=40)
    whole = {name: fit(X, SETS).score(Y) for name, fit in FITS.items()}
    monkeypatch.setattr("subtyping.statistics.set_scores._inputs._CHUNK_CELLS", 30)
    for name, fit in FITS.items():
        np.testing.assert_array_equal(fit(X, SETS).score(Y), whole[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: (X[:1], SETS), "2 reference people or more; got 1"),
        (lambda X: (X[0], SETS), "matrix of samples x analytes; got an array of shape"),
        (lambda X: (np.where(X[2, 3] == X, np.nan, X), SETS), "1 cell .columns '3'. is missing"),
        (lambda X: (X, []), "no set to score"),
        (lambda X: (X, [[0], []]), "Set 1 has no members"),
        (lambda X: (X, [[0, 11]]), "names column 11; the matrix has columns 0 to 10"),
        (lambda X: (X, [[-1, 2]]), "names column -1"),
    ],
)
@every_fit()
def test_unusable_input_is_named(name: str, change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FITS[name](*change(people(1)))


@pytest.mark.parametrize("name", [*STANDARDISED, "gsva"])
def test_a_constant_analyte_has_no_scale(name: str) -> None:
    X = people(1)
    X[:, 3] = 2.0
    with pytest.raises(InputError, match="Columns '3' are constant among the reference"):
        FITS[name](X, SETS)


def test_ssgsea_and_sets_without_it_take_a_constant_analyte() -> None:
    X = people(1)
    X[:, 3] = 2.0
    assert np.isfinite(fit_ssgsea(X, SETS).score(X)).all()
    assert np.isfinite(fit_mean_z(X, [[0, 1]]).score(X)).all()


@pytest.mark.parametrize("name", COMPETITIVE)
def test_a_set_cannot_be_weighed_against_nothing(name: str) -> None:
    with pytest.raises(InputError, match="holds all 11 analytes"):
        FITS[name](people(1), [list(range(11))])


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda X: fit_gsva(X, SETS, kernel="gausian"), "Did you mean 'gaussian'"),
        (lambda X: fit_gsva(X, SETS, tau=-1), "tau must be 0 or more"),
        (lambda X: fit_ssgsea(X, SETS, alpha=float("nan")), "alpha must be 0 or more"),
        (lambda X: fit_ssgsea(np.ones_like(X), [[0]]), "no range; use normalise=False"),
        (lambda X: fit_mean_z(X, SETS, weights=np.zeros(11)), "Set 0 carries no weight"),
        (lambda X: fit_mean_z(X, SETS, weights=[1.0]), "weights needs 11 numbers"),
        (lambda X: fit_plage(X, SETS).score(X[:, :4]), "with 11 analytes; got"),
        (lambda X: fit_gsva(X, SETS).score(np.full((1, 11), np.nan)), "11 cells"),
    ],
)
def test_settings_that_cannot_be_are_refused(fit, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit(people(1))
