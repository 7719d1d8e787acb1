"""Hand values and laws of the questions about quality, and slow twins of the fast kernels."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.panel.frames import panel_from_frame
from subtyping.preparation.quality import (
    detection_differences,
    distinct_values,
    duplicate_profiles,
    group_imbalance,
    log_values,
    mixed_scales,
    pasted_values,
    plate_effect,
    robust_distances,
    sample_outliers,
    unit_plausibility,
)
from subtyping.preparation.quality.log_values import column_quantiles


def panel_of(values, **fields):
    frame = pd.DataFrame(values)
    frame.columns = [f"P{i}" for i in range(frame.shape[1])]
    return panel_from_frame(frame, frame[[]], **fields)


def test_quantiles_agree_with_numpy(rng) -> None:
    values = rng.normal(size=(41, 7))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[:, 6] = np.nan
    ours = column_quantiles(values, [0.1, 0.5, 0.9])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy on a column of NaN
        theirs = np.nanquantile(values, [0.1, 0.5, 0.9], axis=0)
    np.testing.assert_allclose(ours, theirs)


def test_a_unit_factor_changes_no_z(rng) -> None:
    pg = rng.lognormal(3, 1, (40, 6))
    one = log_values(panel_of(pg, unit="pg/mL"))
    other = log_values(panel_of(pg / 1000, unit="pg/mL"))
    np.testing.assert_allclose(one.robust_z, other.robust_z)


def test_outliers_follow_the_rule_of_three_sd(clean) -> None:
    log = log_values(clean)
    table = sample_outliers(log).table  # one panel
    median = np.median(log.filled, axis=1)
    np.testing.assert_allclose(table["median"], median)
    np.testing.assert_allclose(
        table["median_sd"], (median - median.mean()) / median.std(ddof=1), atol=1e-12
    )
    far = (table[["median_sd", "iqr_sd"]].abs() > 3).any(axis=1)
    assert (far == table["is_outlier"]).all()


def test_each_panel_is_judged_by_itself(clean) -> None:
    names = ["A"] * 46 + ["B"] * 37 + ["C"] * 9  # nine analytes are no panel
    assert set(sample_outliers(log_values(clean), names).table["panel"]) == {"A", "B"}


def test_distances_of_normal_data_are_chi(rng) -> None:
    found = robust_distances(log_values(panel_of(rng.normal(size=(2000, 12)))))
    # the limits are the .999 quantiles of the two distances
    assert 0 < found.table["is_beyond"].mean() < 0.006
    assert not found.table["is_far"].any()


def test_a_third_of_outliers_does_not_hide(rng) -> None:
    values = rng.normal(size=(300, 10))
    values[:60, :5] += 12.0
    beyond = robust_distances(log_values(panel_of(values))).table["is_beyond"].to_numpy()
    assert beyond[:60].all()
    assert beyond[60:].mean() < 0.05


def test_more_analytes_than_samples_are_no_matter(rng) -> None:
    values = rng.normal(size=(40, 300))
    values[5] *= 4
    found = robust_distances(log_values(panel_of(values)))
    assert found.samples[0] == "5"


def test_plate_share_is_the_f_test(rng) -> None:
    plates = pd.Series(np.repeat(["a", "b", "c"], 20))
    values = rng.normal(size=(60, 4)) + np.repeat([0.0, 1.0, 2.0], 20)[:, None]
    table = plate_effect(log_values(panel_of(values)), plates).table
    expected = [stats.f_oneway(*np.split(column, 3)).pvalue for column in values.T]
    np.testing.assert_allclose(table["p_value"], expected)
    # plate SD 1 (of 0, 1, 2), within 1: half of the variance
    assert 0.3 < table["plate_frac"].mean() < 0.65


def test_plate_share_is_about_nothing_by_chance(rng) -> None:
    plates = pd.Series(rng.permutation(np.repeat(list("abcdef"), 30)))
    table = plate_effect(log_values(panel_of(rng.normal(size=(180, 200)))), plates).table
    assert abs(table["plate_frac"].mean()) < 0.005
    assert 0.02 < (table["p_value"] < 0.05).mean() < 0.09


def test_a_difference_between_groups_is_no_plate_effect(rng) -> None:
    group = pd.Series(["MDD", "HC"] * 30)
    plates = pd.Series(["a"] * 20 + ["b"] * 20 + ["c"] * 20)
    values = rng.normal(size=(60, 40)) + 3 * (group == "MDD").to_numpy()[:, None]
    table = plate_effect(log_values(panel_of(values)), plates, group).table
    assert table["plate_frac"].mean() < 0.03


def test_detection_is_pearsons_chi_square(rng) -> None:
    seen = rng.random((60, 5)) < 0.6
    plate = pd.Series(["a"] * 20 + ["b"] * 40)
    table = detection_differences(
        seen, np.ones_like(seen), pd.Index(list("VWXYZ")), {"plate": plate}
    ).table
    for j, row in table.iterrows():
        counts = [[seen[:20, j].sum(), 20 - seen[:20, j].sum()]]
        counts.append([seen[20:, j].sum(), 40 - seen[20:, j].sum()])
        expected = stats.chi2_contingency(counts, correction=False)
        assert row["p_value"] == pytest.approx(expected.pvalue)


def test_a_shift_of_every_plate_leaves_duplicates_as_they_are(clean) -> None:
    values = clean.values.copy()
    values.iloc[20] = values.iloc[30].to_numpy() + 0.02
    panel = replace(clean, values=values)
    one, other = (
        duplicate_profiles(log_values(item)).pairs
        for item in (panel, replace(panel, values=values + 3.0))
    )
    assert set(one.loc[0, ["sample_id", "other_id"]]) == set(clean.sample_ids[[20, 30]])
    assert len(one) == 1
    assert other["difference_sd"].tolist() == pytest.approx(one["difference_sd"].tolist())


def test_pasted_values_agree_with_a_plain_loop(rng) -> None:
    values = rng.normal(size=(25, 15))
    values[4, 3:12] = values[9, 3:12]
    values[7, 2:14] = values[1, :12]
    rows = pasted_values(pd.DataFrame(values), np.ones(values.shape, bool)).rows
    found = {(row.sample_id, row.other_id, row.shift): row.n_equal for row in rows.itertuples()}
    slow = {}
    for one in range(25):
        for other in range(one + 1, 25):
            for shift in range(-14, 15):
                columns = [c for c in range(15) if 0 <= c + shift < 15]
                equal = sum(values[one, c] == values[other, c + shift] for c in columns)
                if equal >= 5:
                    slow[one, other, shift] = equal
    assert found == slow == {(4, 9, 0): 9, (1, 7, 2): 12}


def test_distinct_values_agree_with_a_plain_loop(rng) -> None:
    values = rng.integers(0, 8, (60, 12)) + rng.choice([0.11, 0.37], (60, 12))
    values[rng.random(values.shape) < 0.1] = np.nan
    values[:25, 0] = -1.234
    table = distinct_values(panel_of(values)).table
    for j, row in table.iterrows():
        known = pd.Series(values[:, j]).dropna()
        counts = known.value_counts().sort_index()
        assert (row["n"], row["n_distinct"]) == (len(known), len(counts))
        assert row["n_lowest"] == counts.iloc[0]
    assert table.loc[0, "is_tied"]
    assert table["is_tied"].sum() == 1


def test_imbalance_by_hand() -> None:
    case = np.arange(20) < 10
    visit = pd.Series(["a"] * 9 + ["b"] + ["a"] * 2 + ["b"] * 8)
    found = group_imbalance({"visit": visit}, case, ~case)["visit"]
    assert found.difference == pytest.approx(0.7)  # .9 against .2 in a
    number = pd.Series(np.r_[np.arange(10.0), np.arange(10.0) + 3])
    found = group_imbalance({"days": number}, case, ~case)["days"]
    # gap -3 over the SD of 0..9, 3.028
    assert found.difference == pytest.approx(-0.991, abs=1e-3)
    swapped = group_imbalance({"days": number}, ~case, case)["days"]
    assert swapped.difference == pytest.approx(-found.difference)


def test_scales_of_plates_that_shift_single_analytes_are_one_scale(rng) -> None:
    values = rng.normal(5, 1, (60, 30))
    values[:20] += rng.normal(0, 1.5, 30)
    factors = {"plate": pd.Series(np.repeat(["a", "b", "c"], 20))}
    assert mixed_scales(log_values(panel_of(values)), factors).apart.empty


@pytest.mark.filterwarnings("error")
def test_numbers_that_overflow_raise_nothing() -> None:
    values = np.random.default_rng(0).lognormal(3, 1, (40, 5))
    values[3, 2] = 1e308
    assert unit_plausibility(panel_of(values, unit="pg/mL")) is not None
