"""Trend, robust, repeated visits, contrasts by visit, declared families."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.signature import contrast_design, differential_abundance
from subtyping.signature.repeats import describe_repeats
from subtyping.signature.sides import contrast_sides
from subtyping.statistics.multiplicity import benjamini_hochberg

BETWEEN = {"MDD vs HC": (["MDD"], ["HC"])}
WITHIN = {"after vs before": ({"visit": ["1"]}, {"visit": ["0"]})}
INFERENCE = ["ci_low", "ci_high", "t", "p_value"]


@pytest.fixture
def repeated(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Thirty people seen twice; A0 is higher in cases, A1 rises from visit to visit."""
    person = np.repeat(np.arange(30), 2)
    ids = pd.Index([f"s{i}" for i in range(60)], name="sample_id")
    samples = pd.DataFrame(
        {
            "subject": [f"p{k}" for k in person],
            "visit": ["0", "1"] * 30,
            "group": np.where(person % 2 == 0, "MDD", "HC"),
            "age": rng.normal(40, 10, 30)[person],
        },
        index=ids,
    )
    values = 1.5 * rng.normal(size=(30, 40))[person] + rng.normal(size=(60, 40))
    log2 = pd.DataFrame(values, index=ids, columns=[f"A{i}" for i in range(40)])
    log2.loc[samples["group"] == "MDD", "A0"] += 3.0
    log2.loc[samples["visit"] == "1", "A1"] += 1.5
    return log2, samples


def run(log2: pd.DataFrame, samples: pd.DataFrame, contrasts=WITHIN, **options):
    options = {"covariates": [], "detected": log2.notna()} | options
    return differential_abundance(
        log2, options.pop("detected"), samples, contrasts=contrasts, **options
    )


def test_the_options_that_are_off_change_nothing(repeated) -> None:
    plain = run(*repeated, BETWEEN).table
    off = run(*repeated, BETWEEN, trend=False, robust=False, block="none", families={}).table
    pd.testing.assert_frame_equal(plain, off)
    assert "family" not in plain


def test_repeats_that_are_not_taken_into_account_are_said(repeated) -> None:
    note = run(*repeated).notes[-1]
    assert "30 of 30 people have more than one sample; they are taken as independent" in note
    assert not run(*(x.iloc[::2] for x in repeated), BETWEEN).notes


def test_within_people_the_correlation_sharpens_and_between_people_it_blunts(repeated) -> None:
    for contrasts, factor in ((WITHIN, 1), (BETWEEN, -1)):
        plain = run(*repeated, contrasts).table
        found = run(*repeated, contrasts, block="correlation")
        width = [(table["ci_high"] - table["ci_low"]).mean() for table in (plain, found.table)]
        assert np.sign(width[0] - width[1]) == factor
        assert "correlation 0.6" in found.notes[0] or "correlation 0.7" in found.notes[0]


def test_fixed_is_the_paired_comparison(repeated) -> None:
    log2, samples = repeated
    found = run(log2, samples, block="fixed")
    change = log2[samples["visit"] == "1"].to_numpy() - log2[samples["visit"] == "0"].to_numpy()
    np.testing.assert_allclose(found.table["log2_fc"], change.mean(axis=0), atol=1e-10)
    row = found.table.set_index("analyte").loc["A1"]
    assert row["q_value"] < 0.05
    assert "each of the 30 has a mean of their own" in found.notes[-1]


def test_fixed_leaves_out_who_is_on_one_side_and_counts_them(repeated) -> None:
    log2, samples = (x.drop(index=["s1", "s7"]) for x in repeated)
    found = run(log2, samples, block="fixed")
    assert "after vs before: 2 samples left out: the subject is not on both sides." in found.notes
    assert set(found.table["n_case"]) == {28}


def test_fixed_between_people_falls_back_on_the_correlation(repeated) -> None:
    fixed = run(*repeated, BETWEEN, block="fixed")
    pd.testing.assert_frame_equal(fixed.table, run(*repeated, BETWEEN, block="correlation").table)
    assert "taken into account" in fixed.notes[-1]


def test_covariates_of_a_person_are_expressed_by_the_person(repeated) -> None:
    found = run(*repeated, block="fixed", covariates=["age"])
    assert any("Not adjusted for age: already expressed" in note for note in found.notes)
    pd.testing.assert_frame_equal(found.table, run(*repeated, block="fixed").table)


