def test_fires_where_the_groups_came_at_different_visits(
    clean, with_columns, examined, judge
) -> None:
    visit = ["week 6" if case else "baseline" for case in clean.in_groups(["MDD"])]
    panel = with_columns(clean, visit=visit)
    result = judge("ST028", examined(panel, columns={"visit": "timepoint"}))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "week 6 (100% of the cases, 0% of the reference people)" in result.sentence
    assert "visits of timepoint" in result.sentence


def test_silent_where_visits_are_alike(clean, with_columns, examined, judge) -> None:
    panel = with_columns(clean, visit=["baseline", "week 6"] * 50)
    assert judge("ST028", examined(panel)).outcome == "silent"


def test_not_applicable_without_visits(clean, examined, judge) -> None:
    assert judge("ST028", examined(clean)).outcome == "not_applicable"
