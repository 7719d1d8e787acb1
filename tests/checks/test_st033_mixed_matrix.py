def test_fires_on_serum_and_plasma(panel_of, examined, judge) -> None:
    panel = panel_of(matrix=["serum"] * 60 + ["EDTA plasma"] * 50)
    result = judge("ST033", examined(panel))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "serum 60, edta plasma 50" in result.sentence
    assert "100% of either group" in result.sentence


def test_silent_on_one_matrix(panel_of, examined, judge) -> None:
    panel = panel_of(matrix=["Serum", "serum "] * 55)
    assert judge("ST033", examined(panel)).outcome == "silent"


def test_not_applicable_where_none_is_declared(panel_of, panel_only, examined, judge) -> None:
    assert judge("ST033", panel_only).outcome == "not_applicable"
    blank = panel_of(matrix=[None] * 110)
    assert judge("ST033", examined(blank)).outcome == "not_applicable"
