import math


def test_fires_under_seven_tenths(make, judge, axes_of) -> None:
    result = judge("ST004", make(axes=axes_of(level_reliability=0.62)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "0.62" in result.sentence


def test_silent_from_seven_tenths(make, judge, axes_of) -> None:
    assert judge("ST004", make(axes=axes_of(level_reliability=0.7))).outcome == "silent"


def test_not_applicable_without_a_level(make, panel_only, judge, axes_of) -> None:
    assert judge("ST004", panel_only).outcome == "not_applicable"
    axes = axes_of(level_reliability=math.nan)
    assert judge("ST004", make(axes=axes)).outcome == "not_applicable"
