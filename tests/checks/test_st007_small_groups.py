def test_fires_on_few_cases(make, judge, panel_of) -> None:
    result = judge("ST007", make(panel_of(n_case=25)))
    assert result.outcome == "fires"
    assert "25 cases" in result.sentence


def test_fires_on_a_small_comparison_group(make, judge, panel_of) -> None:
    group = ["MDD"] * 60 + ["AD"] * 5 + ["HC"] * 45
    result = judge("ST007", make(panel_of(group=group), comparison=("AD",)))
    assert result.outcome == "fires"
    assert "group AD has 5 people" in result.sentence


def test_silent_on_large_groups(make, judge) -> None:
    assert judge("ST007", make()).outcome == "silent"


def test_not_applicable_without_groups(panel_only, judge) -> None:
    assert judge("ST007", panel_only).outcome == "not_applicable"
