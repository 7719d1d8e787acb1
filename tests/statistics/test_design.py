"""Aliasing of case status with technical factors."""

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics import design_report


def groups(n_case: int, n_reference: int) -> tuple[np.ndarray, np.ndarray]:
    case = np.repeat([True, False], [n_case, n_reference])
    return case, ~case


def test_plates_that_hold_both_groups_do_not_block() -> None:
    case, reference = groups(40, 40)
    report = design_report(case, reference, {"plate": ["a", "b"] * 40})
    assert not report.is_blocked
    row = report.table.iloc[0]
    assert row["vif"] == pytest.approx(1.0)
    assert row["case_overlap_frac"] == 1.0


def test_one_group_per_plate_is_rank_deficient() -> None:
    case, reference = groups(10, 10)
    report = design_report(case, reference, {"site": ["x"] * 10 + ["y"] * 10})
    assert report.aliased == ("site",)
    assert bool(report.table["is_rank_deficient"].iloc[0])
    assert "aliased with site" in report.sentence


def test_full_rank_with_little_overlap_blocks() -> None:
    # 17 quarters, one of which holds both groups: full rank, hardly any overlap.
    case, reference = groups(160, 20)
    quarters = [f"q{i // 10}" for i in range(160)] + ["q15"] * 5 + ["q16"] * 15
    report = design_report(case, reference, {"quarter": quarters})
    row = report.table.iloc[0]
    assert not bool(row["is_rank_deficient"])
    assert row["levels_with_both"] == 1
    assert row["reference_overlap_frac"] == pytest.approx(5 / 20)
    assert report.is_blocked


def test_a_high_vif_alone_blocks() -> None:
    case, reference = groups(60, 60)
    # 96 % agreement with status on two levels: R^2 = .92^2 ~ .85 < .9; 98 % gives .92 > .9.
    plate = np.where(case, "a", "b").astype(object)
    plate[[0, 60]] = ["b", "a"]
    row = design_report(case, reference, {"plate": plate}).table.iloc[0]
    assert row["vif"] > 10
    assert row["is_aliased"]


def test_many_dates_are_judged_in_bins() -> None:
    rng = np.random.default_rng(1)
    case, reference = groups(100, 100)
    together = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.permutation(200), "D"))

    def report(dates):
        return design_report(case, reference, {"date": dates.astype(str)}, times=["date"])

    assert not report(together).is_blocked
    apart = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(200), "D"))
    assert report(apart).is_blocked


def test_missing_levels_are_counted_and_others_ignored() -> None:
    case = np.array([True, True, False, False, False])
    reference = np.array([False, False, True, True, False])
    report = design_report(case, reference, {"plate": ["a", None, "a", "a", "z"]})
    row = report.table.iloc[0]
    assert (row["n_levels"], row["n_missing"]) == (1, 1)
    assert not report.is_blocked


def test_renaming_levels_changes_nothing(rng: np.random.Generator) -> None:
    case, reference = groups(50, 50)
    plate = rng.choice(["a", "b", "c"], 100)
    renamed = pd.Series(plate).map({"a": "z9", "b": "m1", "c": "a0"})
    first = design_report(case, reference, {"p": plate}).table
    second = design_report(case, reference, {"p": renamed}).table
    pd.testing.assert_frame_equal(first, second)


def test_nothing_declared_is_said() -> None:
    case, reference = groups(2, 2)
    report = design_report(case, reference, {})
    assert not report.is_blocked
    assert "No plate, site or date was declared" in report.sentence


def test_plate_numbers_are_never_cut_into_bins() -> None:
    case = np.tile([True, False], 300)
    plate = np.tile(np.arange(1, 31), 20)  # odd plates hold cases, even ones reference people
    assert design_report(case, ~case, {"plate": plate}).is_blocked


@pytest.mark.parametrize("unknown", ["case", "reference"])
def test_a_factor_unknown_in_one_whole_group_blocks(unknown: str) -> None:
    case, reference = groups(30, 30)
    plate = np.array(["a", "b"] * 30, dtype=object)
    plate[case if unknown == "case" else reference] = None
    assert design_report(case, reference, {"plate": plate}).is_blocked


def test_a_factor_nobody_has_does_not_block() -> None:
    case, reference = groups(5, 5)
    assert not design_report(case, reference, {"plate": [None] * 10}).is_blocked
