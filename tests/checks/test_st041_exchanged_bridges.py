from types import SimpleNamespace

import pandas as pd
import pytest


@pytest.fixture
def report():
    """Return a stand-in of three bridges, all recognised."""
    bridges = pd.DataFrame({"reference_id": ["a", "b", "c"], "looks_like": ["", "", ""]})
    return SimpleNamespace(bridges=bridges.assign(is_recognised=True))


def test_fires_where_two_were_exchanged(make, judge, report) -> None:
    report.bridges["is_recognised"] = [False, False, True]
    report.bridges["looks_like"] = ["b", "a", ""]
    result = judge("ST041", make(bridging=report))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "2 of 3 bridge samples" in result.sentence
    assert "'a (like b)', 'b (like a)'" in result.sentence


def test_silent_where_all_are_themselves(make, judge, report) -> None:
    assert judge("ST041", make(bridging=report)).outcome == "silent"


def test_not_applicable_without_a_bridge(panel_only, judge) -> None:
    assert judge("ST041", panel_only).outcome == "not_applicable"
