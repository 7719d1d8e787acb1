"""What every curated table promises."""

import pandas as pd
import pytest

from subtyping.exceptions import InputError, SubtypingError
from subtyping.knowledge import (
    MARKS,
    assay_cv,
    effect_sizes,
    handling_marker_table,
    handling_markers,
    immune_axes,
    published_criteria,
    resolve_analyte,
    routine_markers,
    to_canonical,
)
from subtyping.knowledge._tables import validate_table

TABLES = {
    "assay_cv": assay_cv,
    "effect_sizes": effect_sizes,
    "handling": handling_marker_table,
    "criteria": published_criteria,
    "routine": routine_markers,
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_and_a_mark(name):
    table = TABLES[name]()
    assert len(table) > 0
    assert table["source"].str.strip().ne("").all()
    assert set(table["mark"]) <= set(MARKS)


@pytest.mark.parametrize("name", TABLES)
def test_a_caller_cannot_change_the_cached_table(name):
    first = TABLES[name]()
    first.loc[:, "mark"] = "changed"
    assert "changed" not in set(TABLES[name]()["mark"])


GOOD = {"analyte": ["IL4", "IL5"], "source": ["a", "b"], "mark": ["read", "press"]}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"analyte": ["IL4", None]}, "example: row 3 has no analyte"),
        ({"analyte": ["", "IL5"]}, "example: row 2 has no analyte"),
        ({"source": ["a", " "]}, "row 3 has no source"),
        ({"mark": ["read", "guess"]}, "a mark must be one of .* got 'guess'"),
        ({"analyte": ["IL4", "IL4"]}, "the row 'IL4' occurs twice"),
        ({"source": None}, "lacks the columns 'source'"),
    ],
)
def test_a_bad_table_is_refused(change, match):
    columns = {name: rows for name, rows in {**GOOD, **change}.items() if rows is not None}
    with pytest.raises(SubtypingError, match=match):
        validate_table(pd.DataFrame(columns), ("analyte",), "example")


def test_an_analyte_is_a_member_of_one_axis_only():
    names = [name for axis in immune_axes().values() for name in axis.analytes]
    assert len(names) == len(set(names))


def test_no_axis_lists_its_own_members_as_correlates():
    for axis in immune_axes().values():
        assert not set(axis.analytes) & set(axis.correlates)
        assert {out.analyte for out in axis.excluded} <= set(axis.correlates)
        assert all(out.reason for out in axis.excluded)


def test_no_axis_holds_a_handling_marker():
    for axis in immune_axes().values():
        assert not {*axis.analytes, *axis.correlates} & set(handling_markers())


def test_th2_is_carried_by_chemokines_and_cytokines():
    th2 = immune_axes()["Th2"]
    strong = {member.analyte for member in th2.members if not member.is_weak}
    assert strong == {"CCL11", "CCL13", "CCL17", "CCL22", "CCL26", "IL13", "IL4", "IL5", "IL31"}
    assert {out.analyte for out in th2.excluded} == {"CCL4", "CCL18"}
    assert {"IL33", "TSLP", "IL10", "POSTN"} <= set(th2.analytes)


def test_names_are_the_names_the_readers_use():
    names = {name for axis in immune_axes().values() for name in axis.analytes}
    for name in sorted(names | set(handling_markers())):
        assert resolve_analyte(name) in (name, None), name


def test_published_criteria_of_the_trials_are_there():
    rows = published_criteria()
    texts = set(rows["marker"] + " " + rows["operator"] + " " + rows["threshold"].astype(str))
    assert {
        "crp > 3.0",
        "crp > 5.0",
        "crp >= 2.0",
        "crp > 1.0",
        "monocytes >= 500.0",
        "eosinophils >= 300.0",
        "eosinophils >= 150.0",
        "ccl17 >= 510.0",
    } <= texts


def test_criteria_of_routine_markers_convert():
    routine = set(routine_markers()["marker"])
    for row in published_criteria().itertuples():
        if row.marker in routine:
            assert to_canonical(row.marker, row.threshold, row.unit) > 0


def test_the_control_prevalence_follows_from_the_odds_ratio():
    row = published_criteria().set_index("criterion").loc["crp_gt_3"]
    # odds in cases .27 / .73 = .370; divided by the published 1.46 = .253; .253 / 1.253 = .20
    odds = row["case_prevalence_frac"] / (1 - row["case_prevalence_frac"]) / 1.46
    assert row["reference_prevalence_frac"] == pytest.approx(odds / (1 + odds), abs=0.005)


def test_effects_lie_inside_their_intervals():
    rows = effect_sizes().dropna(subset=["effect", "ci_low", "ci_high"])
    assert len(rows) > 20
    assert (rows["effect"].between(rows["ci_low"], rows["ci_high"])).all()
    assert set(effect_sizes()["direction"]) <= {"up", "down", "ns", "less_variable"}


@pytest.mark.parametrize(
    ("marker", "value", "unit", "expected"),
    [
        ("crp", 3.0, "mg/L", 3.0),
        ("crp", 0.3, "mg/dl", 3.0),
        ("eosinophils", 300.0, "/µL", 0.3),
        ("eosinophils", 0.3, "10^9/L", 0.3),
        ("monocytes", 0.5, "×10³ / uL", 0.5),
        ("ige", 150.0, "IU/mL", 150.0),
    ],
)
def test_canonical_units(marker, value, unit, expected):
    assert to_canonical(marker, value, unit) == pytest.approx(expected)


def test_missing_values_stay_missing():
    series = to_canonical("crp", pd.Series([0.1, None], dtype=float), "mg/dL")
    assert series.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("marker", "unit", "match"),
    [
        ("crp", "pg/mL", "unit of crp must be one of mg/L, .* got 'pg/mL'"),
        ("eosinophil", "/uL", "got 'eosinophil'. Did you mean 'eosinophils'"),
    ],
)
def test_unknown_units_and_markers(marker, unit, match):
    with pytest.raises(InputError, match=match):
        to_canonical(marker, 1.0, unit)
