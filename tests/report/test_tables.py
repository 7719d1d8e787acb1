"""The tables of a run folder."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.report import report_tables, write_csv

COLUMNS = {
    "differential": "analyte contrast log2_fc ci_low ci_high t p_value q_value detected_frac "
    "is_mostly_below_detection",
    "assignments": "sample_id probability label reason",
    "checks": "code title severity outcome sentence muted_reason",
    "metrics": "name value ci_low ci_high null_twin",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_agreed_ones(fake_result, name):
    assert list(report_tables(fake_result("discrete"))[name].columns) == COLUMNS[name].split()


def test_axis_scores_begin_with_sample_and_level(fake_result):
    columns = list(report_tables(fake_result("discrete"))["axis_scores"].columns)
    assert columns[:4] == ["sample_id", "level", "Th1_score", "Th1_skew"]


def test_a_room_that_was_not_used_has_no_table(fake_result):
    result = replace(
        fake_result("continuum"), prediction=None, differential=None, embedding=None, handling=None
    )
    absent = {"differential", "attribution", "out_of_fold", "calibration", "embedding", "handling"}
    assert not absent & set(report_tables(result))


def test_a_table_without_rows_has_its_header(fake_result, tmp_path):
    table = report_tables(fake_result("blocked"))["criteria"]
    assert table.empty
    assert write_csv(table, tmp_path / "c.csv").read_text().startswith("rule,rule_text,kind,claim,")


def test_where_nothing_is_discrete_nobody_is_labelled(fake_result):
    table = report_tables(fake_result("continuum"))["assignments"]
    assert set(table["label"]) == {"unclear"}
    assert table["probability"].isna().all()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.3333333333"),
        (-0.0, "0"),
        (1e-17, "1e-17"),
        (np.nan, ""),
        (123456.789, "123456.789"),
    ],
)
def test_numbers_are_written_one_way(tmp_path, value, text):
    path = write_csv(pd.DataFrame({"a": ["x"], "v": [value]}), tmp_path / "t.csv")
    assert path.read_bytes() == f"a,v\nx,{text}\n".encode()


def test_writing_twice_gives_the_same_bytes(fake_result, tmp_path):
    for name, table in report_tables(fake_result("discrete")).items():
        one, two = write_csv(table, tmp_path / "1.csv"), write_csv(table, tmp_path / "2.csv")
        assert one.read_bytes() == two.read_bytes(), name
