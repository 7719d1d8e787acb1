def test_fires_on_a_diluted_sample(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    values.iloc[4] -= 4.0  # a sixteenth of everything
    result = judge("ST017", examined(changed(clean, values)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert repr(clean.sample_ids[4]) in result.sentence


def test_silent_on_a_clean_panel(clean, examined, judge) -> None:
    assert judge("ST017", examined(clean)).outcome == "silent"


def test_not_applicable_to_few_samples_or_analytes(clean, examined, judge, panel_only) -> None:
    assert judge("ST017", panel_only).outcome == "not_applicable"
    assert judge("ST017", examined(clean.take(range(19)))).outcome == "not_applicable"
    few = clean.select(clean.values.columns[:9])
    assert judge("ST017", examined(few)).outcome == "not_applicable"
