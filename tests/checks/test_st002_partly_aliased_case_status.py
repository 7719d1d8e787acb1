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
