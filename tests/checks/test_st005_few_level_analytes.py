def test_fires_under_eight(make, judge, axes_of) -> None:
    result = judge("ST005", make(axes=axes_of(n_level_analytes=7)))
    assert result.outcome == "fires"
    assert "Only 7 analytes" in result.sentence


def test_silent_from_eight(make, judge, axes_of) -> None:
    assert judge("ST005", make(axes=axes_of(n_level_analytes=8))).outcome == "silent"


def test_not_applicable_without_axes(panel_only, judge) -> None:
    assert judge("ST005", panel_only).outcome == "not_applicable"
