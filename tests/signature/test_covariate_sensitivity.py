"""What is left of an association once covariates are held fixed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.signature.adjusted_association import adjusted_difference, covariate_columns
from subtyping.signature.axis_covariates import axis_covariate_sensitivity
from subtyping.signature.covariate_sensitivity import covariate_sensitivity
from subtyping.statistics.partial_correlation import partial_correlation


@pytest.fixture
def people(rng):
    n = 300
    bmi = rng.normal(28, 5, n)
    frame = pd.DataFrame(
        {"bmi": bmi, "age": rng.uniform(20, 70, n), "sex": rng.choice(["F", "M"], n)}
    )
    frame["crp"] = 0.2 * bmi + rng.normal(size=n)
    frame["phq9"] = 0.2 * bmi + rng.normal(size=n)
    return frame


COVARIATES = ["age", "sex", "bmi"]


def test_every_adjustment_has_its_row(people) -> None:
    found = covariate_sensitivity(people[["crp"]], people["phq9"], people[COVARIATES]).table
    assert found["adjustment"].tolist() == [
        "unadjusted", "age", "sex", "bmi", "all", "all but age", "all but sex", "all but bmi",
    ]  # fmt: skip
    assert found["kind"].value_counts().to_dict() == {
        "single": 3, "leave_one_out": 3, "crude": 1, "all": 1,
    }  # fmt: skip


def test_the_confounder_takes_the_association_away_and_the_others_do_not(people) -> None:
    found = covariate_sensitivity(people[["crp"]], people["phq9"], people[COVARIATES])
    rho = found.table.set_index("adjustment")["rho"]
    assert rho["unadjusted"] > 0.35
    assert abs(rho["bmi"]) < 0.15
    assert rho["all but bmi"] == pytest.approx(rho["unadjusted"], abs=0.05)
    assert "bmi alone leaves" in found.sentence


def test_the_crude_row_is_spearmans(people) -> None:
    row = covariate_sensitivity(people[["crp"]], people["phq9"], people[COVARIATES]).table.iloc[0]
    assert row["rho"] == pytest.approx(stats.spearmanr(people["crp"], people["phq9"]).statistic)
    assert row["share_left_frac"] == 1.0


def test_shares_are_of_the_same_people(people, rng) -> None:
    people.loc[rng.random(300) < 0.3, "bmi"] = np.nan
    table = covariate_sensitivity(people[["crp"]], people["phq9"], people[["bmi"]]).table
    row = table.iloc[1]
    known = people.dropna()
    assert row["n"] == len(known)
    assert row["n_lacking"] == 300 - len(known)
    crude = stats.spearmanr(known["crp"], known["phq9"]).statistic
    assert row["rho_crude_same_people"] == pytest.approx(crude)
    assert row["share_left_frac"] == pytest.approx(row["rho"] / crude)
    assert row["rho_crude_same_people"] != table.iloc[0]["rho"]


def test_a_crude_association_that_is_not_there_has_no_share(people, rng) -> None:
    noise = pd.DataFrame({"noise": rng.permutation(people["age"])})
    table = covariate_sensitivity(noise, people["phq9"], people[["bmi"]]).table
    if table["p_value"].iloc[0] > 0.1:
        assert table["share_left_frac"].isna().all()


def test_the_difference_by_hand() -> None:
    # Groups 4, 6 and 1, 3: difference 3, pooled variance 2: 3 / sqrt 2. With a covariate that is
    # the within-group deviation, b stays 3 and nothing else is left.
    x, group = np.array([4.0, 6.0, 1.0, 3.0]), np.array([1.0, 1.0, 0.0, 0.0])
    crude = adjusted_difference(x, group, np.empty((4, 0)))
    assert crude.value == pytest.approx(3 / np.sqrt(2))
    # SE(b)^2 / s^2 = 1/2 + 1/2; d^2 / (2 * 2) = 4.5 / 4.
    assert crude.ci_high - crude.value == pytest.approx(1.96 * np.sqrt(1 + 4.5 / 4), rel=1e-3)
    held = adjusted_difference(x, group, np.array([[-1.0], [1.0], [-1.0], [1.0]]))
    assert held.value == pytest.approx(crude.value)
    assert np.isnan(adjusted_difference(x, group, group[:, None]).value)


def test_the_crude_p_value_is_students(rng) -> None:
    x, group = rng.normal(size=50), np.repeat([1.0, 0.0], 25)
    expected = stats.ttest_ind(x[:25], x[25:]).pvalue
    assert adjusted_difference(x, group, np.empty((50, 0))).p_value == pytest.approx(expected)


def test_a_binary_outcome_is_its_own_group(people) -> None:
    case = (people["phq9"] > people["phq9"].median()).astype(float)
    table = covariate_sensitivity(people[["crp"]], case, people[["bmi"]]).table
    assert table["n_case"].tolist() == [150, 150]
    assert table["std_difference"].iloc[1] < table["std_difference"].iloc[0]


def test_a_scale_without_a_group_has_no_standardised_difference(people) -> None:
    table = covariate_sensitivity(people[["crp"]], people["phq9"], people[["bmi"]]).table
    assert table["std_difference"].isna().all()
    assert table["n_case"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("column", "note"),
    [
        ([None] * 40, "Not adjusted for c: nobody's value is known."),
        ([1.5, 2.5, 3.5] + [None] * 37, "Not adjusted for c: 92% of the people lack it."),
        (["a"] * 40, "Not adjusted for c: everybody has the same value."),
        ([f"drug {k}" for k in range(40)], "Not adjusted for c: it has 40 levels."),
    ],
)
def test_covariates_that_cannot_be_used_are_noted(column, note) -> None:
    assert covariate_columns(pd.DataFrame({"c": column})) == ({}, [note])


def test_levels_keep_the_unknown_unknown() -> None:
    found, _ = covariate_columns(pd.DataFrame({"drug": ["a", None, "b", "c", "a", "b"]}))
    np.testing.assert_array_equal(found["drug"][:, 0], [0, np.nan, 1, 0, 0, 1])
    assert found["drug"].shape == (6, 2)


def test_nothing_to_adjust_for_is_said(people) -> None:
    found = covariate_sensitivity(people[["crp"]], people["phq9"], people[[]])
    assert found.sentence.endswith("; nothing could be adjusted for.")
    assert len(found.table) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": pd.Series([1.0] * 300)}, "differs between people; got 1 value in 300 people"),
        ({"outcome": pd.Series([1.0, 2.0])}, "must list the same people"),
        ({"group": pd.Series([2.0] * 300)}, r"group must be 1 \(case\), 0"),
    ],
)
def test_bad_input_is_explained(people, change, words) -> None:
    given = {"outcome": people["phq9"], **change}
    with pytest.raises(InputError, match=words):
        covariate_sensitivity(people[["crp"]], covariates=people[["bmi"]], **given)


def test_axes_are_scored_without_adjustment() -> None:
    panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    found = axis_covariate_sensitivity(
        panel,
        define_axes("Th2"),
        case=["MDD"],
        reference=["HC"],
        preparation={"adjust": ("age", "sex", "bmi")},
        covariates=["bmi"],
        outcome=panel.samples["madrs"],
    )
    assert found.table["value"].unique().tolist() == ["level", "Th2_score", "Th2_skew"]
    assert (found.table["n_case"] == 60).all()
    plain = axis_covariate_sensitivity(
        panel, define_axes("Th2"), case=["MDD"], reference=["HC"], covariates=["bmi"],
        outcome=panel.samples["madrs"],
    )  # fmt: skip
    pd.testing.assert_frame_equal(found.table, plain.table)


@pytest.mark.real_data
def test_bmi_takes_half_of_the_association_of_crp_with_depression(shared) -> None:
    people = pd.read_csv(
        shared / "datasets/nhanes_2017_phq9_crp_cbc/nhanes_2017_2018_phq9_hscrp_cbc.csv"
    )
    found = covariate_sensitivity(
        people[["hsCRP_mgL"]], people["PHQ9_total"], people[["age", "sex", "bmi"]]
    ).table.set_index("adjustment")
    assert found.loc["unadjusted", "rho"] == pytest.approx(0.115, abs=5e-4)
    assert found.loc["bmi", "rho"] == pytest.approx(0.073, abs=5e-4)
    assert found.loc["all", "rho"] == pytest.approx(0.061, abs=5e-4)
    assert found.loc["all", "rho_ci_low"] > 0
    both = people[["hsCRP_mgL", "PHQ9_total", "bmi"]].dropna()
    by_hand = partial_correlation(both["hsCRP_mgL"], both["PHQ9_total"], both["bmi"])
    assert found.loc["bmi", "rho"] == pytest.approx(by_hand.estimate)


def test_people_of_no_declared_group_enter_neither_correlation_nor_missingness() -> None:
    panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    group = panel.samples["group"].astype(object).to_numpy().copy()
    cases = np.flatnonzero(group == "MDD")
    group[cases[:10]], group[cases[10:20]] = "MILD", "OTHER"
    outcome = pd.Series(np.arange(100.0), panel.sample_ids)
    bmi = panel.samples["bmi"].where(group != "OTHER")
    panel = replace(panel, samples=panel.samples.assign(group=group, bmi=bmi))
    given = {"case": ["MDD"], "reference": ["HC"], "covariates": ["bmi"], "outcome": outcome}
    axes = define_axes("Th2")
    wide = axis_covariate_sensitivity(panel, axes, comparison=["MILD"], **given)
    narrow = axis_covariate_sensitivity(panel, axes, **given)
    assert set(wide.table["n"]) == {90}
    assert set(narrow.table["n"]) == {80}
    assert wide.sentence.endswith(
        "Correlated in the 90 people of MDD, HC, MILD where the outcome is known; 10 of no "
        "declared group are left out."
    )


def test_missingness_is_judged_among_those_who_are_compared(people) -> None:
    n = len(people)
    bmi = people["bmi"].where(np.arange(n) < n // 3)
    outcome = people["phq9"].where(np.arange(n) < n // 3)
    found = covariate_sensitivity(people[["crp"]], outcome, bmi.to_frame())
    assert "bmi" in found.table["adjustment"].tolist()
