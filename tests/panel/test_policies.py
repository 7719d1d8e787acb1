"""Rows that leave the panel: each has a policy, a reason and a line in the report."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.policies import keep_visits, unrepeated

PANEL = "id,IL6,TNF\na,1,10\nb,2,20\na,3,<5\nc,4,40\n"
SERIAL = (
    "id,subject,visit,IL6,qc\n"
    "a2,p,T2,2,Pass\na10,p,T10,10,WARN\na1,p,T1,1,pass\nb1,q,T1,5,\nx,,,7,Pass\nb,q,,6,Pass\n"
)
ROLES = {"sample": "id", "subject": "subject", "visit": "visit", "qc": "qc"}


def write(tmp_path, text, name="panel.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def serial(tmp_path, **options):
    path = write(tmp_path, SERIAL)
    return read_panel(path, samples="same", analytes="IL6", unit="pg/mL", columns=ROLES, **options)


def balanced(panel):
    reading = panel.reading
    return reading.rows_read == reading.rows_kept + len(
        reading.dropped
    ) and reading.rows_kept == len(panel.sample_ids)


@pytest.mark.parametrize(
    ("policy", "ids", "il6", "n_dropped"),
    [
        ("first", ["a", "b", "c"], [1, 2, 4], 1),
        ("last", ["b", "a", "c"], [2, 3, 4], 1),
        ("mean", ["a", "b", "c"], [(1 + 3) / 2, 2, 4], 1),
        ("drop", ["b", "c"], [2, 4], 2),
    ],
)
def test_repeated_ids_follow_the_policy(tmp_path, policy, ids, il6, n_dropped):
    panel = read_panel(write(tmp_path, PANEL), unit="pg/mL", duplicates=policy)
    assert panel.sample_ids.tolist() == ids
    assert panel.values["IL6"].tolist() == il6
    assert panel.reading.dropped["sample_id"].tolist() == ["a"] * n_dropped
    assert set(panel.reading.dropped["reason"]) == {f"duplicates: {policy}"}
    assert balanced(panel)


def test_a_mean_is_below_detection_only_if_every_value_is(tmp_path):
    panel = read_panel(write(tmp_path, PANEL), unit="pg/mL", duplicates="mean")
    assert panel.values.loc["a", "TNF"] == 10
    assert not panel.below_lod.loc["a", "TNF"]
    assert panel.lod.loc["a", "TNF"] == 5
    text = "id,TNF\na,<5\na,<7\nb,1\n"
    panel = read_panel(write(tmp_path, text), unit="pg/mL", duplicates="mean")
    assert panel.below_lod.loc["a", "TNF"]
    assert panel.lod.loc["a", "TNF"] == 7


def test_rows_that_repeat_cell_for_cell_are_merged_under_every_policy(tmp_path):
    panel = read_panel(write(tmp_path, "id,IL6\na,1\nb,2\na,1\n"), unit="pg/mL")
    assert panel.sample_ids.tolist() == ["a", "b"]
    assert panel.reading.dropped.to_dict("records") == [
        {"sample_id": "a", "reason": "identical to an earlier row"}
    ]
    assert balanced(panel)


@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=12),
    st.sampled_from(["first", "last", "mean", "drop"]),
)
def test_kept_and_left_out_rows_are_all_the_rows(ids, policy):
    kept, reasons = unrepeated(np.array(ids, dtype=object), policy, "panel file")
    assert sorted([*kept.tolist(), *reasons]) == list(range(len(ids)))
    names = np.array(ids)[kept].tolist()
    assert len(names) == len(set(names))
    if policy != "drop":
        assert set(names) == set(ids)


@pytest.mark.parametrize(
    ("visits", "ids"),
    [
        ("first", ["a1", "b1", "x"]),
        ("last", ["a10", "b1", "x"]),
        ("all", ["a2", "a10", "a1", "b1", "x", "b"]),
        ("T1", ["a1", "b1"]),
        ("T2", ["a2"]),
    ],
)
def test_serial_samples_follow_the_policy(tmp_path, visits, ids):
    panel = serial(tmp_path, visits=visits)
    assert panel.sample_ids.tolist() == ids
    assert balanced(panel)
    assert set(panel.reading.dropped["reason"]) <= {f"visits: {visits}"}


def test_serial_samples_without_a_policy_are_refused_with_the_remedy(tmp_path):
    with pytest.raises(PanelError, match=r"2 subjects have several samples: 'p', 'q'\. Write vis"):
        serial(tmp_path)
    with pytest.raises(PanelError, match=r"No sample has visit 'T7'; the visits are 'T2'"):
        serial(tmp_path, visits="T7")


def test_without_a_visit_column_first_and_last_are_by_file_order():
    samples = pd.DataFrame({"subject": ["p", "q", "p"]})
    assert keep_visits(samples, "first")[0].tolist() == [0, 1]
    assert keep_visits(samples, "last")[0].tolist() == [1, 2]


def test_numeric_visits_sort_as_numbers():
    samples = pd.DataFrame({"subject": ["p"] * 3, "visit": ["10", "9", "-1"]})
    assert keep_visits(samples, "first")[0].tolist() == [2]
    assert keep_visits(samples, "last")[0].tolist() == [0]


def test_a_subject_with_two_samples_of_one_visit_is_refused():
    samples = pd.DataFrame({"subject": ["p", "p"], "visit": ["1", "1"]})
    with pytest.raises(PanelError, match="1 subject has several samples at visit 1"):
        keep_visits(samples, "1")


def test_flagged_samples_are_counted_or_dropped(tmp_path):
    kept = serial(tmp_path, visits="all")
    assert "1 sample with a quality flag other than a pass kept." in kept.reading.notes
    panel = serial(tmp_path, visits="last", qc_flagged="drop")
    assert panel.sample_ids.tolist() == ["a2", "b1", "x"]
    assert ("a10", "qc: WARN") in panel.reading.dropped.itertuples(index=False, name=None)
    assert balanced(panel)


def test_where_drops_with_its_reason_before_ids_are_compared(tmp_path):
    samples = write(tmp_path, "id,wave,dx\na,1,MDD\na,2,HC\nb,1.0,HC\nc,2,HC\n", "samples.csv")
    path = write(tmp_path, "id,IL6\na ,1\n b,2\nc,3\nz,4\n")
    panel = read_panel(path, samples=samples, unit="pg/mL", where={"wave": 1})
    assert panel.sample_ids.tolist() == ["a", "b", "z"]
    assert panel.reading.dropped.to_dict("records") == [
        {"sample_id": "c", "reason": "where: wave = 1"}
    ]
    assert panel.samples["dx"].tolist()[:2] == ["MDD", "HC"]
    assert panel.samples["dx"].isna().tolist() == [False, False, True]
    notes = " ".join(panel.reading.notes)
    assert "2 of 4 sample ids of the panel file carried blanks" in notes
    assert "1 of 3 panel samples has no row in the samples table: 'z'" in notes
    assert balanced(panel)


def test_samples_without_a_panel_row_are_counted(tmp_path):
    samples = write(tmp_path, "id,dx\na,MDD\ny,HC\nw,HC\n", "samples.csv")
    panel = read_panel(write(tmp_path, "id,IL6\na,1\n"), samples=samples, unit="pg/mL")
    assert panel.reading.notes == (
        "2 of 3 rows of the samples table have no sample in the panel: 'y', 'w'.",
    )


@pytest.mark.parametrize(
    ("policy", "ages"), [("first", [40, 30]), ("last", [50, 30]), ("mean", [45, 30])]
)
def test_repeated_ids_of_the_samples_table_follow_the_policy(tmp_path, policy, ages):
    samples = write(tmp_path, "id,dx,age\na,MDD,40\nb,HC,30\na,MDD,50\nb,HC,30\n", "samples.csv")
    path = write(tmp_path, "id,IL6\na,1\nb,2\n")
    panel = read_panel(
        path, samples=samples, unit="pg/mL", duplicates=policy, columns={"age": "age"}
    )
    assert panel.samples["age"].tolist() == ages
    assert any("1 row of samples.csv repeats an earlier row" in n for n in panel.reading.notes)


def test_dropping_repeated_samples_rows_drops_their_panel_row(tmp_path):
    samples = write(tmp_path, "id,dx\na,MDD\nb,HC\na,HC\n", "samples.csv")
    path = write(tmp_path, "id,IL6\na,1\nb,2\n")
    panel = read_panel(path, samples=samples, unit="pg/mL", duplicates="drop")
    assert panel.sample_ids.tolist() == ["b"]
    assert balanced(panel)
    with pytest.raises(PanelError, match="mean cannot average 'dx' of samples"):
        read_panel(path, samples=samples, unit="pg/mL", duplicates="mean")


def test_nothing_left_is_an_error(tmp_path):
    with pytest.raises(PanelError, match="No sample is left; 2 rows were dropped"):
        read_panel(write(tmp_path, "id,IL6\na,1\na,2\n"), unit="pg/mL", duplicates="drop")
