def test_fires_where_the_groups_came_in_other_seasons(clean, with_columns, examined, judge) -> None:
    dates = ["2023-01-15" if case else "2023-07-15" for case in clean.in_groups(["MDD"])]
    result = judge("ST036", examined(with_columns(clean, date=dates)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "Dec-Feb 100% of the cases and 0% of the reference people" in result.sentence


def test_silent_where_seasons_are_alike(clean, with_columns, examined, judge) -> None:
    panel = with_columns(clean, date=["2023-01-15", "2023-07-15"] * 50)
    assert judge("ST036", examined(panel)).outcome == "silent"


def test_not_applicable_without_dates(clean, with_columns, examined, judge) -> None:
    assert judge("ST036", examined(clean)).outcome == "not_applicable"
    days = with_columns(clean, date=[float(i) for i in range(100)])  # days of a study: no season
    assert judge("ST036", examined(days)).outcome == "not_applicable"
