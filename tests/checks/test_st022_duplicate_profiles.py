import numpy as np
import pytest


@pytest.fixture
def repeated(clean, changed):
    """Return the panel with one sample measured again under another id."""
    values, below = clean.values.copy(), clean.below_lod.copy()
    values.iloc[9] = values.iloc[3].to_numpy() + np.random.default_rng(1).normal(0, 0.08, 92)
    below.iloc[9] = below.iloc[3].to_numpy()
    return changed(clean, values, below_lod=below)


def test_fires_on_one_sample_under_two_ids(repeated, with_columns, examined, judge) -> None:
    anonymous = with_columns(repeated, subject=None)
    result = judge("ST022", examined(anonymous))
    assert (result.outcome, result.severity) == ("fires", "issue")
    one, other = anonymous.sample_ids[3], anonymous.sample_ids[9]
    assert f"{one!r} and {other!r}" in result.sentence


def test_silent_where_the_two_are_one_declared_subject(
    repeated, with_columns, examined, judge
) -> None:
    subject = repeated.samples["subject"].copy()
    subject.iloc[9] = subject.iloc[3]
    result = judge("ST022", examined(with_columns(repeated, subject=subject)))
    assert result.outcome == "silent"
    assert "1 pair of one subject each" in result.sentence


def test_silent_on_a_clean_panel(clean, examined, judge) -> None:
    assert judge("ST022", examined(clean)).outcome == "silent"


def test_not_applicable_to_few_analytes(panel_of, examined, judge) -> None:
    assert judge("ST022", examined(panel_of())).outcome == "not_applicable"
