def test_fires_on_an_analyte_of_one_number(panel_of, examined, judge) -> None:
    result = judge("ST029", examined(panel_of()))  # IL6 is 1.0 throughout
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "1 analyte with one number in all samples: 'IL6'" in result.sentence


def test_silent_where_all_vary(clean, examined, judge) -> None:
    assert judge("ST029", examined(clean)).outcome == "silent"


def test_not_applicable_without_a_quality_report(panel_only, judge) -> None:
    assert judge("ST029", panel_only).outcome == "not_applicable"
