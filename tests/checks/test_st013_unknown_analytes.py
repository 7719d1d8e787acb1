from dataclasses import replace


def test_fires_and_lists_names(panel_only, judge) -> None:
    reading = replace(panel_only.panel.reading, unknown_analytes=("XYZ1", "XYZ2"))
    context = replace(panel_only, panel=replace(panel_only.panel, reading=reading))
    result = judge("ST013", context)
    assert result.outcome == "fires"
    assert "2 analytes" in result.sentence
    assert "'XYZ1', 'XYZ2'" in result.sentence


def test_silent_where_all_names_are_known(panel_only, judge) -> None:
    assert judge("ST013", panel_only).outcome == "silent"


def test_always_applicable(make, judge) -> None:
    assert judge("ST013", make()).outcome != "not_applicable"
