import numpy as np


def test_fires_and_names_the_analyte_and_the_sample(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    values.iloc[:30, values.columns.get_loc("IL6")] = np.nan
    values.iloc[5, :40] = np.nan
    panel = changed(clean, values, below_lod=clean.below_lod & False)
    result = judge("ST038", examined(panel))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "1 analyte missing in over a fifth of samples: 'IL6'" in result.sentence
    assert repr(clean.sample_ids[5]) in result.sentence


def test_silent_where_nothing_is_missing(clean, examined, judge) -> None:
    assert judge("ST038", examined(clean)).outcome == "silent"


def test_not_applicable_without_a_quality_report(panel_only, judge) -> None:
    assert judge("ST038", panel_only).outcome == "not_applicable"
