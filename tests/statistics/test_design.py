"""Aliasing of case status with technical factors."""

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics import design_report
from subtyping.statistics.factor_levels import as_hours


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


def rule(case: np.ndarray, reference: np.ndarray, levels: list[object]) -> bool:
    """The rule as it is written, person by person."""
    known = [(c, level) for c, r, level in zip(case, reference, levels, strict=True) if c or r]
    known = [(c, level) for c, level in known if level is not None]
    cases, others = ([level for c, level in known if c == side] for side in (True, False))
    if not cases or not others:
        return bool(cases or others)
    if len({level for _, level in known}) < 2:
        return False
    shared = set(cases) & set(others)
    overlap = min(sum(x in shared for x in side) / len(side) for side in (cases, others))
    share = {x: cases.count(x) / (cases.count(x) + others.count(x)) for _, x in known}
    mean = len(cases) / len(known)
    residual = sum((c - share[x]) ** 2 for c, x in known)
    total = sum((c - mean) ** 2 for c, _ in known)
    return residual < 1e-9 or total / residual > 10 or overlap < 0.5


def test_what_blocks_is_the_rule_as_written(rng: np.random.Generator) -> None:
    outcomes = set()
    for _ in range(60):
        n = int(rng.integers(6, 60))
        case = rng.random(n) < 0.5
        reference = ~case & (rng.random(n) < 0.9)
        drift = int(rng.integers(0, 6))
        levels = (rng.integers(0, rng.integers(1, 8), n) + drift * case).astype(object)
        levels[rng.random(n) < 0.1] = None
        expected = rule(case, reference, levels.tolist())
        others = {"age": rng.normal(size=n) + 9 * case}
        report = design_report(case, reference, {"plate": levels}, others=others)
        assert report.is_blocked == expected
        outcomes.add(expected)
    assert outcomes == {True, False}


def test_a_person_factor_never_blocks_however_far_the_groups_lie_apart() -> None:
    case, reference = groups(30, 30)
    sex = ["F"] * 30 + ["M"] * 30
    report = design_report(case, reference, {"plate": ["a", "b"] * 30}, others={"sex": sex})
    assert not report.is_blocked
    row = report.balance.set_index("factor").loc["sex"]
    assert row["effect"] == pytest.approx(1.0)
    assert np.isinf(row["vif"])
    assert not row["may_block"]
    assert "it determines case status" in report.notes[0]


def test_partial_aliasing_says_what_it_costs() -> None:
    # Plate a: 30 cases alone; b: 30 cases and 40 reference people; c: 20 reference people alone.
    case, reference = groups(60, 60)
    plate = ["a"] * 30 + ["b"] * 30 + ["b"] * 40 + ["c"] * 20
    report = design_report(case, reference, {"plate": plate})
    # Shares of cases 1, 3/7, 0: within 70 * 3/7 * 4/7 = 120/7, total 120/4; 30 / (120/7) = 1.75
    row = report.table.iloc[0]
    assert row["vif"] == pytest.approx(1.75)
    assert row["interval_widening"] == pytest.approx(np.sqrt(1.75))
    assert report.partly_aliased == ("plate",)
    assert not report.is_blocked
    assert "50% of the cases and 67% of the reference people" in report.notes[0]
    assert "inflated 1.8-fold, so its interval is 1.3 times as wide" in report.notes[0]


def test_a_covariate_known_in_one_group_only_is_said() -> None:
    case, reference = groups(20, 20)
    bmi = [None] * 20 + list(np.linspace(20, 30, 20))
    notes = design_report(case, reference, {}, others={"bmi": bmi}).notes
    assert notes == (
        "bmi is known in the reference people only (20 people): nothing can be adjusted for it.",
    )


def test_the_pair_responsible_is_named() -> None:
    # Plates are numbered anew at each site; case status goes by plate within site.
    case = np.tile([True, False, False, True], 15)
    plate, site = np.tile(["1", "2", "1", "2"], 15), np.tile(["a", "a", "b", "b"], 15)
    time = np.arange(60) % 3
    report = design_report(case, ~case, {"plate": plate, "site": site, "date": time})
    assert not report.is_blocked
    assert report.jointly_aliased == ("plate x site",)
    assert "the combinations of plate and site" in report.notes[0]


def test_a_note_for_factors_that_add_up_to_case_status() -> None:
    # Plates 1 and 2 at site a, 2 and 3 at site b: case = [plate 2] + 2 [plate 3] - [site b].
    plate, site = np.repeat(["1", "2", "2", "3"], 10), np.repeat(["a", "a", "b", "b"], 10)
    case = np.repeat([False, True, False, True], 10)
    assert not design_report(case, ~case, {"plate": plate}).is_blocked
    report = design_report(case, ~case, {"plate": plate, "site": site})
    assert report.jointly_aliased == ("plate + site", "plate x site")
    assert "aliased with the sum of plate and site" in report.notes[0]
    assert not report.is_blocked


def test_what_is_aliased_alone_is_not_called_joint() -> None:
    case, reference = groups(30, 30)
    plate, site = ["a"] * 30 + ["b"] * 30, ["x", "y"] * 30
    report = design_report(case, reference, {"plate": plate, "site": site})
    assert report.aliased == ("plate",)
    assert report.jointly_aliased == ()
    assert set(report.joint["reason"]) == {"aliased with plate alone"}


def test_a_date_that_cannot_be_read_is_missing_and_does_not_make_levels_of_all() -> None:
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 100), unit="D")
    dates = np.array([f"{day:%Y-%m-%d}" for day in days], dtype=object)
    case = rng.permutation(np.repeat([True, False], 50))
    assert not design_report(case, ~case, {"date": dates}, times=("date",)).is_blocked
    dates[7] = "unknown"
    report = design_report(case, ~case, {"date": dates}, times=("date",))
    assert not report.is_blocked
    assert report.table.loc[0, "n_missing"] == 1
    dotted = np.array([f"{day:%d.%m.%Y}" for day in days], dtype=object)
    assert not design_report(case, ~case, {"date": dotted}, times=("date",)).is_blocked


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("1:15 PM", 13.25), ("12:30 am", 0.5), ("08:30", 8.5), ("2024-01-05 13:15", 13.25)],
)
def test_times_of_day_are_read_as_written(cell: str, hours: float) -> None:
    assert as_hours(pd.Series([cell])).tolist() == [hours]


def test_timestamps_have_their_time_of_day() -> None:
    stamps = pd.to_datetime(pd.Series(["2024-01-05 13:15", "2024-01-06 06:00"]))
    assert as_hours(stamps).tolist() == [13.25, 6.0]


def test_chance_differences_among_many_factors_seldom_leave_a_note() -> None:
    noted = 0
    for k in range(100):
        rng = np.random.default_rng(k)
        case, reference = groups(60, 60)
        others = {f"factor {j}": rng.normal(size=120) for j in range(6)}
        report = design_report(case, reference, {}, others=others)
        noted += any("differ in" in note for note in report.notes)
    assert noted <= 10
