"""Set scores of a study: methods, members, coherence beside random sets, cards, comparison."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import AxisScorer, define_axes
from subtyping.axes.set_scores import (
    COMPETITIVE_METHODS,
    SET_SCORE_METHODS,
    SetScorer,
    compare_set_scores,
    score_sets,
)
from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError, ModelError
from subtyping.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.statistics.set_scores import fit_ssgsea

SETS = {"first": ["A", "B", "C"], "second": ["E", "F"]}


@pytest.fixture(scope="module")
def study() -> tuple[Prepared, np.ndarray, np.ndarray]:
    cohort = simulate_cohort("index_study", seed=4, n_case=90, n_reference=80)
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(cohort.panel)
    return prepared, cohort.panel.in_groups(["MDD"]), cohort.panel.in_groups(["HC"])


@pytest.fixture(scope="module")
def scores(study) -> dict:
    return {method: score_sets(*study, method=method, seed=1) for method in SET_SCORE_METHODS}


@pytest.fixture
def healthy(rng: np.random.Generator) -> pd.DataFrame:
    X = rng.normal(size=(40, 12)) * np.arange(1, 13) + 5
    X[:, :3] += 3 * rng.normal(size=(40, 1))
    return pd.DataFrame(X, columns=list("ABCDEFGHIJKL"), index=[f"h{i}" for i in range(40)])


def test_z_is_the_default_score_and_drops_the_same_members(study, scores) -> None:
    prepared, case, reference = study
    scorer = AxisScorer(define_axes("Th2")).fit(prepared, case, reference)
    existing = scorer.transform(prepared)
    ours = scores["z"]
    for name in ours.table:
        expected = existing.table[f"{name}_score"]
        np.testing.assert_allclose(ours.table[name], expected, rtol=0, atol=1e-12)
    assert list(ours.table) == list(scorer.models_)
    for column in ("analyte", "is_used", "detected_case_frac"):
        pd.testing.assert_series_equal(ours.members[column], existing.members[column])
    both = ours.coherence.merge(existing.coherence, left_on="set", right_on="axis")
    both = both[both["n_members_x"] > 1]
    np.testing.assert_allclose(both["alpha_x"], both["alpha_y"])
    np.testing.assert_allclose(both["mean_r_x"], both["mean_r_y"])


@pytest.mark.parametrize("method", SET_SCORE_METHODS)
def test_every_method_scores_every_sample_on_the_same_sets(study, scores, method: str) -> None:
    found = scores[method]
    assert found.method == method
    assert found.table.index.equals(study[0].z.index.rename("sample_id"))
    assert list(found.table) == list(scores["z"].table)
    assert np.isfinite(found.table.to_numpy()).all()
    assert np.corrcoef(found.table["Th2"], scores["z"].table["Th2"])[0, 1] > 0.5
    assert found.sentence.startswith(f"The Th2 score by {method} rests on ")


@pytest.mark.parametrize("method", SET_SCORE_METHODS)
def test_a_patients_score_does_not_depend_on_who_else_is_there(healthy, method: str) -> None:
    scorer = SetScorer(method, SETS).fit(healthy)
    patients = healthy.iloc[:7] + 1.3
    batch = scorer.transform(patients).table
    for sample in patients.index:
        alone = scorer.transform(patients.loc[[sample]]).table
        pd.testing.assert_frame_equal(alone, batch.loc[[sample]], check_exact=True)


@pytest.mark.parametrize("method", SET_SCORE_METHODS)
def test_the_scorer_survives_json(healthy, method: str) -> None:
    scorer = SetScorer(method, SETS | {"absent": ["ZZ"]}).fit(healthy)
    again = SetScorer.from_card(json.loads(json.dumps(scorer.to_card(), allow_nan=False)))
    patients = healthy.iloc[::3] + 0.7
    expected, found = scorer.transform(patients), again.transform(patients)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    pd.testing.assert_frame_equal(found.members, expected.members, check_dtype=False)
    pd.testing.assert_frame_equal(found.coherence, expected.coherence, check_dtype=False)
    assert (found.sentence, found.notes) == (expected.sentence, expected.notes)


@pytest.mark.parametrize("method", SET_SCORE_METHODS)
def test_the_order_of_columns_and_of_members_is_irrelevant(healthy, method: str) -> None:
    scorer = SetScorer(method, SETS).fit(healthy)
    shuffled = SetScorer(method, {name: m[::-1] for name, m in SETS.items()}).fit(healthy)
    patients = healthy.iloc[:5] + 1
    expected = scorer.transform(patients).table
    pd.testing.assert_frame_equal(shuffled.transform(patients).table, expected, check_exact=True)
    turned = scorer.transform(patients[patients.columns[::-1]]).table
    pd.testing.assert_frame_equal(turned, expected, check_exact=True)


def test_parameters_reach_the_kernel(healthy) -> None:
    X, columns = healthy.to_numpy(), [[0, 1, 2], [4, 5]]
    expected = fit_ssgsea(X, columns, alpha=1.0, normalise=False).score(X)
    scorer = SetScorer("ssgsea", SETS, alpha=1.0, normalise=False)
    np.testing.assert_array_equal(scorer.fit_transform(healthy).table, expected)
    assert scorer.get_params()["alpha"] == 1.0
    assert list(scorer.get_feature_names_out()) == ["first", "second"]


def detection_of(analytes: list[str], case: list[float], reference: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analyte": analytes,
            "detected_case_frac": case,
            "detected_reference_frac": reference,
            "reason": "",
        }
    )


def test_the_weight_of_a_member_is_its_detected_fraction(healthy) -> None:
    names = list(healthy)
    table = detection_of(names, [0.9, 0.6, 0.2, *[1.0] * 9], [0.7, 0.4, 0.3, *[1.0] * 9])
    scorer = SetScorer("z_detection", SETS).fit(healthy, detection=table)
    members = scorer.members_.set_index("analyte")
    # A: (.9 + .7) / 2; B: (.6 + .4) / 2, measurable since .6 of the cases; C: never above half.
    assert members.loc[["A", "B", "C"], "weight"].tolist() == pytest.approx([0.8, 0.5, 0.0])
    z = (healthy - healthy.mean()) / healthy.std()
    by_hand = (0.8 * z["A"] + 0.5 * z["B"]) / 1.3
    np.testing.assert_allclose(scorer.transform(healthy).table["first"], by_hand)


def test_full_detection_makes_weights_irrelevant(healthy) -> None:
    plain = SetScorer("z", SETS).fit_transform(healthy).table
    weighted = SetScorer("z_detection", SETS).fit_transform(healthy).table
    np.testing.assert_allclose(weighted, plain)


def test_a_set_with_too_little_measurable_is_dropped_with_a_sentence(healthy) -> None:
    axes = define_axes({"name": "kept", "members": ["A", "B"]}, {"low": ["C"], "away": ["DD"]})
    table = detection_of(list(healthy), [1, 1, 0.02, *[1] * 9], [1, 1, 0.03, *[1] * 9])
    scorer = SetScorer("z", axes).fit(healthy, detection=table)
    found = scorer.transform(healthy)
    assert list(found.table) == ["kept"]
    notes = " ".join(found.notes)
    assert "low is not scored: 0 of the 1 members it needs are measurable" in notes
    assert "C, which is detected in 2% of cases, 3% of reference" in notes
    assert "DD, which is not on the panel" in notes
    assert "sets could not be scored" in found.sentence
    row = found.coherence.set_index("set").loc["low"]
    assert not row["is_scored"]
    assert row["reason"] == "0 of 1 members are measurable"


def test_a_misspelt_analyte_of_ones_own_is_suggested(healthy) -> None:
    named = healthy.rename(columns={"A": "CCL17"})
    note = SetScorer("z", {"x": ["CCL71", "B"]}).fit(named).notes_[0]
    assert note == ("x is scored without CCL71, which is not on the panel (did you mean 'CCL17'?).")


def test_a_curated_axis_needs_two_members(study) -> None:
    prepared, case, reference = study
    few = [axis for axis in define_axes("Th2") if axis.name == "Th2"]
    kept = ["CCL17", "CXCL9", "CXCL10", "TNF"]
    on_panel = prepared.detection["analyte"].isin(kept)
    narrow = replace(prepared, z=prepared.z[kept], detection=prepared.detection[on_panel])
    with pytest.raises(InputError, match="Th2 is not scored: 1 of the 2 members it needs"):
        score_sets(narrow, case, reference, axes=few)


def test_members_that_go_together_stand_out_from_random_sets(healthy) -> None:
    scorer = SetScorer("z", SETS, draws=400, seed=3).fit(healthy)
    rows = scorer.coherence_.set_index("set")
    first, second = rows.loc["first"], rows.loc["second"]
    assert first["mean_r"] > first["mean_r_random_limit"] > first["mean_r_random_median"]
    assert first["coherence_p_value"] < 0.05
    assert second["coherence_p_value"] > 0.05
    r = np.corrcoef(healthy[["A", "B", "C"]], rowvar=False)
    mean_r = r[np.triu_indices(3, 1)].mean()
    assert first["mean_r"] == pytest.approx(mean_r)
    assert first["alpha"] == pytest.approx(3 * mean_r / (1 + 2 * mean_r))


def test_a_difference_between_groups_is_no_coherence(healthy) -> None:
    alone = SetScorer("z", SETS).fit(healthy).coherence_
    shifted = SetScorer("z", SETS).fit(healthy, cases=healthy + 50).coherence_
    np.testing.assert_allclose(shifted["mean_r"], alone["mean_r"])


def test_random_sets_follow_the_seed(healthy) -> None:
    one = SetScorer("z", SETS, seed=1).fit(healthy).coherence_
    same = SetScorer("z", SETS, seed=1).fit(healthy).coherence_
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    other = SetScorer("z", SETS, seed=2).fit(healthy).coherence_
    assert (one["mean_r_random_limit"] != other["mean_r_random_limit"]).any()


def test_a_set_of_one_member_has_no_coherence(healthy) -> None:
    row = SetScorer("z", {"one": ["A"]}).fit(healthy).coherence_.iloc[0]
    assert np.isnan([row["alpha"], row["mean_r"], row["coherence_p_value"]]).all()


def test_a_panel_too_narrow_for_random_sets_has_no_null(healthy) -> None:
    row = SetScorer("z", {"one": ["A", "B"]}).fit(healthy[["A", "B", "C"]]).coherence_.iloc[0]
    assert np.isfinite(row["mean_r"])
    assert np.isnan(row["mean_r_random_limit"])


def test_competitive_methods_say_what_moves_them(scores) -> None:
    for method, found in scores.items():
        is_said = any("the set itself has not moved" in note for note in found.notes)
        assert is_said == (method in COMPETITIVE_METHODS)


def test_a_set_that_is_the_whole_panel_is_dropped_by_competitive_methods(healthy) -> None:
    sets = SETS | {"whole": list(healthy)}
    assert "whole" in SetScorer("z", sets).fit(healthy).sets_
    found = SetScorer("gsva", sets).fit_transform(healthy)
    assert list(found.table) == ["first", "second"]
    assert any("holds every analyte of the panel" in note for note in found.notes)


def test_constant_analytes_are_left_out_of_a_study_and_named(study) -> None:
    prepared, case, reference = study
    z = prepared.z.copy()
    z.loc[reference, "CCL17"] = 0.0
    found = score_sets(replace(prepared, z=z), case, reference, method="gsva")
    assert any("1 analyte constant among the reference people" in note for note in found.notes)
    row = found.members.set_index(["set", "analyte"]).loc[("Th2", "CCL17")]
    assert not row["is_used"]
    assert "constant among the reference people" in row["reason"]


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda X: SetScorer("ssgse", SETS).fit(X), "Did you mean 'ssgsea'"),
        (lambda X: SetScorer("z").fit(X), "no set to score"),
        (lambda X: SetScorer("z", {"x": "A"}).fit(X), "Set 'x' needs a list of analytes"),
        (lambda X: SetScorer("z", {"x": ["AA"]}).fit(X), "No set can be scored. x is not scored"),
        (lambda X: SetScorer("z", SETS).fit(X.to_numpy()), "Expected a DataFrame"),
        (lambda X: SetScorer("z", SETS).fit(X.iloc[:1]), "2 reference people or more; got 1"),
        (lambda X: SetScorer("z", SETS).fit(X.assign(B=1.0)), "'B' is constant among the"),
        (lambda X: SetScorer("gsva", SETS).fit(X.assign(L=1.0)), "'L' is constant among the"),
        (lambda X: SetScorer("z", SETS).fit(X.mask(X.iloc[3, 1] == X)), "'B' has missing"),
        (lambda X: SetScorer("z", SETS).fit(X[[*"ABCDEFA"]]), "'A' stand twice"),
        (
            lambda X: SetScorer("z", SETS).fit(X).transform(X.drop(columns="F")),
            "'F' is not on the panel",
        ),
        (
            lambda X: SetScorer("z", SETS).fit(X).transform(X.mask(X.iloc[0, 0] == X)),
            "'A' has missing",
        ),
    ],
)
def test_unusable_input_is_named(healthy, fit, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit(healthy)


def test_methods_that_do_not_need_an_analyte_ignore_that_it_is_constant(healthy) -> None:
    still = healthy.assign(L=1.0)
    assert np.isfinite(SetScorer("plage", SETS).fit_transform(still).table.to_numpy()).all()
    assert np.isfinite(SetScorer("ssgsea", SETS).fit_transform(still).table.to_numpy()).all()
    missing = healthy.assign(L=np.nan)
    fitted = SetScorer("zscore", SETS).fit(healthy)
    assert np.isfinite(fitted.transform(missing).table.to_numpy()).all()


def test_a_card_of_another_kind_is_refused(healthy) -> None:
    card = SetScorer("plage", SETS).fit(healthy).to_card()
    del card["model"]["lengths"]
    with pytest.raises(ModelError, match="plage score lacks lengths"):
        SetScorer.from_card(card)


@pytest.mark.parametrize("mask", [np.zeros(3, dtype=bool), None])
def test_masks_must_fit(study, mask) -> None:
    prepared, case, reference = study
    wrong = np.zeros(len(reference)) if mask is None else mask
    with pytest.raises(InputError, match="one True or False for each of"):
        score_sets(prepared, case, wrong)
    with pytest.raises(InputError, match="2 reference people or more; got 0"):
        score_sets(prepared, case, np.zeros(len(case), dtype=bool))


def test_the_comparison_is_welchs_in_sd_of_the_reference(study, scores) -> None:
    _, case, reference = study
    found = compare_set_scores(scores, case, reference)
    assert len(found.table) == len(SET_SCORE_METHODS) * scores["z"].table.shape[1]
    row = found.table[(found.table["set"] == "Th2") & (found.table["method"] == "gsva")].iloc[0]
    values = scores["gsva"].table["Th2"].to_numpy()
    a, b = values[case], values[reference]
    assert row["difference_sd"] == pytest.approx((a.mean() - b.mean()) / b.std(ddof=1))
    from scipy import stats

    welch = stats.ttest_ind(a, b, equal_var=False)
    assert row["p_value"] == pytest.approx(welch.pvalue)
    interval = welch.confidence_interval()
    assert row["ci_low"] == pytest.approx(interval.low / b.std(ddof=1))
    assert row["ci_high"] == pytest.approx(interval.high / b.std(ddof=1))
    plain = scores["z"].table["Th2"].to_numpy()
    both = case | reference
    rho = stats.spearmanr(values[both], plain[both]).statistic
    assert row["rank_correlation_with_z"] == pytest.approx(rho)
    assert found.sentence.startswith("Th2, cases minus reference in SD of the reference: z ")


def test_z_and_zscore_give_one_test(study, scores) -> None:
    _, case, reference = study
    table = compare_set_scores(scores, case, reference).table.set_index(["method", "set"])
    columns = ["difference_sd", "ci_low", "ci_high", "p_value", "q_value"]
    z, combined = table.loc["z", columns], table.loc["zscore", columns]
    np.testing.assert_allclose(combined, z)


def test_comparisons_that_cannot_be_are_refused(study, scores) -> None:
    _, case, reference = study
    with pytest.raises(InputError, match="no scores to compare"):
        compare_set_scores({}, case, reference)
    with pytest.raises(InputError, match="two people in each group; got 0 cases"):
        compare_set_scores(scores, case & False, reference)
    with pytest.raises(InputError, match=r"need .* entries"):
        compare_set_scores(scores, case[:5], reference[:5])
