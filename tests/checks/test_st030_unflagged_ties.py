def test_fires_on_a_fill_that_is_not_flagged(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    low = values["IL6"].quantile(0.3)
    values["IL6"] = values["IL6"].clip(lower=low)
    panel = changed(clean, values, below_lod=clean.below_lod & False)
    result = judge("ST030", examined(panel))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "1 analyte" in result.sentence
    assert "IL6 (30%)" in result.sentence


def test_silent_where_the_fill_is_flagged(clean, changed, examined, judge) -> None:
    values, below = clean.values.copy(), clean.below_lod & False
    low = values["IL6"].quantile(0.3)
    below["IL6"] = values["IL6"] <= low
    values["IL6"] = values["IL6"].clip(lower=low)
    panel = changed(clean, values, below_lod=below)
    assert judge("ST030", examined(panel)).outcome == "silent"


def test_silent_on_rounded_numbers(clean, changed, examined, judge) -> None:
    panel = changed(clean, clean.values.round(0), below_lod=clean.below_lod & False)
    assert judge("ST030", examined(panel)).outcome == "silent"


def test_not_applicable_without_a_quality_report(panel_only, judge) -> None:
    assert judge("ST030", panel_only).outcome == "not_applicable"
