"""A measured treatment: the people before it stand in both contrasts."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.panel import read_panel
from subtyping.preparation import Preparation
from subtyping.signature.reversal import observed_reversal
from subtyping.signature.reversal.halves import exchanged, half_weights, whole_weights
from subtyping.statistics.shared_errors import shared_errors

SMALL = {"bootstrap": 20, "draws": 49, "n_splits": 4, "seed": 5}


def score(cohort, prepared=None, **options):
    return observed_reversal(
        prepared or cohort.prepared, cohort.before, cohort.after, cohort.reference,
        **{**SMALL, **options},
    )  # fmt: skip


@pytest.fixture(scope="module")
def result(cohort):
    return score(cohort, name="the drug")


def values(result, handling="with"):
    return result.table.query("handling == @handling").set_index("metric")["value"]


def test_half_is_taken_away(result):
    assert result.verdicts["verdict"].tolist() == ["reverses, not placebo-adjusted"] * 2
    found = values(result)
    assert 30 < found["improvement_slope_pct"] < 70
    assert found["cosine_corrected"] == pytest.approx(1.0, abs=0.25)
    assert result.sentence.startswith("The drug (observed, ")
    assert result.sentence.endswith("not a prediction of response.")


def test_a_drug_that_does_nothing_is_not_called_though_the_plain_cosine_says_so(cohort):
    found = score(cohort, cohort.untreated)
    assert found.verdicts["verdict"].tolist() == ["not shown", "not shown"]
    null = found.nulls.query("metric == 'cosine_uncorrected' and handling == 'with'")
    assert null["median"].item() > 0.1  # positive by noise alone
    slope = found.nulls.query("metric == 'improvement_slope_pct' and handling == 'with'")
    assert abs(slope["median"].item()) < 3


def test_the_moments_are_those_of_shared_errors(cohort, result):
    z = cohort.prepared.z.to_numpy()
    state = cohort.before + 2 * cohort.after
    design = np.column_stack([state == k for k in range(3)]).astype(float)
    fit = shared_errors(z, design, [[-1, 1, 0], [0, -1, 1]], centred=False)
    slope = -100 * fit.corrected[0, 1] / fit.corrected[0, 0]
    assert values(result)["improvement_slope_pct"] == pytest.approx(slope, rel=0.03)
    assert values(result)["cosine_uncorrected"] == pytest.approx(-fit.uncorrected(), rel=0.02)


def test_halves_share_no_person(rng):
    subject = np.array([0, 1, 2, 3, 4, 5, 0, 1, 6, 7, 8, 9])
    state = np.array([1, 1, 1, 1, 1, 1, 2, 2, 2, 0, 0, 0])
    found = half_weights(state, subject, np.ones(12), 30, rng)
    for b, d in zip(found.signature, found.effect, strict=True):
        assert not set(subject[b != 0]) & set(subject[d != 0])
        assert b.sum() == pytest.approx(0)
        assert d.sum() == pytest.approx(0)


def test_variances_of_the_weights_by_hand():
    # two pairs: var(after - before) = 2/2 (1 - rho), cov with before = -(1 - rho)/2
    state, pairs = np.array([0, 0, 1, 1, 2, 2]), np.array([[2, 4], [3, 5]])
    of_b, of_d, shared = whole_weights(state, np.ones(6)).variances(pairs)
    np.testing.assert_allclose(of_b, [[1.0, 0.0]])
    np.testing.assert_allclose(of_d, [[1.0, -1.0]])
    np.testing.assert_allclose(shared, [[-0.5, 0.5]])


def test_exchange_keeps_pairs_and_counts(rng):
    state = np.array([0, 0, 1, 1, 1, 2, 2, 2])
    pairs = np.array([[2, 5], [3, 6]])
    drawn = np.array([exchanged(state, pairs, rng) for _ in range(60)])
    assert (np.sort(drawn, axis=1) == np.sort(state)).all()
    assert (drawn[:, :2] == 0).all()
    assert (drawn[:, [2, 3]] + drawn[:, [5, 6]] == 3).all()
    assert 0.2 < (drawn[:, 4] == 2).mean() < 0.8


def test_paired_people_have_shares_whose_null_shows_regression_to_the_mean(cohort):
    who = np.r_[np.arange(60), 100 + np.arange(60), 100 + np.arange(60)].astype(str)
    found = score(cohort, cohort.untreated, samples=cohort.samples.assign(subject=who))
    assert len(found.patients) == 60
    row = found.table.query("metric == 'share_back_pct' and handling == 'with'").iloc[0]
    assert row["null_twin"] > 10
    assert row["p_value"] > 0.05
    assert found.notes[-2].endswith("60 people seen both before and after.")


def test_covariates_common_to_the_three_states_are_taken_away(cohort):
    age = np.linspace(-1, 1, 180)[np.random.default_rng(2).permutation(180)]
    moved = cohort.prepared.z + 3 * age[:, None]
    changed = dataclasses.replace(cohort.prepared, z=moved, log2=0.5 * moved + 3)
    samples = cohort.samples.assign(age=age)
    found = score(cohort, changed, samples=samples, covariates=["age"])
    plain = score(cohort, samples=samples, covariates=["age"])
    np.testing.assert_allclose(values(found), values(plain), rtol=1e-6)


def test_without_a_signature_there_is_nothing_to_reverse(cohort):
    blank = dataclasses.replace(cohort.prepared, z=cohort.prepared.z.iloc[:, 12:])
    found = score(cohort, blank)
    assert (found.verdicts["verdict"] == "not applicable").all()
    assert "are dysregulated before treatment" in found.sentence


def test_same_seed_same_bytes(cohort, result):
    pd.testing.assert_frame_equal(score(cohort, name="the drug").table, result.table)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda c: (c.before, c.before, c.reference), "60 samples stand in more than one"),
        (lambda c: (c.before[:3], c.after, c.reference), r"masks of shape \(180,\)"),
        (
            lambda c: (c.before & (np.arange(180) < 63), c.after, c.reference),
            "at least six samples each; got 60, 3, 60",
        ),
    ],
)
def test_bad_masks_are_refused(cohort, change, match):
    with pytest.raises(InputError, match=match):
        observed_reversal(cohort.prepared, *change(cohort))


def test_several_samples_of_one_person_in_a_state_are_refused(cohort):
    with pytest.raises(InputError, match="'a' have several samples in one state"):
        score(cohort, samples=cohort.samples.assign(subject="a"))


def test_people_without_a_covariate_are_refused(cohort):
    age = np.where(np.arange(180) < 5, np.nan, 40.0 + np.arange(180) % 7)
    with pytest.raises(InputError, match="5 people lack age"):
        score(cohort, samples=cohort.samples.assign(age=age), covariates=["age"])


@pytest.mark.real_data
def test_immunotherapy_of_myasthenia_does_not_reverse_its_signature(shared):
    path = shared / "datasets" / "mg_plasma_luminex" / "mg_plasma_luminex_wide.csv"
    panel = read_panel(
        path, samples="same", unit="pg/mL", analytes="IL_6..IL_18", zeros="below_lod",
        columns={"sample": "Bio_ID", "group": "Status"},
    )  # fmt: skip
    groups = ("Pre-treatment", "Post-treatment", "Control")
    prepared = Preparation(groups[:2], groups[2:], adjust=()).fit_transform(panel)
    before, after, reference = (panel.in_groups([name]) for name in groups)
    found = observed_reversal(prepared, before, after, reference, bootstrap=40, draws=99, seed=1)
    assert found.verdicts["verdict"].tolist() == ["not shown"]
    assert found.verdicts["agreeing"].tolist() == [""]
    row = found.table.set_index("metric").loc["improvement_pct"]
    assert row["ci_low"] < 0 < row["ci_high"]
    rho = found.analytes["log2_fc"].corr(-found.analytes["effect"], method="spearman")
    assert abs(rho) < 0.2
