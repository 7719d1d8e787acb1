from dataclasses import replace


def test_fires_on_wells_that_disagree(panel_of, examined, judge) -> None:
    panel = panel_of()
    cv = panel.values * 0 + 5.0
    cv["CCL11"] = 35.0
    result = judge("ST032", examined(replace(panel, replicate_cv_pct=cv)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "CCL11 (median 35 %, 100% above 30 %)" in result.sentence


def test_silent_on_wells_that_agree(panel_of, examined, judge) -> None:
    panel = panel_of()
    steady = replace(panel, replicate_cv_pct=panel.values * 0 + 5.0)
    assert judge("ST032", examined(steady)).outcome == "silent"


def test_not_applicable_without_replicates(panel_of, examined, judge) -> None:
    panel = panel_of()
    assert judge("ST032", examined(panel)).outcome == "not_applicable"
    single = replace(panel, replicate_cv_pct=panel.values * float("nan"))
    assert judge("ST032", examined(single)).outcome == "not_applicable"
