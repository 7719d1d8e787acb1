def test_fires_on_a_person_with_two_samples(make, judge, panel_of) -> None:
    subject = [f"p{i}" for i in range(109)] + ["p0"]
    result = judge("ST015", make(panel_of(subject=subject)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "1 subject" in result.sentence
    assert "'p0'" in result.sentence


def test_silent_where_blank_subjects_repeat(make, judge, panel_of) -> None:
    subject = [f"p{i}" for i in range(108)] + [None, None]
    assert judge("ST015", make(panel_of(subject=subject))).outcome == "silent"


def test_not_applicable_without_subjects(panel_only, judge) -> None:
    assert judge("ST015", panel_only).outcome == "not_applicable"
