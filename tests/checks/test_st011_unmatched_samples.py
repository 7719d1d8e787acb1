from dataclasses import replace

import pandas as pd


def test_fires_and_lists_dropped_rows_by_reason(panel_only, judge) -> None:
    dropped = pd.DataFrame({"sample_id": ["a", "b"], "reason": ["duplicate"] * 2})
    reading = replace(panel_only.panel.reading, dropped=dropped)
    context = replace(panel_only, panel=replace(panel_only.panel, reading=reading))
    result = judge("ST011", context)
    assert result.outcome == "fires"
    assert "2 rows not kept (duplicate): 'a', 'b'" in result.sentence


def test_silent_where_every_row_is_a_sample(panel_only, judge) -> None:
    assert judge("ST011", panel_only).outcome == "silent"


def test_always_applicable(make, judge) -> None:
    assert judge("ST011", make()).outcome != "not_applicable"
