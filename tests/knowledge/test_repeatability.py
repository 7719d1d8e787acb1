"""What is known of repeatability is what was printed, and nothing more."""

import re

import numpy as np
import pytest

from subtyping.knowledge import MARKS, resolve_analyte
from subtyping.knowledge.repeatability import (
    _IN_WORDS,
    KINDS,
    repeatability_table,
    within_person_icc,
)


def test_every_row_has_a_source_a_mark_and_what_was_printed() -> None:
    table = repeatability_table()
    assert table["source"].str.strip().ne("").all()
    assert set(table["mark"]) <= set(MARKS)
    assert table["as_printed"].str.strip().ne("").all()
    assert set(table["kind"]) <= set(KINDS)


def test_a_bound_is_never_an_estimate() -> None:
    table = repeatability_table()
    for row in table.itertuples():
        assert np.isfinite(row.value) == (row.kind == "estimate"), row
        assert np.isfinite(row.low) == (row.kind != "estimate"), row
        assert np.isfinite(row.high) == (row.kind == "range"), row
        if row.kind == "lower_bound":
            assert row.as_printed.startswith(">"), row


def test_names_are_the_names_the_readers_use() -> None:
    for name in repeatability_table()["analyte"]:
        assert name == "all" or resolve_analyte(name) == name


def test_no_interval_was_made_up() -> None:
    assert repeatability_table()[["ci_low", "ci_high"]].isna().all().all()


def test_a_caller_cannot_change_the_cached_table() -> None:
    first = repeatability_table()
    first.loc[:, "value"] = 1.0
    assert not (repeatability_table()["value"] == 1.0).all()


@pytest.mark.parametrize(
    ("analyte", "platform", "kind", "number", "source"),
    [
        ("TNF", None, "estimate", 0.87, "CEBP"),
        ("TNF", "Luminex", "lower_bound", 0.73, "Hofmann"),
        ("TNF-α", "MSD V-PLEX", "lower_bound", 0.40, "PMC5463452"),
        ("IL-8", None, "estimate", 0.33, "CEBP"),
        ("CXCL8", "hs-Luminex", "estimate", 0.55, "Hofmann"),
        ("eotaxin-1", None, "range", 0.40, "s12979"),
        ("MDC", None, "range", 0.40, "s12979"),
        ("TARC", "Olink CVD II", "lower_bound", 0.40, "PMC5463452"),
        ("IL13", None, "lower_bound", 0.73, "Hofmann"),
    ],
)
def test_the_best_row(analyte, platform, kind, number, source) -> None:
    found = within_person_icc(analyte, platform)
    assert found.is_known
    assert found.kind == kind
    assert (found.value if kind == "estimate" else found.low) == number
    assert source in found.source
    assert found.source in found.reason


def test_the_reason_names_what_else_is_printed_and_the_platform() -> None:
    reason = within_person_icc("TNF", "Olink INFLAMMATION").reason
    assert "; not known whether measured on Olink INFLAMMATION" in reason  # no assay is stated
    assert "; not measured on Luminex" in within_person_icc("CCL17", "Luminex").reason
    assert "others say > 0.40 (PMC5463452), >= 0.73 (Hofmann 2011, PMC3185107)" in reason
    assert "lower bound only" in within_person_icc("CCL17").reason
    assert "below detection each time" in within_person_icc("IL4").reason


@pytest.mark.parametrize(
    ("analyte", "match"),
    [
        ("CCL26", "No ICC of CCL26 is known."),
        ("crp", r"CRP is known: there is only the spread of .* at a threshold, from which none"),
        ("eosinophils", "No ICC of eosinophils is known."),
        ("CCL71", "Did you mean 'CCL17'"),
    ],
)
def test_nothing_is_invented(analyte: str, match: str) -> None:
    found = within_person_icc(analyte)
    assert not found.is_known
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.rows.empty
    assert re.search(match, found.reason)


def test_every_statistic_has_words_a_planner_can_read() -> None:
    table = repeatability_table()
    for analyte in set(table["analyte"]) - {"all"}:
        reason = within_person_icc(analyte).reason
        assert "_" not in reason
        assert reason.endswith(".")
    others = set(table["statistic"]) - {"icc"}
    assert others == set(_IN_WORDS)
