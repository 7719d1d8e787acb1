from dataclasses import replace


def test_fires_on_an_analyte_beyond_its_standards(panel_of, examined, judge) -> None:
    panel = panel_of()
    flagged = panel.values.isna()
    flagged.iloc[:33, 0] = True  # 33 of 110
    result = judge("ST031", examined(replace(panel, extrapolated=flagged)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "CCL11 (30%)" in result.sentence


def test_silent_where_few_are(panel_of, examined, judge) -> None:
    panel = panel_of()
    flagged = panel.values.isna()
    flagged.iloc[:11, 0] = True
    assert judge("ST031", examined(replace(panel, extrapolated=flagged))).outcome == "silent"


def test_not_applicable_where_the_file_does_not_tell(panel_of, examined, judge) -> None:
    assert judge("ST031", examined(panel_of())).outcome == "not_applicable"
