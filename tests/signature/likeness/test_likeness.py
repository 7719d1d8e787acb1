"""Likeness of diseases: what is planted is found, what cannot be told is refused."""

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import AxisDefinition
from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.preparation import Preparation
from subtyping.signature.likeness import (
    SIMILARITY_COLUMNS,
    comparator_overlap,
    group_design,
    leave_one_analyte_out,
    likeness_of_diseases,
    likeness_values,
)
from subtyping.statistics.shared_errors import shared_errors

FAST = {"n_bootstrap": 199, "n_permutation": 199}
GROUPS = {"case": ["MDD"], "reference": ["HC"], "comparisons": ["AD", "psoriasis"]}
AXES = [
    AxisDefinition(name, tuple(f"P{j}" for j in range(4 * k, 4 * k + 4)))
    for k, name in enumerate(("one", "two", "three", "four", "five"))
]


def cohort(seed=0, *, n=40, p=80, half=0.5):
    """MDD is `half` of AD, psoriasis is something else; two plates, age."""
    rng = np.random.default_rng(seed)
    names = np.repeat(["HC", "MDD", "AD", "psoriasis"], n)
    ids = [f"s{i}" for i in range(4 * n)]
    Y = rng.normal(size=(4 * n, p)) * 0.9 + rng.normal(size=(4 * n, 1)) * 0.4
    truth = rng.normal(size=(2, p))
    Y[names == "AD"] += truth[0]
    Y[names == "MDD"] += half * truth[0]
    Y[names == "psoriasis"] += truth[1]
    samples = pd.DataFrame(
        {"group": names, "batch": np.tile(["p1", "p2"], 2 * n), "age": rng.normal(40, 9, 4 * n)},
        index=ids,
    )
    log2 = pd.DataFrame(Y, index=ids, columns=[f"P{j}" for j in range(p)])
    return log2, log2.notna(), samples


def run(data, **changes):
    arguments = GROUPS | FAST | {"covariates": ["age"], "axes": AXES} | changes
    return likeness_of_diseases(*data, **arguments)


@pytest.fixture(scope="module")
def found():
    return run(cohort())


def value(found, measure, comparison, column="value"):
    rows = found.table.set_index(["measure", "comparison"])
    return rows.loc[(measure, comparison), column]


def test_planted_likeness_and_its_difference_are_found(found):
    assert value(found, "signature_correlation", "AD") > 0.9
    assert abs(value(found, "signature_correlation", "psoriasis")) < 0.35
    assert value(found, "signature_correlation_difference", "AD - psoriasis", "ci_low") > 0.4
    overlaps = [value(found, "rank_overlap", name) for name in ("AD", "psoriasis")]
    assert overlaps[0] > overlaps[1]
    assert np.isnan(value(found, "rank_overlap", "AD", "p_value"))
    assert "no p-value" in value(found, "rank_overlap", "AD", "reason")
    assert "MDD is more like AD than like psoriasis" in found.sentence


def test_the_table_has_its_columns_and_intervals_hold_their_values(found):
    assert tuple(found.table.columns) == SIMILARITY_COLUMNS
    told = found.table.dropna(subset=["ci_low"])
    assert (told["ci_low"] <= told["value"]).all()
    assert (told["value"] <= told["ci_high"]).all()
    assert found.table["p_value"].dropna().between(0, 1).all()
    plain = found.table[found.table["measure"] == "signature_correlation_uncorrected"]
    assert plain["ci_low"].isna().all()
    assert plain["p_value"].isna().all()


def test_q_values_run_over_the_comparisons_of_a_measure(found):
    rows = found.table[found.table["measure"] == "signature_correlation"]
    p = rows["p_value"].to_numpy()
    np.testing.assert_allclose(
        sorted(rows["q_value"]), sorted([min(2 * p.min(), p.max()), p.max()])
    )


def test_results_do_not_depend_on_workers_and_repeat(found):
    again = run(cohort(), jobs=2)
    for name in ("table", "profile", "leave_one_out", "effects", "overlap"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))
    pd.testing.assert_frame_equal(found.projection.table, again.projection.table)
    assert found.sentence == again.sentence


