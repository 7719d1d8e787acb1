def test_fires_where_cases_came_in_the_afternoon(clean, with_columns, examined, judge) -> None:
    times = ["15:30" if case else "08:30" for case in clean.in_groups(["MDD"])]
    result = judge("ST037", examined(with_columns(clean, draw_time=times)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "mean 15.5 h in the cases, 8.5 h" in result.sentence


def test_silent_where_times_are_alike(clean, with_columns, examined, judge) -> None:
    panel = with_columns(clean, draw_time=["08:30", "10:00"] * 50)
    assert judge("ST037", examined(panel)).outcome == "silent"


def test_not_applicable_without_times(clean, examined, judge) -> None:
    assert judge("ST037", examined(clean)).outcome == "not_applicable"
