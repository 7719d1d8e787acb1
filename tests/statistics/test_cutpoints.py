"""Laws of ROC curves and Youden's cut, against plain loops."""

import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.statistics.areas import auc, delong_interval
from subtyping.statistics.cutpoints import youden_cut
from subtyping.statistics.roc import roc_curves


def loop_auc(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    wins = (x[:, None] > x[None, :]) + 0.5 * (x[:, None] == x[None, :])
    return float((a[:, None] * b[None, :] * wins).sum() / (a.sum() * b.sum()))


def loop_cut(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    cuts = np.unique(x[(a + b) > 0])
    index = np.array([a[x >= c].sum() / a.sum() - b[x >= c].sum() / b.sum() for c in cuts])
    return float(np.median(cuts[index >= index.max() - 1e-6])), float(index.max())


@pytest.fixture
def sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = rng.normal(size=80).round(1)
    p = 1 / (1 + np.exp(-2 * x - rng.normal(size=80)))
    counts = rng.multinomial(80, np.ones(80) / 80, size=25).T
    return x, counts * p[:, None], counts * (1 - p)[:, None]


def test_many_weightings_equal_a_loop(sample: tuple[np.ndarray, ...]) -> None:
    x, a, b = sample
    curves, cut = roc_curves(x, a, b), youden_cut(x, a, b)
    for k in range(a.shape[1]):
        assert curves.auc[k] == pytest.approx(loop_auc(x, a[:, k], b[:, k]), rel=1e-12)
        threshold, index = loop_cut(x, a[:, k], b[:, k])
        assert (cut.threshold[k], cut.youden[k]) == pytest.approx((threshold, index), rel=1e-12)


def test_many_scores_equal_one_at_a_time(rng: np.random.Generator) -> None:
    X = rng.normal(size=(50, 6)).round(1)
    X[rng.random(X.shape) < 0.1] = np.nan
    y = rng.random(50) < 0.4
    together = roc_curves(X, y, ~y).auc
    for k in range(6):
        known = ~np.isnan(X[:, k])
        assert together[k] == pytest.approx(auc(X[known, k], y[known]), rel=1e-12)


def test_the_curve_knows_the_cut(sample: tuple[np.ndarray, ...]) -> None:
    x, a, b = sample
    curves, cut = roc_curves(x, a, b), youden_cut(x, a, b)
    index = np.where(curves.is_cut, curves.sensitivity - curves.false_positive_frac, -np.inf)
    np.testing.assert_allclose(index.max(axis=0), cut.youden, rtol=1e-12)


def test_turning_the_score_round_turns_everything_round(sample: tuple[np.ndarray, ...]) -> None:
    x, a, b = sample
    up, down = youden_cut(x, a, b), youden_cut(-x, a, b, operator="<=")
    np.testing.assert_allclose(down.threshold, -up.threshold)
    np.testing.assert_allclose(roc_curves(-x, a, b).auc, 1 - roc_curves(x, a, b).auc)


def test_a_unit_factor_multiplies_the_cut(sample: tuple[np.ndarray, ...]) -> None:
    x, a, b = sample
    np.testing.assert_allclose(
        youden_cut(1000 * x, a, b).threshold, 1000 * youden_cut(x, a, b).threshold
    )


@pytest.mark.parametrize(("ties", "expected"), [("lowest", 2.0), ("highest", 4.0), ("median", 3.0)])
@pytest.mark.parametrize("operator", [">=", "<="])
def test_tie_rules(operator: str, ties: str, expected: float) -> None:
    # >= 2: 3/3 - 2/3, >= 3: 2/3 - 1/3, >= 4: 1/3 - 0/3, all 1/3; so for 6 - x from below
    y = np.array([0, 1, 0, 1, 0, 1], dtype=bool)
    x = np.array([1.0, 2.0, 2.0, 3.0, 3.0, 4.0])
    if operator == "<=":
        x = 6 - x
    cut = youden_cut(x, y, ~y, operator=operator, ties=ties)
    assert (cut.threshold[0], cut.n_tied[0]) == (expected, 3)


def test_infinite_and_missing_scores_are_no_cuts() -> None:
    x = [-np.inf, np.nan, 1.0, 2.0, np.inf]
    cut = youden_cut(x, [0, 1, 0, 1, 1], [1, 0, 1, 0, 0])
    assert cut.threshold[0] == 2.0
    assert cut.youden[0] == 1.0


def test_one_class_alone_has_no_cut() -> None:
    cut = youden_cut([1.0, 2.0], [1, 1], [0, 0])
    assert np.isnan(cut.threshold[0])
    assert np.isnan(auc([1.0, 2.0], [True, True]))


def test_delong_covers(rng: np.random.Generator) -> None:
    truth, hits = 0.7602, 0  # P(N(1,1) > N(0,1)) = Phi(1 / sqrt 2)
    for _ in range(400):
        x = np.concatenate([rng.normal(1, 1, 40), rng.normal(0, 1, 60)])
        _, low, high = delong_interval(x, np.arange(100) < 40)
        hits += low <= truth <= high
    assert 0.91 < hits / 400 < 0.985


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: youden_cut([1.0], [1], [0], operator=">"), "operator must be"),
        (lambda: youden_cut([1.0], [1], [0], ties="first"), "ties one of"),
        (lambda: youden_cut([1.0, 2.0], [1], [0]), "one length"),
        (lambda: roc_curves([1.0, 2.0], [1], [0]), "one length"),
        (lambda: delong_interval([1.0, 2.0], [True, False]), "two people of each class"),
    ],
)
def test_errors(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
