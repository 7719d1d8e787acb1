"""The batch correction: scikit-learn to the letter, its laws, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.exceptions import InputError
from subtyping.preparation.combat import ComBat

SETTINGS = [
    {},
    {"mean_only": True},
    {"prior": "nonparametric"},
    {"reference_batch": "a"},
    {"prior": "nonparametric", "mean_only": True},
]


@pytest.fixture
def people(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    n = 90
    batches = np.repeat(["a", "b", "c"], 30)
    covariates = pd.DataFrame({"group": rng.choice(["HC", "MDD"], n), "age": rng.normal(50, 9, n)})
    X = rng.standard_normal((n, 25)) + (covariates["group"] == "MDD").to_numpy()[:, None]
    X += (batches == "b")[:, None] * rng.normal(1, 0.3, 25)
    X[batches == "c"] *= 1.5
    return X, batches, covariates


@pytest.mark.parametrize("prior", ["parametric", "nonparametric"])
def test_scikit_learn_accepts_it(prior) -> None:
    check_estimator(ComBat(prior=prior), on_skip=None)


@pytest.mark.parametrize("settings", SETTINGS)
class TestLaws:
    def test_fit_transform_is_fit_then_transform(self, people, settings) -> None:
        X, batches, covariates = people
        given = {"batches": batches, "covariates": covariates}
        one = ComBat(**settings).fit(X, **given).transform(X, **given)
        np.testing.assert_array_equal(ComBat(**settings).fit_transform(X, **given), one)
        assert np.abs(one - X).max() > 0.1

    def test_a_constant_added_to_a_batch_leaves_the_result(self, people, settings) -> None:
        X, batches, covariates = people
        given = {"batches": batches, "covariates": covariates}
        step = ComBat(**settings).fit(X, **given)
        moved = X + (batches == "b")[:, None] * 3.7 * step.sd_
        out = step.transform(X, **given)
        out_moved = ComBat(**settings).fit(moved, **given).transform(moved, **given)
        # the grand mean follows the share of the batch, a third; the reference stays
        share = 0.0 if "reference_batch" in settings else 1 / 3
        is_iterated = not settings or "reference_batch" in settings
        atol = 2e-3 if is_iterated else 1e-9  # the iteration stops at a relative change
        expected = np.broadcast_to(3.7 * step.sd_ * share, X.shape)
        np.testing.assert_allclose(out_moved - out, expected, atol=atol)

    def test_rows_do_not_depend_on_who_else_is_there(self, people, settings) -> None:
        X, batches, covariates = people
        step = ComBat(**settings).fit(X, batches=batches, covariates=covariates)
        whole = step.transform(X, batches=batches, covariates=covariates)
        some = [0, 41, 42, 88]
        part = step.transform(X[some], batches=batches[some], covariates=covariates.iloc[some])
        np.testing.assert_array_equal(part, whole[some])

    def test_the_order_of_samples_does_not_matter(self, people, settings, rng) -> None:
        X, batches, covariates = people
        order = rng.permutation(len(X))
        step = ComBat(**settings).fit(X, batches=batches, covariates=covariates)
        other = ComBat(**settings).fit(
            X[order], batches=batches[order], covariates=covariates.iloc[order]
        )
        np.testing.assert_allclose(
            other.transform(X, batches=batches, covariates=covariates),
            step.transform(X, batches=batches, covariates=covariates),
            atol=1e-9,
        )


@pytest.mark.parametrize("settings", SETTINGS)
def test_equal_batches_stay_as_they_are(rng, settings) -> None:
    half = rng.standard_normal((40, 12))
    X, batches = np.vstack([half, half]), np.repeat(["a", "b"], 40)
    out = ComBat(**settings).fit(X, batches=batches).transform(X, batches=batches)
    # locations are equal; scales shrink towards the common one of the standardised values
    np.testing.assert_allclose(
        out[:40], out[40:], atol=0.15 if "reference_batch" in settings else 1e-9
    )
    if "mean_only" in settings:
        np.testing.assert_allclose(out, X, atol=1e-12)


def test_locations_of_two_batches_by_hand() -> None:
    # Analyte 1: 0 2 | 4 6, analyte 2: 0 2 | 2 4. Grand means 3 and 2; pooled variance 1.
    # Raw locations -2 -1 and 2 1: batch a has mean -1.5, variance over analytes .5.
    # Mean only: (.5 * raw + mean) / (.5 + 1), so for a (-1 - 1.5) / 1.5 and (-.5 - 1.5) / 1.5.
    X = np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 2.0], [6.0, 4.0]])
    step = ComBat(mean_only=True).fit(X, batches=["a", "a", "b", "b"])
    np.testing.assert_allclose(step.grand_mean_, [3, 2])
    np.testing.assert_allclose(step.sd_, [1, 1])
    np.testing.assert_allclose(step.gamma_[0], [-2.5 / 1.5, -2 / 1.5])
    np.testing.assert_allclose(step.gamma_[1], [2.5 / 1.5, 2 / 1.5])


def test_the_next_set_is_corrected_with_what_was_learnt(people, rng) -> None:
    X, batches, covariates = people
    step = ComBat().fit(X, batches=batches, covariates=covariates)
    before = {name: value.copy() for name, value in vars(step).items() if hasattr(value, "copy")}
    step.transform(X[:5] + 9, batches=batches[:5], covariates=covariates.iloc[:5])
    for name, value in before.items():
        np.testing.assert_array_equal(vars(step)[name], value)


def test_an_unseen_batch_by_policy(people) -> None:
    X, batches, covariates = people
    old = batches != "c"
    fit = {"batches": batches[old], "covariates": covariates[old]}
    new = {"batches": batches[~old], "covariates": covariates[~old]}
    with pytest.raises(InputError, match=r"1 batch not seen .*'c'.*unseen=\"location\""):
        ComBat().fit(X[old], **fit).transform(X[~old], **new)
    step = ComBat(unseen="location").fit(X[old], **fit)
    out = step.transform(X[~old], **new)
    coded = (covariates["group"] == "MDD").to_numpy(dtype=float)[~old], covariates["age"][~old]
    expected = step.grand_mean_ + np.column_stack(coded) @ step.slopes_
    np.testing.assert_allclose(((out - expected) / step.sd_).mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(out.std(axis=0), X[~old].std(axis=0))
    few = {"batches": batches[~old][:7], "covariates": covariates[~old][:7]}
    with pytest.raises(InputError, match=r"at least 8 samples; 'c' has 7"):
        step.transform(X[~old][:7], **few)


def test_samples_without_a_batch_stay_as_they_are(people) -> None:
    X, batches, covariates = people
    blank = np.where(np.arange(len(X)) < 4, "", batches)
    missing = covariates.assign(age=np.where(blank == "", np.nan, covariates["age"]))
    step = ComBat().fit(X, batches=blank, covariates=missing)
    out = step.transform(X, batches=blank, covariates=missing)
    np.testing.assert_array_equal(out[:4], X[:4])
    np.testing.assert_array_equal(step.transform(X), X)
    trimmed = ComBat().fit(X[4:], batches=batches[4:], covariates=covariates[4:])
    np.testing.assert_allclose(trimmed.gamma_, step.gamma_, atol=1e-12)


def test_a_batch_of_one_leaves_the_scale(people) -> None:
    X, batches, covariates = people
    alone = np.where(np.arange(len(X)) == 0, "d", batches)
    step = ComBat().fit(X, batches=alone, covariates=covariates)
    assert step.is_mean_only_
    np.testing.assert_array_equal(step.delta_, 1)
    same = ComBat(mean_only=True).fit(X, batches=alone, covariates=covariates)
    np.testing.assert_array_equal(same.gamma_, step.gamma_)


def test_an_analyte_constant_in_a_batch_is_left_alone(people) -> None:
    X, batches, covariates = people
    X = X.copy()
    X[batches == "b", 3] = 1.25
    step = ComBat().fit(X, batches=batches, covariates=covariates)
    out = step.transform(X, batches=batches, covariates=covariates)
    assert np.flatnonzero(~step.is_adjusted_).tolist() == [3]
    np.testing.assert_array_equal(out[:, 3], X[:, 3])
    rest = np.delete(np.arange(25), 3)
    without = ComBat().fit(X[:, rest], batches=batches, covariates=covariates)
    np.testing.assert_allclose(
        without.transform(X[:, rest], batches=batches, covariates=covariates), out[:, rest]
    )


def test_missing_values_are_left_out_of_their_analyte(people) -> None:
    X, batches, covariates = people
    X = X.copy()
    X[[0, 35, 70], 2] = np.nan
    step = ComBat().fit(X, batches=batches, covariates=covariates)
    out = step.transform(X, batches=batches, covariates=covariates)
    assert np.isnan(out).sum() == 3
    seen = np.isfinite(X[:, 2])
    indicators = (batches[seen, None] == np.array(["a", "b", "c"])).astype(float)
    coded = np.column_stack([(covariates["group"] == "MDD"), covariates["age"]]).astype(float)[seen]
    design = np.hstack([indicators, coded])
    beta, *_ = np.linalg.lstsq(design, X[seen, 2], rcond=None)
    np.testing.assert_allclose(step.grand_mean_[2], beta[:3].mean())  # 30 samples a batch
    np.testing.assert_allclose(step.sd_[2], (X[seen, 2] - design @ beta).std(ddof=1))
    complete = ComBat().fit(np.delete(X, 2, axis=1), batches=batches, covariates=covariates)
    ratio = np.delete(step.sd_, 2) / complete.sd_
    np.testing.assert_allclose(ratio, np.sqrt(90 / 89))  # n - 1 for every analyte, as in sva


def test_a_group_difference_is_kept_and_the_batch_goes(rng) -> None:
    n = 600
    batches = rng.choice(["a", "b"], n)
    case = rng.random(n) < np.where(batches == "a", 0.7, 0.3)
    X = rng.standard_normal((n, 20)) + case[:, None] + (batches == "a")[:, None] * 2.0
    groups = pd.DataFrame({"group": np.where(case, "MDD", "HC")})
    step = ComBat().fit(X, batches=batches, covariates=groups)
    out = step.transform(X, batches=batches, covariates=groups)
    difference = out[case].mean(axis=0) - out[~case].mean(axis=0)
    np.testing.assert_allclose(difference.mean(), 1.0, atol=0.06)


REFUSED = [
    (lambda b, c: (b, c[[]].assign(g=np.where(b == "a", "x", "y"))), "confounded with batch"),
    (lambda b, c: (b, c.assign(twice=c["age"] * 2)), "repeat each other"),
    (lambda b, c: (b, c.assign(age=c["age"].where(c.index > 1))), r"'age' is missing in 2 of 90"),
    (lambda b, c: (b[:-1], c), "a batch for each of the 90 samples; got 89"),
    (lambda b, c: (b, c.iloc[:-1]), "covariates for 90 samples; got 89"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_fit_refuses(people, change, said) -> None:
    X, batches, covariates = people
    labels, kept = change(batches, covariates)
    with pytest.raises(InputError, match=said):
        ComBat().fit(X, batches=labels, covariates=kept)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"prior": "parametrik"}, "Did you mean 'parametric'"),
        ({"unseen": "drop"}, "unseen must be one of error, location"),
        ({"reference_batch": "z"}, "reference_batch must be one of a, b, c"),
    ],
)
def test_settings_it_does_not_know(people, settings, said) -> None:
    X, batches, _ = people
    with pytest.raises(InputError, match=said):
        ComBat(**settings).fit(X, batches=batches)


def test_what_transform_refuses(people) -> None:
    X, batches, covariates = people
    step = ComBat().fit(X, batches=batches, covariates=covariates)
    with pytest.raises(InputError, match="covariates 'group', 'age'; got no covariates"):
        step.transform(X, batches=batches)
    with pytest.raises(InputError, match="'group' has 'AD', which"):
        step.transform(X, batches=batches, covariates=covariates.assign(group="AD"))


def test_gaps_that_leave_nothing_to_estimate_are_named(people) -> None:
    X, batches, _ = people
    frame = pd.DataFrame(X, columns=[f"P{i}" for i in range(25)])
    frame.loc[batches == "b", "P4"] = np.nan
    with pytest.raises(InputError, match=r"Analyte 'P4' has no value in batch 'b'"):
        ComBat().fit(frame, batches=batches)
    with pytest.raises(InputError, match="takes at least 2"):
        ComBat().fit(X[:, :1], batches=batches)
    one = np.where(np.arange(90) == 0, "alone", batches)
    with pytest.raises(InputError, match="reference batch 'alone' has one sample"):
        ComBat(reference_batch="alone").fit(X, batches=one)
