import pandas as pd
import pytest

from subtyping.preparation import HandlingReport


def report(term: str, correlation: float, p_value: float) -> HandlingReport:
    table = pd.DataFrame(
        {"term": [term], "correlation": [correlation], "p_value": [p_value], "n": [90]}
    )
    return HandlingReport(("SIRT2", "STAMBP", "CASP8"), 0.2, table, "")


def test_fires_where_handling_goes_with_case_status(make, judge) -> None:
    result = judge("ST008", make(handling=report("case status", 0.4, 0.0001)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "case status (r = 0.40)" in result.sentence


@pytest.mark.parametrize(
    ("term", "correlation", "p_value"),
    [("case status", 0.1, 0.0001), ("case status", 0.4, 0.02), ("plate", 0.6, 0.0001)],
)
def test_silent_on_weak_links_and_on_plates_alone(make, judge, term, correlation, p_value) -> None:
    result = judge("ST008", make(handling=report(term, correlation, p_value)))
    assert result.outcome == "silent"


def test_not_applicable_without_handling_markers(panel_only, judge) -> None:
    assert judge("ST008", panel_only).outcome == "not_applicable"


def test_without_groups_it_says_so_and_does_not_blame_the_markers(panel_only, judge) -> None:
    assert judge("ST008", panel_only).sentence == "Needs declared groups."