def test_nothing_different_is_not_estimable():
    rng = np.random.default_rng(5)
    log2, seen, samples = cohort()
    noise = pd.DataFrame(rng.normal(size=log2.shape), index=log2.index, columns=log2.columns)
    nothing = run((noise, seen, samples))
    headline = nothing.table[nothing.table["measure"] == "signature_correlation"]
    assert headline["value"].isna().all()
    assert headline["reason"].str.contains("not distinguishable from noise").all()
    assert nothing.leave_one_out.empty
    assert value(nothing, "signature_correlation_uncorrected", "AD") > 0.25  # false likeness


def test_profile_is_the_difference_in_sd(found):
    rows = found.profile[found.profile["axis"] == "one"].set_index("group")
    assert list(rows.index) == ["MDD", "AD", "psoriasis"]
    assert rows.loc["MDD", "difference_sd"] == pytest.approx(
        rows.loc["AD", "difference_sd"] / 2, abs=0.5
    )
    assert (rows["ci_low"] < rows["ci_high"]).all()
    assert (rows["n_members"] == 4).all()


def test_leave_one_out_is_the_fit_without_that_analyte(found):
    log2, _seen, samples = cohort()
    sides = {"case": ["MDD"], "AD": ["AD"], "psoriasis": ["psoriasis"]}
    design = group_design(samples, sides, ["HC"], covariates=["age"])
    aims = [design.contrast(name) for name in sides]
    row = found.leave_one_out.iloc[0]
    fit = shared_errors(log2.drop(columns=row["analyte"]), design.matrix, aims)
    assert row["value"] == pytest.approx(fit.correlation(0, 1))
    whole = shared_errors(log2, design.matrix, aims)
    assert row["value"] - row["change"] == pytest.approx(whole.correlation(0, 1))
    plain = shared_errors(log2, design.matrix, aims, centred=False)
    assert len(leave_one_analyte_out(plain, list(log2), ["AD", "psoriasis"])) == 2 * log2.shape[1]


def test_the_axis_and_the_handling_markers_are_left_out():
    log2, _seen, samples = cohort()
    log2 = log2.rename(columns={"P70": "SIRT2", "P71": "STAMBP"})
    found = run((log2, log2.notna(), samples))
    assert value(found, "signature_correlation_without_handling", "AD", "n_analytes") == 78
    assert value(found, "signature_correlation_without_one", "AD", "n_analytes") == 76


def test_analytes_below_detection_are_left_out_and_counted():
    log2, seen, samples = cohort()
    seen = seen.copy()
    seen.loc[seen.index[10:], ["P3", "P4"]] = False
    found = run((log2, seen, samples))
    assert "2 analytes mostly below detection left out of the correlations." in found.notes
    assert value(found, "signature_correlation", "AD", "n_analytes") == 78


def test_gaps_are_filled_by_the_fit_and_mostly_missing_analytes_leave():
    log2, _, samples = cohort()
    log2 = log2.copy()
    log2.iloc[:9, 0], log2.iloc[:80, 1], log2["P2"] = np.nan, np.nan, 1.0
    design = group_design(samples, {"case": ["MDD"]}, ["HC"], covariates=[])
    values = likeness_values(log2, log2.notna(), design)
    assert values.missing == ("P1",)
    assert values.constant == ("P2",)
    gap = ~values.measured[:, 0]
    assert gap.sum() == 9
    X, y = design.matrix, values.Y[:, 0]
    beta = np.linalg.lstsq(X[~gap], y[~gap], rcond=None)[0]
    np.testing.assert_allclose(y[gap], X[gap] @ beta)


@pytest.mark.parametrize("blocked", [{"AD"}, True])
def test_blocked_comparisons_have_a_reason_and_no_number(blocked):
    found = run(cohort(), blocked=blocked)
    rows = found.table[found.table["comparison"] == "AD"]
    assert (rows["reason"] == "blocked").all()
    assert rows["value"].isna().all()
    assert rows["p_value"].isna().all()
    assert rows["ci_low"].isna().all()
    if blocked is True:
        assert found.table["value"].isna().all()
        assert found.profile.empty


def test_a_comparator_from_another_batch_is_refused_unless_bridged():
    log2, seen, samples = cohort()
    samples = samples.copy()
    samples.loc[samples["group"] == "AD", "batch"] = "elsewhere"
    report = comparator_overlap(samples, ["MDD"], ["AD"], ["HC"])
    assert report.is_apart
    assert "bridge first" in report.sentence
    refused = run((log2, seen, samples))
    assert value(refused, "signature_correlation", "AD", "reason").endswith("bridge first")
    assert np.isfinite(value(refused, "signature_correlation", "psoriasis"))
    bridged = run((log2, seen, samples), bridged=True)
    assert value(bridged, "signature_correlation", "AD") > 0.9
    assert any("taken as bridged" in note for note in bridged.notes)


