def test_fires_under_forty(make, judge, panel_of) -> None:
    result = judge("ST006", make(panel_of(n_reference=39)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "39 people" in result.sentence


def test_silent_from_forty(make, judge, panel_of) -> None:
    assert judge("ST006", make(panel_of(n_reference=40))).outcome == "silent"


def test_not_applicable_without_groups(panel_only, judge) -> None:
    assert judge("ST006", panel_only).outcome == "not_applicable"