def test_null_p_values_within_and_between_people_are_uniform(rng) -> None:
    person = np.repeat(np.arange(40), 2)
    ids = [f"s{i}" for i in range(80)]
    samples = pd.DataFrame(
        {
            "subject": person,
            "visit": ["0", "1"] * 40,
            "group": np.where(person % 2 == 0, "MDD", "HC"),
        },
        index=ids,
    )
    values = rng.normal(size=(40, 2000))[person] + rng.normal(size=(80, 2000))
    log2 = pd.DataFrame(values, index=ids)
    for contrasts in (WITHIN, BETWEEN):
        p = run(log2, samples, contrasts, block="correlation").table["p_value"]
        assert 0.037 < (p < 0.05).mean() < 0.065
    naive = run(log2, samples, BETWEEN).table["p_value"]
    assert (naive < 0.05).mean() > 0.09


def test_repeats_below_detection_within_people_compare_detection(repeated) -> None:
    log2, samples = repeated
    detected = log2.notna()
    seen = (samples["visit"] == "1").to_numpy() & (np.arange(60) < 24)
    detected["A5"] = seen
    found = run(log2, samples, detected=detected, block="correlation")
    row = found.table.set_index("analyte").loc["A5"]
    assert row["method"] == "detection_rate"
    assert row["p_value"] == pytest.approx(2 * 0.5**12)
    assert "within people" in row["reason"]


def test_repeats_below_detection_between_people_take_the_first_sample(repeated) -> None:
    log2, samples = repeated
    detected = log2.notna()
    detected["A5"] = np.arange(60) % 5 == 0
    blocked = run(log2, samples, BETWEEN, detected=detected, block="correlation")
    first = run(log2.iloc[::2], samples.iloc[::2], BETWEEN, detected=detected.iloc[::2])
    rows = [found.table.set_index("analyte").loc["A5"] for found in (blocked, first)]
    assert rows[0]["p_value"] == rows[1]["p_value"]
    assert "the first sample of each person is compared" in blocked.notes[-2]


def test_repeats_are_not_imputed(repeated) -> None:
    log2, samples = repeated
    detected = log2.notna()
    detected.iloc[:10, 3] = False
    found = run(log2, samples, detected=detected, block="correlation", imputations=2)
    assert any("Not imputed" in note for note in found.notes)
    assert set(found.table["method"]) == {"moderated_t"}


def test_trend_and_robust_change_the_intervals_and_not_the_effects(repeated) -> None:
    log2, samples = repeated
    log2 = log2 * np.linspace(0.5, 2, 40) + np.linspace(0, 10, 40)
    plain = run(log2, samples, BETWEEN).table
    for options in ({"trend": True}, {"robust": True}, {"trend": True, "robust": True}):
        table = run(log2, samples, BETWEEN, **options).table
        np.testing.assert_allclose(table["log2_fc"], plain["log2_fc"])
        assert list(table) == list(plain)
    trended = run(log2, samples, BETWEEN, trend=True).table
    assert (trended[INFERENCE] - plain[INFERENCE]).abs().max(axis=None) > 0.01


def test_families_are_adjusted_each_for_itself(repeated) -> None:
    families = {"primary": ["A0", "A1", "A2", "ZZ9"], "second": ["A3", "A4"]}
    found = run(*repeated, BETWEEN, families=families)
    plain = run(*repeated, BETWEEN).table
    table = found.table
    assert list(table)[:-1] == list(plain)
    assert list(table)[-1] == "family"
    assert table["family"].tolist() == ["primary"] * 3 + ["second"] * 2 + ["rest"] * 35
    pd.testing.assert_frame_equal(
        table.drop(columns=["family", "q_value"]), plain.drop(columns="q_value")
    )
    for _, part in table.groupby("family"):
        np.testing.assert_array_equal(part["q_value"], benjamini_hochberg(part["p_value"]))
    assert "MDD vs HC: Family primary: 1 member is not on this panel (ZZ9)." in found.notes
    assert found.sentence.startswith("MDD vs HC: 1 of 3 analytes in primary, 0 of 2 analytes in s")


def test_families_stand_in_a_blocked_contrast_too(repeated) -> None:
    found = run(*repeated, BETWEEN, families={"primary": ["A0"]}, blocked=True)
    assert set(found.table["family"]) == {"primary", "rest"}


def test_all_analytes_in_one_family_is_no_family(repeated) -> None:
    whole = run(*repeated, BETWEEN, families={"all": [f"A{i}" for i in range(40)]}).table
    pd.testing.assert_frame_equal(whole.drop(columns="family"), run(*repeated, BETWEEN).table)


