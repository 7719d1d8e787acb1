def test_fires_and_names_the_users_column(make, judge, design_of) -> None:
    design = design_of(["2022Q1"] * 50 + ["2023Q2"] * 5, ["2023Q2"] * 40)
    result = judge("ST001", make(design=design, columns={"batch": "visit_quarter"}))
    assert result.outcome == "fires"
    assert result.severity == "issue"
    assert result.title == "Case status is aliased with visit_quarter"
    assert "1 of 2 levels of visit_quarter hold both groups" in result.sentence
    assert "9% of the cases" in result.sentence  # 5 of 55


def test_names_the_column_of_the_panel_file_without_its_prefix(make, judge, design_of) -> None:
    design = design_of(["p1"] * 50, ["p2"] * 40)
    result = judge("ST001", make(design=design, columns={"batch": "panel:PlateID"}))
    assert result.title == "Case status is aliased with PlateID"


def test_silent_on_balanced_plates(make, judge, design_of) -> None:
    result = judge("ST001", make(design=design_of(["a", "b"] * 30, ["a", "b"] * 25)))
    assert result.outcome == "silent"


def test_not_applicable_without_a_design(panel_only, judge) -> None:
    assert judge("ST001", panel_only).outcome == "not_applicable"
