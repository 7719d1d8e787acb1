def test_fires_and_counts_blank_and_undeclared(make, judge, panel_of) -> None:
    group = ["MDD"] * 60 + ["HC"] * 45 + ["BD", "BD", "BD", None, ""]
    result = judge("ST012", make(panel_of(group=group)))
    assert result.outcome == "fires"
    assert "5 samples of no declared group" in result.sentence
    assert "BD (3)" in result.sentence
    assert "blank (2)" in result.sentence


def test_silent_where_all_are_declared(make, judge) -> None:
    assert judge("ST012", make()).outcome == "silent"


def test_not_applicable_without_groups(panel_only, judge) -> None:
    assert judge("ST012", panel_only).outcome == "not_applicable"
