import numpy as np


def test_fires_on_a_profile_like_no_other(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    signs = np.random.default_rng(0).permutation(np.resize([-5.0, 5.0], values.shape[1]))
    values.iloc[7] += signs * values.std().to_numpy()
    result = judge("ST018", examined(changed(clean, values)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert result.sentence.split(": ")[1].startswith(repr(clean.sample_ids[7]))


def test_silent_on_a_clean_panel(clean, examined, judge) -> None:
    assert judge("ST018", examined(clean)).outcome == "silent"


def test_not_applicable_to_few_samples(clean, examined, judge, panel_only) -> None:
    assert judge("ST018", examined(clean.take(range(29)))).outcome == "not_applicable"
    assert judge("ST018", panel_only).outcome == "not_applicable"
