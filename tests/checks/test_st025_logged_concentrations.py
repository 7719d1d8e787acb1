def test_fires_on_logs_called_pg_ml(clean, changed, examined, judge) -> None:
    panel = changed(clean, clean.values.clip(lower=0.01), unit="pg/mL")
    result = judge("ST025", examined(panel))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "unit: log2" in result.sentence


def test_silent_on_concentrations(clean, changed, examined, judge) -> None:
    assert judge("ST025", examined(changed(clean, 2**clean.values, unit="pg/mL"))).outcome == (
        "silent"
    )


def test_not_applicable_to_npx_or_few_analytes(clean, changed, panel_of, examined, judge) -> None:
    assert judge("ST025", examined(clean)).outcome == "not_applicable"
    small = panel_of()
    few = changed(small, small.values + 1, unit="pg/mL")
    assert judge("ST025", examined(few)).outcome == "not_applicable"
