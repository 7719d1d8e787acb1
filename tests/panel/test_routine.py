"""Routine markers of a samples table as analytes of a panel."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError, PanelError
from subtyping.panel import panel_from_frame
from subtyping.panel.routine import join_routine, routine_analytes, routine_values

IDS = ["a", "b", "c", "d", "e"]
SAMPLES = pd.DataFrame(
    {"hsCRP": ["0.11", "<0.2", "40", ">200", None], "code": [1.0, 0, 0, 0, None]}, index=IDS
)
CRP = {"column": "hsCRP", "unit": "mg/L"}
CODED = {**CRP, "below_lod": {"column": "code", "values": ["1"]}}


def panel(unit: str):
    values = pd.DataFrame({"IL6": [1.0, 2, 3, 4, 5]}, index=IDS)
    return panel_from_frame(values, SAMPLES, unit=unit)


def test_codes_limits_and_text_say_what_is_below_detection() -> None:
    routine = routine_values(SAMPLES, {"crp": CODED})
    assert routine.below_lod["crp"].tolist() == [True, True, False, False, False]
    assert routine.above_uloq["crp"].tolist() == [False, False, False, True, False]
    assert routine.numbers["crp"].tolist()[:4] == [0.11, 0.2, 40, 200]
    assert routine.measured(["crp"]).tolist() == [True, True, True, True, False]
    limited = routine_values(SAMPLES, {"crp": {**CRP, "lod": 0.15}})
    assert limited.below_lod["crp"].tolist() == [True, True, False, False, False]
    assert limited.lod["crp"].tolist() == [0.15, 0.2, 0.15, 0.15, 0.15]


def test_units_become_canonical_with_their_limits() -> None:
    routine = routine_values(SAMPLES, {"crp": {**CODED, "unit": "mg/dL", "lod": 0.02}})
    assert routine.values["crp"].tolist()[2] == 400  # 40 mg/dL
    assert routine.lod["crp"].round(9).tolist() == [0.2, 2.0, 0.2, 0.2, 0.2]


@pytest.mark.parametrize("unit", ["pg/mL", "NPX"])
def test_a_marker_joins_on_the_scale_of_the_panel(unit) -> None:
    joined = join_routine(panel(unit), routine_values(SAMPLES, {"crp": CODED}), {"crp": "hsCRP"})
    assert list(joined.values) == ["IL6", "CRP"]
    assert joined.values["CRP"]["c"] == pytest.approx(40 if unit == "pg/mL" else np.log2(40))
    assert joined.below_lod["CRP"].tolist() == [True, True, False, False, False]
    assert routine_analytes(joined) == ("CRP",)
    assert "CRP" in joined.reading.notes[-1]
    assert joined.unit == unit


def test_markers_alone_are_a_panel_in_log2() -> None:
    alone = join_routine(
        panel("pg/mL"), routine_values(SAMPLES, {"crp": CODED}), {"crp": "hsCRP"}, alone=True
    )
    assert (list(alone.values), alone.unit) == (["CRP"], "log2")
    assert alone.values["CRP"]["a"] == pytest.approx(np.log2(0.11))
    assert alone.lod["CRP"]["b"] == pytest.approx(np.log2(0.2))


def test_a_count_of_zero_is_below_detection_for_the_score_and_zero_for_a_rule() -> None:
    samples = pd.DataFrame({"eos": [0.0, 0.2]}, index=["a", "b"])
    routine = routine_values(samples, {"eosinophils": {"column": "eos", "unit": "10^3/uL"}})
    assert routine.numbers["eosinophils"].tolist() == [0, 0.2]
    empty = panel_from_frame(pd.DataFrame({"IL6": [1.0, 2.0]}, index=["a", "b"]), samples)
    joined = join_routine(empty, routine, {"eosinophils": "eos"})
    assert joined.below_lod["eosinophils"].tolist() == [True, False]
    assert np.isnan(joined.values["eosinophils"]["a"])


@pytest.mark.parametrize(
    ("cells", "item", "words"),
    [
        (["-1", "2"], CRP, "1 cell that cannot be a level, such as '-1'"),
        (["high", "2"], CRP, "1 cell that cannot be a level, such as 'high'"),
        (["ND", "2"], CRP, "cannot be a level, such as 'ND'"),
        ([None, None], CRP, "holds no number"),
        (["1", "2"], {**CRP, "column": "hsCPR"}, "no column 'hsCPR'. Did you mean 'hsCRP'"),
        (["1", "2"], {**CODED, "below_lod": {"column": "cod", "values": ["1"]}}, "no column 'cod'"),
        (["1", "2"], {**CRP, "unit": "mmol/L"}, "unit of crp must be one of"),
    ],
)
def test_what_cannot_be_a_level_is_refused(cells, item, words) -> None:
    with pytest.raises(InputError, match=words):
        routine_values(pd.DataFrame({"hsCRP": cells, "code": [0, 1]}), {"crp": item})


def test_a_value_not_detected_needs_a_limit() -> None:
    cells = pd.DataFrame({"hsCRP": ["ND", "2"]})
    routine = routine_values(cells, {"crp": {**CRP, "lod": 0.15}})
    assert routine.numbers["crp"].tolist() == [0.15, 2.0]


def test_an_analyte_the_panel_measures_is_not_replaced() -> None:
    own = panel_from_frame(pd.DataFrame({"CRP": [1.0, 2, 3, 4, 5]}, index=IDS), SAMPLES)
    routine = routine_values(SAMPLES, {"crp": CODED})
    with pytest.raises(PanelError, match="already measures 'CRP'"):
        join_routine(own, routine, {"crp": "hsCRP"})
