"""A study over and over: exact truths, findings counted right, the same whatever the workers."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.signature import differential_abundance
from subtyping.study.replications import TRUTHS, population_differences, replicate_study
from subtyping.study.replications.alike import plain_likeness
from subtyping.study.replications.axis_calls import axis_calls, case_difference
from subtyping.study.replications.meanings import meaning_of
from subtyping.study.replications.naive_reversal import share_left
from subtyping.study.replications.one import replicate_once
from subtyping.study.replications.plan import plan_replications
from subtyping.study.replications.summary import by_analyte, summarise
from subtyping.study.replications.undone import (
    pathway_of,
    undone_as_published,
    undone_carelessly,
)
from subtyping.study.spec import spec_from

SMALL = {"n_analytes": 92, "n_case": 30, "n_reference": 30, "n_ad": 20, "n_psoriasis": 20}
MANY = 4000


@pytest.fixture(scope="module")
def three():
    return {name: replicate_study(name, n=6, seed=5, random_sets=5, jobs=1) for name in TRUTHS}


@pytest.mark.parametrize("covariates", [("age", "sex", "bmi"), ()])
@pytest.mark.parametrize(
    ("design", "settings"),
    [
        ("index_study", {}),
        ("index_study", {"case_th2": 0.0, "handling_sd": 0.5, "case_handling": -1.0}),
        ("continuum", {"case_level": 0.0, "case_handling": 1.2}),
        ("th2_subtype", {"fraction": 0.25}),
        ("null", {"case_handling": 1.0}),
    ],
)
def test_the_true_differences_are_those_of_a_very_large_cohort(design, settings, covariates):
    whole = settings | {
        "n_analytes": 60, "detection": "complete", "plate_sd": 0.0,
        **dict.fromkeys(("n_case", "n_reference", "n_ad", "n_psoriasis"), MANY),
    }  # fmt: skip
    cohort = simulate_cohort(design, seed=9, **whole)
    log2, samples = cohort.panel.values, cohort.panel.samples
    truth = population_differences(design, seed=9, covariates=covariates, **whole).table
    for group in ("MDD", "AD", "psoriasis"):
        found = differential_abundance(
            log2, log2.notna(), samples, covariates=covariates, batch=False,
            contrasts={"a": ([group], ["HC"])},
        ).table.set_index("analyte")  # fmt: skip
        error = (found["ci_high"] - found["ci_low"]) / (2 * 1.96)
        z = (found["log2_fc"] - truth.loc[found.index, group]) / error
        # One latent factor is drawn for all analytes, so their errors go together: a shift of
        # all by two standard errors is no surprise, one of four is.
        assert z.abs().max() < 4.5
        assert abs(z.mean()) < 2.5


def test_the_parts_of_a_difference_vanish_with_their_causes():
    whole = population_differences("index_study", seed=1).table
    without = population_differences("index_study", seed=1, case_th2=0.0).table
    np.testing.assert_allclose(whole["MDD"] - without["MDD"], whole["from_th2"], atol=1e-12)
    still = population_differences("index_study", seed=1, case_handling=0.0).table
    np.testing.assert_allclose(whole["MDD"] - still["MDD"], whole["from_handling"], atol=1e-12)
    assert (without["from_th2"] == 0).all()
    assert (still["from_handling"] == 0).all()


def test_a_group_without_people_has_no_difference():
    table = population_differences("continuum", seed=1).table
    assert list(table) == ["MDD", "from_handling", "from_th2", "sd_log2"]


def test_what_no_one_knows_the_truth_of_is_refused():
    with pytest.raises(InputError, match="got atopy"):
        population_differences("index_study", covariates=("age", "atopy"))


def test_clamping_what_nothing_follows_undoes_nothing_else():
    rng = np.random.default_rng(3)
    X, is_case = rng.normal(size=(4000, 4)), np.arange(4000) < 2000
    X[is_case, 1:] += 1.0
    left = share_left(X, is_case, np.array([0]))
    np.testing.assert_allclose(left[1:], 1.0, atol=0.02)


def test_pooling_the_groups_undoes_a_difference_that_has_nothing_to_do_with_the_clamped():
    """Two independent analytes, both one SD higher: pooled r = .25 / 1.25, so a fifth is undone."""
    rng = np.random.default_rng(4)
    X, is_case = rng.normal(size=(40_000, 2)), np.arange(40_000) < 20_000
    X[is_case] += 1.0
    left = share_left(X, is_case, np.array([0]))
    assert left[0] == 0
    assert left[1] == pytest.approx(0.8, abs=0.02)


def test_the_reversal_does_not_depend_on_the_units_of_an_analyte():
    rng = np.random.default_rng(5)
    X, is_case = rng.normal(size=(50, 6)), np.arange(50) < 25
    scaled = X * np.array([1, 10, 0.1, 3, 7, 2.0]) + 5
    at = np.array([0, 2])
    np.testing.assert_allclose(share_left(X, is_case, at), share_left(scaled, is_case, at))


def test_what_is_undone_is_told_in_three_ways():
    """Of two findings one is clamped and one is free: half undone, half cleared, the best whole."""
    rng = np.random.default_rng(6)
    z = pd.DataFrame(rng.normal(size=(6000, 6)), columns=["CCL17", "CCL11", *"ABCD"])
    is_case = np.arange(6000) < 3000
    z.loc[is_case, "A"] += 1.0
    found = undone_carelessly(
        z, is_case, pd.Series({"CCL17": 0.6, "A": 1.0}), ("CCL17", "CCL11"),
        random_sets=19, seed=1, fold_above=0.585,
    )  # fmt: skip
    assert found["naive_reversal_pct"] == pytest.approx(50, abs=2)
    assert (found["naive_cleared_pct"], found["naive_best_pct"]) == (50, 100)
    assert found["is_naive_best_full"]
    assert not found["is_naive_reversal_full"]
    # A random pair of A to D holds A in half of the draws: then A is wholly undone.
    assert 20 < found["random_best_pct"] < 80


def test_nothing_found_is_not_undone():
    z = pd.DataFrame(np.random.default_rng(7).normal(size=(20, 5)), columns=["CCL17", *"ABCD"])
    found = undone_carelessly(
        z, np.arange(20) < 10, pd.Series(dtype=float), ("CCL17",),
        random_sets=3, seed=1, fold_above=0.585,
    )  # fmt: skip
    assert np.isnan(found["naive_reversal_pct"])
    assert np.isnan(found["naive_p_value"])
    assert not found["is_naive_best_full"]


def test_the_pathway_of_an_axis_acts_on_it_alone():
    assert pathway_of("Th2").name == "IL-4/IL-13"
    assert pathway_of("t_cell") is None


def test_a_plain_likeness_counts_the_analytes_mostly_detected():
    def one(*fold):
        low = [False] * 4 + [True]
        return pd.DataFrame({"log2_fc": fold, "is_mostly_below_detection": low})

    parts = {"MDD": one(1, 2, 3, 4, 99.0), "AD": one(1, 2, 3, 5, -9.0), "X": one(4, 3, 2, 1, 0.0)}
    truth = pd.DataFrame({name: [1.0, 2, 3, 4, 5] for name in parts})
    found = plain_likeness(parts, truth, "MDD")
    # MDD - mean: -1.5 -.5 .5 1.5; AD - mean: -1.75 -.75 .25 2.25: 6.5 / sqrt(5 * 8.75)
    assert found["likeness_AD"] == pytest.approx(6.5 / np.sqrt(43.75))
    assert found["likeness_X"] == pytest.approx(-1)
    assert found["is_nearer_AD"]


def test_shared_reference_people_make_diseases_look_alike_and_that_is_taken_out(three):
    one = three["no_th2"]
    plain, true = one.value("likeness_AD"), one.value("true_likeness_AD")
    assert plain > true + 0.1
    debiased = one.table["debiased_likeness_AD"] - one.table["true_debiased_likeness_AD"]
    assert abs(debiased.mean()) < 0.3


def test_a_score_given_handling_is_not_called_for_handling_alone():
    handling = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9.0])
    is_case = np.arange(10) > 4
    wobble = np.array([1, -2, 2, -1, 0, 0, 1, -2, 2, -1.0]) / 20
    score = handling + wobble
    calls = axis_calls({"zscore": score, "skew_given_handling": score}, is_case, handling)
    assert calls["is_called_by_zscore"]
    assert not calls["is_called_by_skew_given_handling"]


def test_a_score_nobody_has_is_not_called():
    nobody = np.full(6, np.nan)
    difference, p = case_difference(nobody, np.arange(6) > 2)
    assert np.isnan([difference, p]).all()
    assert not axis_calls({"skew": nobody}, np.arange(6) > 2, nobody)["is_called_by_skew"]


def test_findings_and_errors_are_counted_by_hand():
    columns = ["truth_log2", "estimate_log2", "is_found", "is_compared"]
    rows = {
        "CCL17": [(0.5, 1.0, True, True), (0.5, 0.6, True, True), (0.5, 0.1, False, True)],
        "SIRT2": [(0.2, -0.8, True, True), (0.2, 0.0, False, True), (0.2, 0.0, True, False)],
    }
    parts = [
        pd.DataFrame([rows[name][k] for name in rows], index=list(rows), columns=columns)
        for k in range(3)
    ]
    table = by_analyte(parts, {"CCL17"}).set_index("analyte")
    assert table.loc["CCL17", "found_frac"] == pytest.approx(2 / 3, abs=1e-5)
    assert table.loc["CCL17", "exaggeration"] == pytest.approx(0.8 / 0.5)
    assert table.loc["CCL17", "is_axis"]
    assert table.loc["SIRT2", "is_handling"]
    assert table.loc["SIRT2", "n_compared"] == 2
    assert table.loc["SIRT2", "found_frac"] == 0.5
    assert table.loc["SIRT2", "wrong_sign_frac"] == 1.0


def test_a_summary_leaves_out_what_is_not_defined():
    table = pd.DataFrame({"power": [0.5, np.nan, 1.0], "is_called_by_skew": [True, False, False]})
    summary = summarise(table, seed=1).set_index("quantity")
    assert summary.loc["power", ["n", "value"]].tolist() == [2, 0.75]
    assert summary.loc["is_called_by_skew", "ci_low"] == pytest.approx(0.0615, abs=1e-4)
    assert 0.5 <= summary.loc["power", "ci_low"] <= 0.75 <= summary.loc["power", "ci_high"] <= 1


def test_every_number_of_a_replication_says_what_it_means(three):
    for found in three.values():
        told = set(found.summary["quantity"])
        silent = {"replication", "seed"} | {c for c in found.table if str(c).endswith("_p_value")}
        assert set(found.table) - silent == told - {"naive_p_value"}
        assert found.summary["meaning"].str.len().min() > 10
    assert meaning_of("no such column") is None


def test_a_replication_is_consistent_with_itself(three):
    for found in three.values():
        table = found.table
        assert (table["n_true_findings"] <= table["n_findings"]).all()
        assert (table["n_findings"] <= table["n_compared"]).all()
        total = found.by_analyte
        assert (total["found_frac"] * total["n_compared"]).sum() == pytest.approx(
            table["n_findings"].sum(), abs=0.1
        )
        assert f"In {found.n} replications" in found.sentence
        assert found.value("n_findings") == pytest.approx(table["n_findings"].mean(), abs=1e-3)


def test_what_is_true_shows_in_the_means(three):
    skew = {name: found.value("skew_difference") for name, found in three.items()}
    assert skew["as_published"] > skew["no_th2"] + 0.4
    assert three["as_published"].value("true_axis_share_pct") > 10
    assert three["no_th2"].value("true_axis_share_pct") == 0
    assert three["as_published"].value("exaggeration") > 1.1


@pytest.fixture(scope="module")
def few():
    return replicate_study("no_th2", n=2, seed=2, random_sets=2, jobs=1)


def test_the_number_of_workers_changes_nothing(few):
    two = replicate_study("no_th2", n=2, seed=2, random_sets=2, jobs=2)
    for name, table in few.tables().items():
        assert table.to_csv() == two.tables()[name].to_csv(), name
    assert few.sentence == two.sentence


def test_more_replications_keep_the_first_ones(few):
    assert (
        replicate_once((plan_replications("no_th2", seed=2, random_sets=2), 1)).row["seed"]
        == (few.table.loc[1, "seed"])
    )


def spec(**changes):
    document = {
        "seed": 4,
        "cohort": {"simulate": {"design": "index_study", **SMALL}},
        "discovery": {"axis": "Th2"},
        "signature": {"replications": 2},
    }
    return spec_from(document | changes)


def test_a_specification_is_replicated_as_it_analyses():
    found = replicate_study(spec(), random_sets=2, jobs=1)
    assert (found.n, found.design, found.settings["n_case"]) == (2, "index_study", 30)
    plan = plan_replications(spec(preparation={"plates": "none", "adjust": ["age"]}))
    assert plan.preparation["adjust_plates"] is False
    assert plan.contrast["covariates"] == ("age",)
    assert plan.contrast["batch"] is False


def test_a_study_without_comparison_groups_has_no_likeness():
    small = SMALL | {"n_ad": 0, "n_psoriasis": 0}
    study = spec(cohort={"simulate": {"design": "continuum", **small}})
    found = replicate_study(study, random_sets=2, jobs=1)
    assert not [name for name in found.table if "like" in str(name)]


FILES = {
    "panel": "panel.csv", "unit": "NPX", "samples": "samples.csv",
    "columns": {"sample": "id", "group": "group"},
    "groups": {"case": ["MDD"], "reference": ["HC"]},
}  # fmt: skip
OWN = {"simulate": {"design": "null"}, "groups": {"case": ["HC"], "reference": ["MDD"]}}


@pytest.mark.parametrize(
    ("study", "options", "match"),
    [
        (lambda: spec(cohort=FILES), {}, "a simulated cohort"),
        (lambda: spec(cohort=OWN), {}, "take cohort.groups out"),
        (lambda: spec(signature={"covariates": ["atopy"]}), {"n": 2}, "got atopy"),
        (lambda: "no_th3", {}, "Did you mean|no_th2"),
        (lambda: "no_th2", {"n": 1}, "at least 2"),
    ],
)
def test_what_cannot_be_replicated_is_refused(study, options, match):
    with pytest.raises(InputError, match=match):
        replicate_study(study(), jobs=1, **options)


def test_a_drug_that_only_lowers_moves_back_whatever_is_higher():
    higher = undone_as_published(pd.Series({"CCL17": 0.8, "CCL26": 0.7, "VWF": 0.6}), "Th2")
    assert (higher["n_published_covered"], higher["published_reversal_pct"]) == (2, 100)
    mixed = undone_as_published(pd.Series({"CCL17": 0.8, "CCL26": -0.7}), "Th2")
    assert mixed["published_reversal_pct"] == 50
    nothing = undone_as_published(pd.Series({"VWF": 0.8}), "Th2")
    assert np.isnan(nothing["published_reversal_pct"])
    assert not nothing["is_published_reversal_full"]
    assert undone_as_published(pd.Series({"CCL17": 0.8}), "t_cell")["n_published_covered"] == 0