def test_sides_by_visit_by_role_and_by_mask_agree(repeated) -> None:
    log2, samples = repeated
    mask = (samples["visit"] == "1").to_numpy()
    by_mask = run(log2, samples, {"after vs before": (mask, ~mask)}).table
    pd.testing.assert_frame_equal(by_mask, run(log2, samples).table)
    as_numbers = samples.assign(visit=samples["visit"].astype(float))
    number = {"after vs before": ({"visit": [1]}, {"visit": 0})}
    pd.testing.assert_frame_equal(by_mask, run(log2, as_numbers, number).table)
    both = {"x": ({"visit": ["1"], "group": ["MDD"]}, {"visit": ["0"], "group": ["MDD"]})}
    assert set(run(log2, samples, both).table["n_case"]) == {15}
    run(log2, samples.drop(columns="group"))


def test_a_sample_without_subject_is_a_person_of_its_own() -> None:
    samples = pd.DataFrame({"subject": ["p1", None, None, "p1"]})
    found = describe_repeats(samples, np.array([True, True, False, False]))
    assert (found.n_people, found.n_repeated, found.n_on_both_sides) == (3, 1, 1)
    assert not found.is_within
    assert describe_repeats(samples[[]], np.ones(4, dtype=bool)).n_repeated == 0


def test_the_paired_design_keeps_full_rank(repeated) -> None:
    samples = repeated[1]
    case = (samples["visit"] == "1").to_numpy()
    design = contrast_design(samples, case, ~case, covariates=[], within="subject")
    assert design.matrix.shape == (60, 31)
    assert np.linalg.matrix_rank(design.matrix) == 31


@pytest.mark.parametrize(
    ("contrast", "options", "message"),
    [
        (({"visits": ["1"]}, {"visit": ["0"]}), {}, "no column was declared for 'visits'. Did you"),
        (({"visit": ["2"]}, {"visit": ["0"]}), {}, "got 0 in visit '2'. The visits present are"),
        (({"visit": ["1"]}, {"group": ["HC"]}), {}, "samples on both sides"),
        ((np.ones(3, dtype=bool), {"group": ["HC"]}), {}, "one value for each of the 60"),
        ((["MDD"], ["HC"]), {"block": "fix"}, "block must be one of none, correlation, fixed"),
        ((["MDD"], ["HC"]), {"families": {"rest": ["A0"]}}, "cannot be called 'rest'"),
        ((["MDD"], ["HC"]), {"families": {"a": "A0"}}, "needs a list"),
        ((["MDD"], ["HC"]), {"families": {"a": ["A0"], "b": ["A0"]}}, "both hold 'A0'"),
    ],
)
def test_errors(repeated, contrast, options, message) -> None:
    with pytest.raises(InputError, match=message):
        run(*repeated, {"x": contrast}, **options)


def test_contrast_sides_of_groups_are_as_ever(repeated) -> None:
    case, reference = contrast_sides(repeated[1], "x", ["MDD"], ["HC"])
    assert (case.sum(), reference.sum()) == (30, 30)


@pytest.mark.real_data
@pytest.mark.parametrize(("year", "is_found"), [(2021, True), (2022, False)])
def test_a_booster_is_seen_after_a_day_in_2021_and_not_in_2022(
    shared: Path, year: int, is_found: bool
) -> None:
    """Olink in pg/mL (2020 alone is NPX); interferon gamma, IL-6 and CXCL10 rise."""
    folder = shared / "datasets" / "cmipb_pertussis_th1_th2"
    whole = pd.read_csv(folder / "plasma_olink_wide.csv").set_index("specimen_id")
    day = whole["planned_day_relative_to_boost"]
    rows = whole[(whole["cohort_year"] == year) & day.isin([0, 1])]
    assert set(rows["unit"]) == {"pg/mL"}
    log2 = np.log2(rows.loc[:, "IL6":"IL17C"].dropna(axis=1, how="all"))
    samples = pd.DataFrame(
        {"subject": rows["subject_id"].astype(str), "visit": rows["planned_day_relative_to_boost"]}
    )
    contrasts = {"day 1 vs day 0": ({"visit": [1]}, {"visit": [0]})}
    for options in (
        {"block": "correlation"},
        {"block": "fixed"},
        {"block": "fixed", "trend": True, "robust": True},
    ):
        table = run(log2, samples, contrasts, **options).table.set_index("analyte")
        hits = table[table["q_value"] < 0.05]
        if is_found:
            top = table["t"].nlargest(3 if options["block"] == "correlation" else 4).index
            assert {"IFNG", "IL6", "CXCL10"} <= set(top)
            assert {"IFNG", "IL6", "CXCL10"} <= set(hits.index)
        else:
            assert hits.empty
