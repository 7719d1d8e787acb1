def test_fires_on_a_row_pasted_one_column_too_far(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    values.iloc[8, 1:40] = values.iloc[2, :39].to_numpy()
    result = judge("ST034", examined(changed(clean, values, below_lod=clean.below_lod & False)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "share 39, 1 columns apart" in result.sentence


def test_fires_on_a_column_pasted_twice(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    values["CCL13"] = values["CCL11"]
    result = judge("ST034", examined(changed(clean, values, below_lod=clean.below_lod & False)))
    assert result.outcome == "fires"
    assert "CCL11 and CCL13 share 100" in result.sentence.replace(
        "CCL13 and CCL11", "CCL11 and CCL13"
    )


def test_silent_on_a_clean_panel(clean, examined, judge) -> None:
    assert judge("ST034", examined(clean)).outcome == "silent"


def test_not_applicable_to_coarse_numbers(clean, changed, examined, judge) -> None:
    assert judge("ST034", examined(changed(clean, clean.values.round(0)))).outcome == (
        "not_applicable"
    )
