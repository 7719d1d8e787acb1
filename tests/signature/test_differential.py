"""Differential abundance: who enters, what is adjusted, what stays blank."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.signature import contrast_design, differential_abundance
from subtyping.statistics.multiplicity import benjamini_hochberg

CONTRAST = {"MDD vs HC": (["MDD"], ["HC"])}


@pytest.fixture
def cohort(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    n = 120
    ids = pd.Index([f"s{i}" for i in range(n)], name="sample_id")
    samples = pd.DataFrame(
        {
            "group": np.repeat(["MDD", "HC", "AD"], n // 3),
            "age": rng.normal(40, 10, n),
            "sex": rng.choice(["F", "M"], n),
            "bmi": rng.normal(26, 4, n),
            "batch": np.tile(["p1", "p2", "p3"], n // 3),
        },
        index=ids,
    )
    log2 = pd.DataFrame(rng.normal(size=(n, 30)), index=ids, columns=[f"A{i}" for i in range(30)])
    log2.loc[samples["group"] == "MDD", "A0"] += 2.0
    log2["A1"] += 0.2 * samples["age"]
    return log2, samples


def run(log2: pd.DataFrame, samples: pd.DataFrame, **options):
    return differential_abundance(
        log2, log2.notna(), samples, **({"contrasts": CONTRAST} | options)
    )


def test_finds_the_planted_difference_and_says_so(cohort) -> None:
    found = run(*cohort)
    row = found.table.set_index("analyte").loc["A0"]
    assert row["ci_low"] < 2.0 < row["ci_high"]
    assert found.sentence == (
        "MDD vs HC: 1 of 30 analytes at q < .05 and |log2 fold change| > .585."
    )
    assert list(found.table.columns[:9]) == [
        *("analyte", "contrast", "log2_fc", "ci_low", "ci_high", "t", "p_value", "q_value"),
        "detected_frac",
    ]


def test_without_covariates_it_is_the_difference_of_means(cohort) -> None:
    log2, samples = cohort
    table = run(log2, samples, covariates=[], batch=False).table
    means = log2.groupby(samples["group"]).mean()
    np.testing.assert_allclose(table["log2_fc"], means.loc["MDD"] - means.loc["HC"], atol=1e-12)


def test_a_covariate_that_drives_an_analyte_is_taken_out(cohort) -> None:
    log2, samples = cohort
    samples = samples.assign(age=samples["age"] + 15 * (samples["group"] == "MDD"))
    log2 = log2.assign(A1=0.2 * samples["age"] + log2["A2"])
    effect = run(log2, samples).table.set_index("analyte").loc["A1"]
    raw = run(log2, samples, covariates=[]).table.set_index("analyte").loc["A1"]
    assert abs(effect["log2_fc"]) < 1
    assert raw["log2_fc"] > 2


def test_swapping_sides_flips_the_sign_and_keeps_p(cohort) -> None:
    there, back = run(*cohort), run(*cohort, contrasts={"back": (["HC"], ["MDD"])})
    np.testing.assert_allclose(back.table["log2_fc"], -there.table["log2_fc"], atol=1e-10)
    np.testing.assert_allclose(back.table["p_value"], there.table["p_value"], atol=1e-10)


def test_q_values_belong_to_one_contrast(cohort) -> None:
    both = run(*cohort, contrasts={**CONTRAST, "AD vs HC": (["AD"], ["HC"])}).table
    alone = run(*cohort).table
    first = both[both["contrast"] == "MDD vs HC"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, alone)


def test_a_blocked_contrast_has_no_inference(cohort) -> None:
    log2, samples = cohort
    contrasts = {**CONTRAST, "AD vs HC": (["AD"], ["HC"])}
    found = run(log2, samples, contrasts=contrasts, blocked={"MDD vs HC"})
    blocked = found.table[found.table["contrast"] == "MDD vs HC"]
    assert blocked[["ci_low", "ci_high", "t", "p_value", "q_value"]].isna().all(axis=None)
    means = log2.groupby(samples["group"]).mean()
    np.testing.assert_allclose(blocked["log2_fc"], means.loc["MDD"] - means.loc["HC"], atol=1e-12)
    assert found.table[found.table["contrast"] == "AD vs HC"]["p_value"].notna().all()
    assert "descriptive only" in found.sentence


def test_case_status_that_is_a_plate_is_not_estimable(cohort) -> None:
    log2, samples = cohort
    samples = samples.assign(batch=np.where(samples["group"] == "MDD", "p1", "p2"))
    found = run(log2, samples)
    assert found.table["p_value"].isna().all()
    assert any("cannot be told apart" in note for note in found.notes)


def test_missing_covariates_are_counted_not_silent(cohort) -> None:
    log2, samples = cohort
    samples = samples.copy()
    samples.loc[samples.index[:5], "age"] = np.nan
    samples["bmi"] = np.nan
    found = run(log2, samples)
    assert "MDD vs HC: 5 samples left out: no value for age." in found.notes
    assert "MDD vs HC: Not adjusted for bmi: 100% of the samples lack it." in found.notes
    assert set(found.table["n_case"]) == {35}


def test_detection_is_counted_over_the_people_of_the_contrast(cohort) -> None:
    log2, samples = cohort
    detected = log2.notna()
    detected.loc[samples["group"] == "MDD", "A3"] = False
    detected.loc[samples["group"] == "AD", "A4"] = False
    table = differential_abundance(log2, detected, samples, contrasts=CONTRAST).table
    share = table.set_index("analyte")["detected_frac"]
    assert (share["A3"], share["A4"], share["A5"]) == (0.5, 1.0, 1.0)


def test_aliased_columns_are_dropped_with_a_note() -> None:
    samples = pd.DataFrame({"age": [30.0, 40, 50, 60], "bmi": [15.0, 20, 25, 30]})
    case = np.array([True, False, False, True])
    design = contrast_design(samples, case, ~case, covariates=["age", "bmi"])
    assert design.terms == ("intercept", "age", "case")
    assert "Not adjusted for bmi: already expressed by the other columns." in design.notes


def test_levels_of_a_category_are_one_hot() -> None:
    samples = pd.DataFrame({"sex": ["F", "M", "F", "M", "F"], "batch": ["a", "b", "c", "a", "b"]})
    case = np.array([True, True, False, False, False])
    design = contrast_design(samples, case, ~case, covariates=["sex"])
    assert design.terms == ("intercept", "sex=M", "batch=b", "batch=c", "case")
    assert design.matrix[:, 1].tolist() == [0, 1, 0, 1, 0]


def test_permuting_samples_permutes_nothing_else(cohort, rng: np.random.Generator) -> None:
    log2, samples = cohort
    order = rng.permutation(len(log2))
    before, after = run(log2, samples).table, run(log2.iloc[order], samples.iloc[order]).table
    pd.testing.assert_frame_equal(before, after)


def test_a_null_cohort_finds_little(rng: np.random.Generator) -> None:
    ids = [f"s{i}" for i in range(60)]
    samples = pd.DataFrame({"group": ["MDD", "HC"] * 30}, index=ids)
    log2 = pd.DataFrame(rng.normal(size=(60, 2000)), index=ids)
    table = run(log2, samples, covariates=[]).table
    assert 0.035 < (table["p_value"] < 0.05).mean() < 0.065
    assert (table["q_value"] < 0.05).sum() <= 1


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"contrasts": {"x": (["MDD"], ["MDD"])}}, "on both sides"),
        ({}, {"contrasts": {"x": (["MDDD"], ["HC"])}}, "at least two case samples; got 0"),
        ({"group": None}, {}, "No group column"),
        ({"index": None}, {}, "same samples in one order"),
    ],
)
def test_errors(cohort, change: dict, options: dict, message: str) -> None:
    log2, samples = cohort
    if "group" in change:
        samples = samples.drop(columns="group")
    if "index" in change:
        samples = samples.iloc[::-1]
    with pytest.raises(InputError, match=message):
        run(log2, samples, **options)


def handling_cohort(rng: np.random.Generator, n: int = 200):
    """Six markers, all shifted by 1 in cases, and the score that is their mean."""
    ids = [f"s{i}" for i in range(n)]
    case = np.arange(n) < n // 2
    log2 = pd.DataFrame(rng.normal(size=(n, 12)), ids, [f"A{i}" for i in range(12)])
    markers = [f"A{i}" for i in range(6)]
    log2.loc[case, markers] += 1.0
    samples = pd.DataFrame({"group": np.where(case, "MDD", "HC")}, ids)
    return log2, samples.assign(handling=log2[markers].mean(axis=1)), markers


def test_what_a_covariate_is_made_of_is_not_adjusted_for_it(rng: np.random.Generator) -> None:
    log2, samples, markers = handling_cohort(rng)
    found = run(log2, samples, covariates=["handling"], unadjusted={"handling": markers})
    table = found.table.set_index("analyte")
    plain = run(log2, samples, covariates=[]).table.set_index("analyte")
    whole = run(log2, samples, covariates=["handling"]).table.set_index("analyte")
    others = table.index.difference(markers)
    columns = ["log2_fc", "ci_low", "ci_high", "p_value"]
    pd.testing.assert_frame_equal(table.loc[markers, columns], plain.loc[markers, columns])
    pd.testing.assert_frame_equal(table.loc[others, columns], whole.loc[others, columns])
    assert (table.loc[markers, "log2_fc"] > 0.5).all()
    assert whole.loc[markers, "log2_fc"].abs().max() < 0.5
    assert set(table.loc[markers, "reason"]) == {
        "not adjusted for handling, which is made of this analyte"
    }
    np.testing.assert_allclose(table["q_value"], benjamini_hochberg(table["p_value"]))
    assert found.notes[-1].endswith("made of them: A0, A1, A2, A3, A4, A5.")


def test_a_contrast_that_is_not_estimable_is_not_called_blocked(cohort) -> None:
    log2, samples = cohort
    samples = samples.assign(batch=np.where(samples["group"] == "MDD", "p1", "p2"))
    found = run(log2, samples)
    assert found.sentence == "MDD vs HC: not estimable, differences are descriptive only."
    assert found.notes[0].startswith("MDD vs HC: No inference: not estimable;")
    assert run(log2, samples, blocked=True).sentence.startswith("MDD vs HC: blocked,")


def test_below_detection_without_a_number_is_not_detected_rather_than_not_measured(cohort) -> None:
    log2, samples = cohort
    log2 = log2.copy()
    log2["A2"], log2["A3"] = np.nan, np.nan
    below = log2.notna() & False
    below["A2"] = True
    table = run(log2, samples, below_lod=below).table.set_index("analyte")
    row = table.loc["A2"]
    assert (row["method"], row["detected_frac"], row["n_case"]) == ("not_detected", 0.0, 40)
    assert np.isnan(row["p_value"])
    assert table.loc["A3", "method"] == "not_measured"
