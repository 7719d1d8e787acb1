"""Published effects against a planted signature."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.signature.reversal import published_reversal
from subtyping.signature.reversal.drug_vector import checked_effects, drug_vector

ADJUSTED = "published, placebo-adjusted"
SMALL = {"bootstrap": 40, "draws": 99, "seed": 3}


def score(cohort, **options):
    return published_reversal(
        cohort.prepared, cohort.found, cohort.before, cohort.reference, **{**SMALL, **options}
    )


@pytest.fixture(scope="module")
def result(cohort, effects):
    return score(cohort, effects=effects)


def metrics(result, drug, model=ADJUSTED, handling="with"):
    rows = result.table.query("drug == @drug and model == @model and handling == @handling")
    return rows.set_index("metric")


def verdict(result, drug, model=ADJUSTED, handling="with"):
    rows = result.verdicts.query("drug == @drug and model == @model and handling == @handling")
    return rows["verdict"].item()


def test_verdicts(result):
    assert verdict(result, "half") == "reverses"
    assert verdict(result, "mimic") == "not shown"
    assert verdict(result, "two known") == "not applicable"
    assert verdict(result, "placebo") == "not shown"
    assert verdict(result, "placebo", "published") == "reverses, not placebo-adjusted"
    assert verdict(result, "half", handling="without") == "reverses"


def test_improvement_is_about_half_and_beyond_its_null(result):
    row = metrics(result, "half").loc["improvement_pct"]
    assert 40 < row["value"] < 60
    assert row["ci_low"] < row["value"] < row["ci_high"]
    assert row["null_twin"] < 20
    assert row["p_value"] == 0.01  # 1 / (1 + 99)
    assert row["n_covered"] == row["n_signature"] >= 11


def test_a_drug_and_its_mirror_are_mirrored(result):
    half, mimic = metrics(result, "half")["value"], metrics(result, "mimic")["value"]
    for name in ("cosine", "connectivity", "improvement_uncapped_pct"):
        assert mimic[name] == pytest.approx(-half[name])
    assert mimic["share_back_pct"] < 3 < half["share_back_pct"]


def test_two_known_effects_are_not_scored_and_say_so(result):
    row = metrics(result, "two known").loc["all"]
    assert row["reason"].startswith("not applicable: 2 of ")
    assert np.isnan(row["value"])
    assert "two known 2" in result.sentence


def test_directions_alone_give_connectivity_and_no_verdict(result):
    rows = metrics(result, "directions", "published")
    assert np.isfinite(rows.loc["connectivity", "value"])
    assert np.isnan(rows.loc["improvement_pct", "value"])
    assert verdict(result, "directions", "published") == "not applicable"


def test_the_placebo_arm_stands_beside(result):
    plain, placebo = (
        metrics(result, "placebo", model)["value"] for model in ("published", "placebo arm")
    )
    assert placebo["improvement_uncapped_pct"] == pytest.approx(
        plain["improvement_uncapped_pct"], rel=0.02
    )


def test_a_handling_marker_is_scored_with_and_without(result):
    counts = result.table.drop_duplicates("handling").set_index("handling")["n_panel"]
    assert (counts["with"], counts["without"]) == (40, 39)


def test_wrong_way_is_up_where_cases_are_up(result):
    rows = result.analytes.query("drug == 'mimic' and is_signature and model == @ADJUSTED")
    assert rows["is_wrong_way"].all()
    assert not result.analytes.query("drug == 'half'")["is_wrong_way"].any()


def test_patients_add_up_to_the_pooled_share(result):
    mine = result.patients.query("drug == 'half' and model == @ADJUSTED")
    pooled = 100 * mine["n_back"].sum() / mine["n_outside"].sum()
    assert metrics(result, "half").loc["share_back_pct", "value"] == pytest.approx(pooled)
    assert len(mine) == 60


def test_the_p_value_is_the_largest_of_the_nulls(result):
    nulls = result.nulls.query("drug == 'half' and model == @ADJUSTED and handling == 'with'")
    mine = nulls.query("metric == 'cosine'")
    assert len(mine) == 4  # labels, targets, chance signature and drugs of another class
    largest = mine["p_value"].max()
    assert metrics(result, "half").loc["cosine", "p_value"] == largest


def test_the_sentence_ends_with_what_it_is(result):
    assert result.sentence.endswith("A hypothesis, not a prediction of response.")


def test_same_seed_same_bytes(cohort, effects, result):
    again = score(cohort, effects=effects)
    pd.testing.assert_frame_equal(again.table, result.table)
    pd.testing.assert_frame_equal(again.nulls, result.nulls)


def test_order_of_people_does_not_change_values(cohort, effects, result):
    order = np.random.default_rng(1).permutation(len(cohort.samples))
    p = cohort.prepared
    shuffled = type(p)(
        p.z.iloc[order], p.log2.iloc[order], p.detected.iloc[order], p.handling.iloc[order], (),
        p.detection, p.n_imputed.iloc[order],
    )  # fmt: skip
    again = published_reversal(
        shuffled, cohort.found, cohort.before[order], cohort.reference[order], effects=effects,
        **SMALL,
    )  # fmt: skip
    np.testing.assert_allclose(again.table["value"], result.table["value"], rtol=1e-9)


def test_the_packaged_drugs_are_hardly_known_in_blood(cohort):
    result = score(cohort)
    adjusted = result.verdicts.query("model == @ADJUSTED")
    assert (adjusted["verdict"] == "not applicable").all()
    rows = result.table.query("drug == 'dupilumab' and model == 'published' and handling == 'with'")
    assert rows["n_covered"].iloc[0] == 3  # CCL17, CCL26 and periostin
    assert (result.verdicts["verdict"] != "reverses").all()


def test_a_blocked_contrast_has_no_reversal(cohort, effects):
    table = cohort.found.table.assign(t=np.nan, q_value=np.nan, method="descriptive")
    blocked = type(cohort.found)(table, "blocked")
    result = published_reversal(
        cohort.prepared, blocked, cohort.before, cohort.reference, effects=effects, **SMALL
    )
    assert (result.verdicts["verdict"] == "not applicable").all()
    assert result.table["reason"].str.contains("nothing was inferred").all()


def test_measured_effects_carry_their_noise(cohort, effects):
    noisy = effects[effects["drug"] == "half"].assign(standard_error=0.1)
    found = metrics(score(cohort, effects=noisy), "half").loc["improvement_pct"]
    exact = metrics(score(cohort, effects=noisy.drop(columns="standard_error")), "half")
    assert (
        found["ci_high"] - found["ci_low"]
        > np.diff(exact.loc["improvement_pct", ["ci_low", "ci_high"]])[0]
    )


def test_skin_never_enters_a_blood_score(effects):
    table = effects.assign(tissue="skin")
    assert checked_effects(table).empty


def test_which_row_of_several_is_taken():
    rows = pd.DataFrame(
        {
            "drug": "x", "analyte": ["IL6", "IL6", "IL6", "IL8"], "direction": "down",
            "log2_fc": [-2.0, -1.0, np.nan, np.nan], "n_drug": [10, 90, 900, 5],
            "log2_fc_low": [np.nan, np.nan, -3.0, -2.0],
            "log2_fc_high": [np.nan, np.nan, -1.0, -0.5],
        }
    )  # fmt: skip
    found = drug_vector(checked_effects(rows), "x", "published", ["CXCL8", "IL6", "TNF"])
    np.testing.assert_allclose(found.effect, [-0.5, -1.0, np.nan])  # weak end; largest trial
    assert found.source.tolist() == ["weak end of the range", "not placebo-adjusted", ""]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"drugs": ["dupilimab"]}, "Did you mean 'dupilumab'"),
        ({"contrast": "pre vs HV"}, "No contrast 'pre vs HV'.* Did you mean 'pre vs HC'"),
        ({"effects": pd.DataFrame({"drug": ["x"]})}, "lacks 'analyte', 'direction'"),
        (
            {"effects": pd.DataFrame({"drug": ["x"], "analyte": ["A"], "direction": ["lower"]})},
            "A direction must be one of down, none, up; got 'lower'",
        ),
        (
            {"effects": pd.DataFrame({"drug": ["x"], "analyte": ["A"], "direction": ["down"],
                                      "log2_fc": [1.0]})},
            "effect of x on A is 1 and its direction down",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(cohort, change, match):
    with pytest.raises(InputError, match=match):
        score(cohort, **change)


def test_masks_must_fit(cohort):
    with pytest.raises(InputError, match=r"must have shape \(180,\)|among the 180"):
        published_reversal(cohort.prepared, cohort.found, cohort.before[:9], cohort.reference)
    with pytest.raises(InputError, match="60 in both"):
        published_reversal(cohort.prepared, cohort.found, cohort.before, cohort.before)
    nobody = np.zeros(180, dtype=bool)
    with pytest.raises(InputError, match="at least three cases"):
        published_reversal(cohort.prepared, cohort.found, nobody, cohort.reference)
