def test_fires_on_warnings(make, judge, panel_of) -> None:
    qc = ["Pass"] * 108 + ["Warning", "WARN"]
    result = judge("ST014", make(panel_of(qc=qc)))
    assert result.outcome == "fires"
    assert "2 samples" in result.sentence
    assert "'s108', 's109'" in result.sentence


def test_silent_where_all_pass(make, judge, panel_of) -> None:
    qc = ["Pass"] * 109 + [None]
    assert judge("ST014", make(panel_of(qc=qc))).outcome == "silent"


def test_not_applicable_without_a_column(panel_only, judge) -> None:
    assert judge("ST014", panel_only).outcome == "not_applicable"
