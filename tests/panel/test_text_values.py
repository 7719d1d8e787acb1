"""Cells of a panel: numbers, limits, nothing, and text that is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.exceptions import PanelError
from subtyping.panel.text_values import parse_values, refuse_text

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
KINDS = st.sampled_from(["number", "below", "above", "oor_below", "oor_above", "nd", "blank"])
BLANKS = {"oor_below": "OOR <", "oor_above": "OOR >", "nd": "ND", "blank": ""}


def spell(kind, number):
    if kind in BLANKS:
        return BLANKS[kind]
    return {"number": "", "below": "<", "above": "> "}[kind] + repr(number)


@given(st.lists(st.tuples(KINDS, NUMBERS), min_size=1, max_size=20))
def test_what_is_written_is_read(cells):
    parsed = parse_values(pd.Series([spell(kind, number) for kind, number in cells]))
    for row, (kind, number) in enumerate(cells):
        expected = {
            "value": number if kind in ("number", "above") else np.nan,
            "lod": number if kind == "below" else np.nan,
        }
        np.testing.assert_equal(parsed.values[row], expected["value"])
        np.testing.assert_equal(parsed.lod[row], expected["lod"])
        assert parsed.below_lod[row] == (kind in ("below", "oor_below", "nd"))
        assert parsed.above_uloq[row] == (kind in ("above", "oor_above"))
    assert not parsed.is_text.any()


@given(st.text(max_size=8))
def test_any_text_is_exactly_one_thing(text):
    parsed = parse_values(pd.Series([text], dtype=object))
    claims = [
        parsed.is_text[0],
        parsed.below_lod[0],
        parsed.above_uloq[0],
        np.isfinite(parsed.values[0]) and not parsed.above_uloq[0],
    ]
    assert sum(claims) <= 1


@pytest.mark.parametrize("cell", ["", " ", "NaN", "nan", "NA", "n/a", "#N/A", "NULL", None, np.nan])
def test_blank_cells_are_neither_numbers_nor_censored(cell):
    parsed = parse_values(pd.Series([cell], dtype=object))
    assert np.isnan(parsed.values[0])
    assert not np.any([parsed.below_lod, parsed.above_uloq, parsed.is_text])


@pytest.mark.parametrize("cell", ["<LOD", "< 0.5", "<=0.5", "oor<", "OOR  <", "N.D.", "BLQ"])
def test_spellings_of_below_detection(cell):
    parsed = parse_values(pd.Series([cell]))
    assert parsed.below_lod[0]
    assert np.isnan(parsed.values[0])


@pytest.mark.parametrize(
    "cell",
    ["high", "1.2*", "1,5", "inf", "-inf", "#DIV/0!", "0x10", "12 ng", "<", "1.2.3", True,
     dt.datetime(2024, 5, 1), dt.date(2024, 5, 1)],
)  # fmt: skip
def test_everything_else_is_text(cell):
    parsed = parse_values(pd.Series([cell, 1.0], dtype=object))
    assert parsed.is_text.tolist() == [True, False]
    assert np.isnan(parsed.values[0])


def test_truth_and_date_columns_are_no_numbers():
    assert parse_values(pd.Series([True, False])).is_text.all()
    assert parse_values(pd.Series(pd.to_datetime(["2024-05-01"]))).is_text.all()


def test_the_refusal_names_analyte_count_and_example():
    cells = pd.Series(["1", "high", "low", "high"])
    with pytest.raises(PanelError, match=r"'IL-6' has 3 cells .* such as 'high', 'low'\."):
        refuse_text(cells, parse_values(cells).is_text, "IL-6")
