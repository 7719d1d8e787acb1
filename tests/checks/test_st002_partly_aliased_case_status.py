import numpy as np

from subtyping.statistics import design_report


def test_fires_where_part_of_a_group_stands_alone(make, judge, design_of) -> None:
    design = design_of(["a"] * 20 + ["b"] * 20 + ["c"] * 20, ["a"] * 25 + ["b"] * 25)
    result = judge("ST002", make(design=design, columns={"batch": "plate"}))
    assert result.outcome == "fires"
    assert "plate" in result.sentence
    assert "67%" in result.sentence  # 40 of 60 cases are on plates that hold both groups


def test_silent_where_the_factor_is_fully_aliased(make, judge, design_of) -> None:
    assert judge("ST002", make(design=design_of(["a"] * 50, ["b"] * 40))).outcome == "silent"


def test_silent_on_balanced_plates(make, judge, design_of) -> None:
    result = judge("ST002", make(design=design_of(["a", "b"] * 30, ["a", "b"] * 25)))
    assert result.outcome == "silent"


def test_not_applicable_without_a_design(panel_only, judge) -> None:
    assert judge("ST002", panel_only).outcome == "not_applicable"


def test_fires_where_two_factors_only_together_tell_the_groups_apart(make, judge) -> None:
    plate, site = np.tile(["P1", "P1", "P2", "P2"], 30), np.tile(["A", "B", "A", "B"], 30)
    is_case = (plate == "P1") == (site == "A")
    report = design_report(is_case, ~is_case, {"batch": plate, "site": site})
    assert not report.is_blocked
    assert report.jointly_aliased
    result = judge("ST002", make(design=report))
    assert result.outcome == "fires"
    assert "taken together, though with none alone" in result.sentence
