from dataclasses import replace


def test_fires_where_many_are_above_the_range(panel_of, examined, judge) -> None:
    panel = panel_of()
    above = panel.values.isna()
    above.iloc[:11, 0] = True  # 11 of 110
    result = judge("ST039", examined(replace(panel, above_uloq=above)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "CCL11 (10%)" in result.sentence


def test_silent_where_none_is(panel_of, examined, judge) -> None:
    assert judge("ST039", examined(panel_of())).outcome == "silent"


def test_not_applicable_without_a_quality_report(panel_only, judge) -> None:
    assert judge("ST039", panel_only).outcome == "not_applicable"
