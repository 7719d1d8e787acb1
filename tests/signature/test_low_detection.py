"""Analytes mostly below detection: which method, one family, what stays blank."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.preparation import Preparation
from subtyping.signature import differential_abundance
from subtyping.statistics.detection_rate import compare_detection
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg
from subtyping.statistics.tobit import tobit

CONTRAST = {"MDD vs HC": (["MDD"], ["HC"])}
SHARES = {"often": 0.8, "seldom": 0.3, "rare": 0.05, "never": 0.0, "one_group": 0.2, "always": 1.0}


@pytest.fixture
def cohort(rng: np.random.Generator):
    """Sixty and sixty people; detection of each analyte as in SHARES."""
    n = 120
    ids = pd.Index([f"s{i}" for i in range(n)], name="sample_id")
    case = np.repeat([True, False], n // 2)
    latent = pd.DataFrame(rng.normal(size=(n, len(SHARES))), ids, list(SHARES))
    latent.loc[case, "seldom"] += 1.5
    latent.loc[~case, "one_group"] -= 20
    limits = latent * 0.0
    for name, share in SHARES.items():
        limits[name] = np.quantile(latent[name], 1 - share) + (1e-9 if share < 1 else -1.0)
    detected = latent >= limits
    samples = pd.DataFrame({"group": np.where(case, "MDD", "HC")}, ids)
    return latent.where(detected, limits), detected, samples, limits


def run(cohort, **options):
    log2, detected, samples, limits = cohort
    given = {"contrasts": CONTRAST, "covariates": [], "limits": limits} | options
    return differential_abundance(log2, detected, samples, **given)


def test_the_share_detected_chooses_the_method(cohort) -> None:
    table = run(cohort).table.set_index("analyte")
    assert table["method"].to_dict() == {
        "often": "moderated_t",
        "seldom": "tobit",
        "rare": "detection_rate",
        "never": "not_detected",
        "one_group": "tobit",
        "always": "moderated_t",
    }
    assert (table["method"].isin(["moderated_t"]) == ~table["is_mostly_below_detection"]).all()


def test_each_row_is_what_its_kernel_says(cohort) -> None:
    log2, detected, samples, _ = cohort
    table = run(cohort).table.set_index("analyte")
    design = np.column_stack([np.ones(120), samples["group"] == "MDD"]).astype(float)
    fit = tobit(log2[["seldom"]], ~detected[["seldom"]], design)
    row = table.loc["seldom"]
    assert row["log2_fc"] == pytest.approx(fit.coefficient[0])
    assert row["p_value"] == pytest.approx(fit.p_value[0])
    assert row["ci_low"] == pytest.approx(fit.ci_low[0])
    assert row["ci_low"] < 1.5 < row["ci_high"]
    rare = compare_detection(detected[["rare"]], design[:, 1] == 1)
    assert table.loc["rare", "p_value"] == pytest.approx(rare.p_value[0])
    assert np.isnan(table.loc["rare", "log2_fc"])
    kept = ["often", "always"]
    plain = moderated_t(log2[kept], design, [0, 1])
    np.testing.assert_allclose(table.loc[kept, "p_value"], plain.p_value[:, 0])


def test_all_methods_share_one_family(cohort) -> None:
    table = run(cohort).table
    np.testing.assert_allclose(table["q_value"], benjamini_hochberg(table["p_value"]))
    assert table["q_value"].notna().sum() == 5


def test_one_group_wholly_below_detection_has_a_p_value_and_a_one_sided_interval(cohort) -> None:
    row = run(cohort).table.set_index("analyte").loc["one_group"]
    assert row["p_value"] < 1e-4
    assert np.isnan(row["log2_fc"])
    assert np.isnan(row["ci_high"])
    assert row["ci_low"] > 0
    assert row["reason"] == (
        f"no reference person above detection: the difference is at least {row['ci_low']:.2f}"
    )


def test_what_was_never_detected_has_its_row_and_no_test(cohort) -> None:
    row = run(cohort).table.set_index("analyte").loc["never"]
    assert row[["log2_fc", "ci_low", "t", "p_value", "q_value", "detection_p_value"]].isna().all()
    assert (row["detected_frac"], row["reason"]) == (0.0, "never detected")


def test_the_sentence_and_the_notes_count_them(cohort) -> None:
    found = run(cohort)
    assert found.sentence.endswith(
        "of 2 analytes at q < .05 and |log2 fold change| > .585; of 3 mostly below detection 2 "
        "differ at q < .05 by censored regression and 0 by detection rate."
    )
    assert found.notes[-1].endswith(
        "4 analytes mostly below detection: 2 compared by censored regression, 1 by detection "
        "rate, 1 never detected."
    )


def test_a_blocked_contrast_gives_rates_and_no_difference_of_means(cohort) -> None:
    table = run(cohort, blocked=True).table.set_index("analyte")
    assert (table["method"] == "descriptive").all()
    assert table.loc[["seldom", "rare", "never"], "log2_fc"].isna().all()
    assert table.loc[["often", "always"], "log2_fc"].notna().all()
    assert table[["p_value", "detection_p_value", "detection_odds_ratio"]].isna().all(axis=None)
    assert table.loc["one_group", "detection_difference"] > 0.3


def test_detection_is_compared_within_plates(cohort, rng) -> None:
    log2, detected, samples, limits = cohort
    plates = rng.choice(["p", "q"], 120)
    table = run((log2, detected, samples.assign(batch=plates), limits)).table
    expected = compare_detection(
        detected[["rare"]], samples["group"].to_numpy() == "MDD", strata=plates
    )
    row = table.set_index("analyte").loc["rare"]
    assert row["p_value"] == pytest.approx(expected.p_value[0])


def test_without_limits_the_lowest_detected_value_serves(cohort) -> None:
    with_limits, without = run(cohort).table, run(cohort, limits=None).table
    assert without["method"].tolist() == with_limits["method"].tolist()
    np.testing.assert_allclose(without.loc[1, "log2_fc"], with_limits.loc[1, "log2_fc"], atol=0.1)


def test_imputation_pools_and_is_the_same_for_the_same_seed(cohort) -> None:
    first = run(cohort, imputations=10, seed=1).table.set_index("analyte")
    again = run(cohort, imputations=10, seed=1).table.set_index("analyte")
    other = run(cohort, imputations=10, seed=2).table.set_index("analyte")
    pd.testing.assert_frame_equal(first, again)
    assert first.loc["often", "method"] == "moderated_t_imputed"
    assert first.loc["always", "method"] == "moderated_t"
    assert first.loc["often", "p_value"] != other.loc["often", "p_value"]
    log2, detected, samples, _ = cohort
    design = np.column_stack([np.ones(120), samples["group"] == "MDD"]).astype(float)
    fit = tobit(log2[["often"]], ~detected[["often"]], design)
    assert first.loc["often", "log2_fc"] == pytest.approx(fit.coefficient[0], abs=0.06)


def test_a_null_cohort_keeps_its_level_by_every_method(rng) -> None:
    n = 120
    ids = [f"s{i}" for i in range(n)]
    samples = pd.DataFrame({"group": np.repeat(["MDD", "HC"], n // 2)}, ids)
    latent = pd.DataFrame(rng.normal(size=(n, 900)), ids)
    limits = latent * 0 + np.repeat([-0.6, 0.6, 1.6], 300)
    detected = latent >= limits
    found = differential_abundance(
        latent.where(detected, limits), detected, samples, contrasts=CONTRAST, covariates=[],
        limits=limits,
    ).table  # fmt: skip
    rate = (found["p_value"] < 0.05).groupby(found["method"]).mean()
    assert set(rate.index) == {"moderated_t", "tobit", "detection_rate"}
    assert (rate < 0.075).all()


def test_a_simulated_panel_from_preparation_to_contrast() -> None:
    panel = simulate_cohort("th2_subtype", seed=5, n_case=80, n_reference=60).panel
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    table = differential_abundance(
        prepared.log2, prepared.detected, panel.samples, contrasts=CONTRAST, limits=prepared.limits
    ).table
    low = table[table["is_mostly_below_detection"]]
    assert {"IL4", "IL5", "IL13"} <= set(low["analyte"])
    assert not low["method"].str.startswith("moderated_t").any()
    assert (low["p_value"].notna() == (low["detected_frac"] > 0)).all()


@pytest.mark.parametrize("number", [1, -3])
def test_one_imputation_is_refused(cohort, number) -> None:
    with pytest.raises(InputError, match="0 \\(none\\) or at least 2"):
        run(cohort, imputations=number)


def test_a_runaway_within_plates_does_not_deny_what_was_detected_elsewhere(rng) -> None:
    # Plate p: 30 cases, 12 of them detected, and 30 reference people, none; plate q: reference
    # people alone, 14 of 30 detected.
    group = np.repeat(["MDD", "HC", "HC"], 30)
    plate = np.repeat(["p", "p", "q"], 30)
    ids = [f"s{i}" for i in range(90)]
    seen = np.zeros(90, dtype=bool)
    seen[:12], seen[60:74] = True, True
    values = pd.DataFrame({"A": np.where(seen, 1 + rng.random(90), 1.0)}, ids)
    samples = pd.DataFrame({"group": group, "batch": plate}, ids)
    detected = pd.DataFrame({"A": seen}, ids)
    row = run((values, detected, samples, values * 0 + 1)).table.iloc[0]
    assert row["method"] == "tobit"
    assert np.isnan(row["log2_fc"])
    assert row["reason"].startswith(
        "within plates that hold both groups, no reference person above detection: the difference"
    )


def test_every_column_of_the_design_asks_for_three_detected_values_more(cohort, rng) -> None:
    log2, detected, samples, limits = cohort
    assert run(cohort).table.set_index("analyte").loc["one_group", "method"] == "tobit"
    wide = samples.assign(batch=rng.permutation(np.arange(120) % 15).astype(str))
    row = run((log2, detected, wide, limits)).table.set_index("analyte").loc["one_group"]
    assert row["method"] == "detection_rate"  # 24 detected; 15 plates and the groups: 16 columns
    assert row["reason"].startswith("fewer than 48 values detected")
