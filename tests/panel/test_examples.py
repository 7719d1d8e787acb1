"""Laws of every reader, on the example file of each format and on damaged copies of it."""

import time

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from tests.panel.examples import EXAMPLES, FILES
from tests.panel.mutants import mutant


def law(panel):
    reading = panel.reading
    assert reading.rows_read == reading.rows_kept + len(reading.dropped)
    assert reading.rows_kept == len(panel.sample_ids)
    assert reading.dropped["reason"].str.len().gt(0).all()
    assert not (panel.below_lod.to_numpy() & panel.above_uloq.to_numpy()).any()
    if panel.extrapolated is not None:
        censored = panel.below_lod.to_numpy() | panel.above_uloq.to_numpy()
        assert not (panel.extrapolated.to_numpy() & censored).any()


def survives(path, options):
    """Read a file: whole, or refused in a sentence."""
    try:
        panel = read_panel(path, **options)
    except PanelError:
        return
    law(panel)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_row_is_kept_or_reported(name):
    options, n_rows, n_kept = EXAMPLES[name]
    panel = read_panel(FILES / name, **options)
    assert (panel.reading.rows_read, panel.reading.rows_kept) == (n_rows, n_kept)
    law(panel)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_described_and_has_known_analytes(name):
    panel = read_panel(FILES / name, **EXAMPLES[name][0])
    assert panel.reading.unknown_analytes == ()
    if "bioplex" not in name and "xponent" not in name:
        return
    assert not any("(" in analyte for analyte in panel.values.columns)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_encoding_makes_no_difference(tmp_path, name, encoding):
    copy = tmp_path / name
    copy.write_bytes((FILES / name).read_text(encoding="utf-8").encode(encoding))
    options = EXAMPLES[name][0]
    same, other = read_panel(FILES / name, **options), read_panel(copy, **options)
    pd.testing.assert_frame_equal(same.values, other.values)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_workbook_is_read_like_the_text(tmp_path, name):
    book = openpyxl.Workbook()
    delimiter = max(",;\t", key=(FILES / name).read_text(encoding="utf-8").count)
    import csv

    with (FILES / name).open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter=delimiter):
            book.active.append([cell or None for cell in row])
    book.save(tmp_path / "copy.xlsx")
    options = EXAMPLES[name][0]
    same = read_panel(FILES / name, **options)
    other = read_panel(tmp_path / "copy.xlsx", **options)
    pd.testing.assert_frame_equal(same.values, other.values)
    pd.testing.assert_frame_equal(same.below_lod, other.below_lod)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "explore" in name or "long" in name])
def test_parquet_is_read_like_the_text(tmp_path, name):
    text = (FILES / name).read_text(encoding="utf-8")
    table = pd.read_csv(FILES / name, sep=max(",;\t", key=text.count))
    table.to_parquet(tmp_path / "copy.parquet", index=False)
    options = EXAMPLES[name][0]
    same = read_panel(FILES / name, **options)
    other = read_panel(tmp_path / "copy.parquet", **options)
    pd.testing.assert_frame_equal(same.values, other.values)
    assert same.reading.notes == other.reading.notes


@pytest.mark.parametrize("name", EXAMPLES)
def test_damaged_copies_are_read_whole_or_refused_in_a_sentence(tmp_path, name):
    text = (FILES / name).read_text(encoding="utf-8")
    path = tmp_path / "mutant"
    for seed in range(25):
        data, done = mutant(text, np.random.default_rng([seed, len(text)]))
        path.write_bytes(data)
        start = time.perf_counter()
        survives(path, EXAMPLES[name][0])
        assert time.perf_counter() - start < 10, done


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=30), st.sampled_from(sorted(EXAMPLES)))
def test_no_text_is_a_traceback(tmp_path_factory, cells, name):
    path = tmp_path_factory.mktemp("text") / "panel.csv"
    rows = [",".join(cells[i : i + 3]) for i in range(0, len(cells), 3)]
    path.write_text("\n".join(rows), encoding="utf-8", errors="replace")
    options = {k: v for k, v in EXAMPLES[name][0].items() if k in {"format", "unit"}}
    survives(path, options)
