import numpy as np
import pytest

from subtyping.prediction.calibration import calibration_table, recalibration


def test_the_truth_as_outcome_is_perfectly_calibrated(rng):
    p = rng.uniform(0.01, 0.99, size=500)
    assert recalibration(p, p)[0] == pytest.approx([0, 1], abs=1e-9)


@pytest.mark.parametrize(("intercept", "slope"), [(0.7, 1.0), (0.0, 0.5), (-1.2, 2.0)])
def test_a_distortion_of_the_truth_is_undone(rng, intercept, slope):
    eta = rng.normal(size=400)
    truth = 1 / (1 + np.exp(-(intercept + slope * eta)))
    assert recalibration(1 / (1 + np.exp(-eta)), truth)[0] == pytest.approx([intercept, slope])


def test_drawn_outcomes_give_slope_one_within_error(rng):
    p = rng.uniform(0.05, 0.95, size=20_000)
    assert recalibration(p, rng.uniform(size=20_000) < p)[0] == pytest.approx([0, 1], abs=0.06)


def test_weights_are_repeats(rng):
    p = rng.uniform(size=60)
    y = rng.uniform(size=60) < p
    counts = rng.integers(0, 4, size=(5, 60))
    for row, found in zip(counts, recalibration(p, y, counts), strict=True):
        assert found == pytest.approx(recalibration(np.repeat(p, row), np.repeat(y, row))[0])


def test_it_agrees_with_unpenalised_logistic_regression(rng):
    from sklearn.linear_model import LogisticRegression

    eta = rng.normal(size=300) * 3
    y = rng.uniform(size=300) < 1 / (1 + np.exp(-eta))
    oracle = LogisticRegression(C=np.inf, tol=1e-10).fit(eta[:, None], y)
    expected = [oracle.intercept_[0], oracle.coef_[0, 0]]
    assert recalibration(1 / (1 + np.exp(-eta)), y)[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("p", "y"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]),
        ([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0]),
        ([0.1, 0.2, 0.2, 0.9], [0, 0, 1, 1]),
        ([0.1, 0.2, 0.8, 0.9], [1, 1, 1, 1]),
        ([0.4, 0.4, 0.4, 0.4], [0, 1, 0, 1]),
        ([], []),
    ],
    ids=["separated", "reversed", "touching", "one class", "constant", "nobody"],
)
def test_no_finite_fit_is_missing_and_never_a_number(p, y):
    assert np.isnan(recalibration(np.array(p), np.array(y))).all()


def test_a_bin_is_a_plain_mean(rng):
    p = rng.uniform(size=103)
    y = rng.uniform(size=103) < p
    table = calibration_table("elastic_net", p, y)
    order = np.argsort(p)
    start = 0
    assert table["n"].sum() == 103
    assert np.ptp(table["n"]) <= 1
    for row in table.itertuples():
        rows = order[start : start + row.n]
        assert row.mean_probability == pytest.approx(p[rows].mean())
        assert row.observed_frac == pytest.approx(y[rows].mean())
        assert row.observed_frac_ci_low <= row.observed_frac <= row.observed_frac_ci_high
        start += row.n


def test_wilson_limits_by_hand():
    # 5 of 20: (.25 + 3.8415/40 -+ 1.96 sqrt(.1875/20 + 3.8415/1600)) / (1 + 3.8415/20)
    row = calibration_table("m", np.repeat(0.3, 20), np.arange(20) < 5).iloc[0]
    assert row["observed_frac_ci_low"] == pytest.approx(0.11186, abs=1e-5)
    assert row["observed_frac_ci_high"] == pytest.approx(0.46870, abs=1e-5)


def test_equal_probabilities_share_a_bin():
    table = calibration_table("m", np.repeat([0.1, 0.9], [90, 10]), np.zeros(100, bool))
    assert table["n"].tolist() == [90, 10]
