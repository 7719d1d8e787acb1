def test_fires_and_names_members_of_the_declared_axis_only(make, judge, axes_of) -> None:
    result = judge("ST003", make(axes=axes_of()))
    assert result.outcome == "fires"
    assert result.sentence.startswith("IL13 is detected in fewer than half")
    assert "does not carry the Th2 score, which rests on CCL11, CCL13" in result.sentence
    assert "IFNG" not in result.sentence


def test_silent_where_every_member_is_detected(make, judge, axes_of) -> None:
    axes = axes_of()
    axes.members = axes.members[axes.members["is_used"]]
    assert judge("ST003", make(axes=axes)).outcome == "silent"


def test_not_applicable_without_axes(panel_only, judge) -> None:
    assert judge("ST003", panel_only).outcome == "not_applicable"
