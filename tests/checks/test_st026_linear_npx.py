def test_fires_on_concentrations_called_npx(clean, changed, examined, judge) -> None:
    result = judge("ST026", examined(changed(clean, 2**clean.values)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "unit: pg/mL" in result.sentence


def test_fires_on_small_skewed_concentrations(clean, changed, examined, judge) -> None:
    centred = clean.values - clean.values.median()
    skewed = 2 ** (1.5 * centred / centred.std())  # nothing far above 30
    result = judge("ST026", examined(changed(clean, skewed.clip(upper=29.0))))
    assert result.outcome == "fires"


def test_silent_on_npx(clean, examined, judge) -> None:
    assert judge("ST026", examined(clean)).outcome == "silent"


def test_not_applicable_to_concentrations(clean, changed, examined, judge, panel_only) -> None:
    panel = changed(clean, 2**clean.values, unit="pg/mL")
    assert judge("ST026", examined(panel)).outcome == "not_applicable"
    assert judge("ST026", panel_only).outcome == "not_applicable"