def test_a_comparator_with_reference_people_of_its_own_is_compared_within_batches():
    log2, seen, samples = cohort()
    samples = samples.copy()
    own = (samples["group"] == "AD") | samples.index.isin(samples.index[:20])
    samples.loc[own, "batch"] = "elsewhere"
    log2 = log2 + np.outer(own, np.linspace(-3, 3, log2.shape[1]))  # a plate effect
    report = comparator_overlap(samples, ["MDD"], ["AD"], ["HC"])
    assert not report.is_apart
    assert report.is_within_batch
    found = run((log2, seen, samples))
    assert value(found, "signature_correlation", "AD") > 0.85
    assert any("within levels" in note for note in found.notes)


def test_a_group_that_a_covariate_determines_is_refused():
    log2, seen, samples = cohort()
    samples = samples.assign(smoking=np.where(samples["group"] == "psoriasis", "yes", "no"))
    found = run((log2, seen, samples), covariates=["smoking"])
    assert "cannot be told apart" in value(found, "signature_correlation", "psoriasis", "reason")
    assert np.isfinite(value(found, "signature_correlation", "AD"))


def test_cases_that_cannot_be_told_apart_refuse_everything():
    log2, seen, samples = cohort()
    samples = samples.assign(smoking=np.where(samples["group"] == "MDD", "yes", "no"))
    found = run((log2, seen, samples), covariates=["smoking"])
    assert found.table["value"].isna().all()
    assert (found.table["reason"] != "").all()


def test_the_projection_tells_the_diseases_apart_and_marks_who_is_like_neither(found):
    line = found.projection
    cases = line.table[line.table["group"] == "case"]
    assert len(cases) == 40
    assert line.auc > 0.95
    assert (cases["probability"] > 0.5).mean() > 0.9
    assert line.table["probability"].between(0, 1).all()
    healthy = cohort(half=0.0)
    nobody = run(healthy).projection.table.query("group == 'case'")
    assert nobody["is_like_neither"].mean() > 0.8


def test_few_people_of_a_disease_refuse_the_projection():
    log2, seen, samples = cohort(n=14)
    line = run((log2, seen, samples)).projection
    assert line.table.empty
    assert "15 are needed" in line.reason


def test_one_comparison_is_enough():
    found = run(cohort(), comparisons={"eczema": ["AD"]})
    assert set(found.table["comparison"]) == {"eczema"}
    assert found.projection.reason == "two comparisons are needed"


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"comparisons": []}, "at least one disease"),
        ({"comparisons": ["case"]}, "another name"),
        ({"comparisons": ["psoriasi"]}, "Did you mean 'psoriasis'"),
        ({"comparisons": ["MDD"]}, "two sides"),
        ({"reference": ["nobody"]}, "reference people are needed"),
    ],
)
def test_bad_groups_are_told(changes, match):
    with pytest.raises(InputError, match=match):
        run(cohort(), **changes)


def test_tables_of_different_samples_are_told():
    log2, seen, samples = cohort()
    with pytest.raises(InputError, match="same samples"):
        run((log2, seen, samples.iloc[::-1]))


def test_the_index_study_at_a_hundred_a_group_is_like_ad_and_less_like_psoriasis():
    simulated = simulate_cohort(
        "index_study", seed=3, n_case=100, n_reference=100, n_ad=100, n_psoriasis=100
    )
    prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(simulated.panel)
    found = likeness_of_diseases(
        prepared.log2, prepared.detected, simulated.panel.samples, **GROUPS, **FAST
    )
    assert value(found, "signature_correlation", "AD", "ci_low") > 0
    assert value(found, "signature_correlation_difference", "AD - psoriasis", "ci_low") > 0
    th2 = found.profile.query("axis == 'Th2'").set_index("group")["difference_sd"]
    assert th2["AD"] > th2["MDD"] > th2["psoriasis"]


def test_the_projection_does_not_sort_people_by_a_line_that_tells_nothing_apart():
    from subtyping.signature.likeness.projection import _sentence

    told = _sentence(pd.DataFrame(), ("AD", "psoriasis"), (0.55, 0.41, 0.68), 0.3)
    assert told.startswith("Whether single cases are more like AD or psoriasis cannot be told")
