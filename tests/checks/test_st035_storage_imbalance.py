import numpy as np


def test_fires_where_cases_were_stored_longer(clean, with_columns, examined, judge) -> None:
    days = np.where(clean.in_groups(["MDD"]), 900.0, 200.0) + np.arange(100)
    result = judge("ST035", examined(with_columns(clean, storage=days)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "SD" in result.sentence


def test_silent_where_storage_is_alike(clean, with_columns, examined, judge) -> None:
    days = np.random.default_rng(0).normal(500, 100, 100)
    assert judge("ST035", examined(with_columns(clean, storage=days))).outcome == "silent"


def test_not_applicable_without_storage(clean, examined, judge) -> None:
    assert judge("ST035", examined(clean)).outcome == "not_applicable"
