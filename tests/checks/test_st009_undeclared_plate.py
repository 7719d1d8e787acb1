def test_fires_without_plate_site_or_date(panel_only, judge) -> None:
    assert judge("ST009", panel_only).outcome == "fires"


def test_silent_with_a_plate(make, judge, panel_of) -> None:
    result = judge("ST009", make(panel_of(batch="p1"), columns={"batch": "plate_id"}))
    assert result.outcome == "silent"
    assert "batch (plate_id)" in result.sentence


def test_always_applicable(make, judge) -> None:
    assert judge("ST009", make()).outcome != "not_applicable"
