import pandas as pd


def crp(context, n_high: int) -> pd.DataFrame:
    """Return CRP of the 60 cases, `n_high` of them above 10 mg/L; reference people are high."""
    values = [12.0] * n_high + [2.0] * (60 - n_high) + [50.0] * 50
    return pd.DataFrame({"crp": values}, index=context.panel.sample_ids)


def test_fires_where_more_than_a_twentieth_of_the_cases_are_high(make, judge) -> None:
    result = judge("ST016", make(routine=crp(make(), 6)))
    assert result.outcome == "fires"
    assert result.sentence.startswith("10% of 60 people")  # 6 of 60 cases


def test_silent_at_a_twentieth(make, judge) -> None:
    assert judge("ST016", make(routine=crp(make(), 3))).outcome == "silent"


def test_not_applicable_without_crp(make, panel_only, judge) -> None:
    assert judge("ST016", panel_only).outcome == "not_applicable"
    empty = crp(make(), 0) * float("nan")
    assert judge("ST016", make(routine=empty)).outcome == "not_applicable"
