"""What the handling score is, and what it goes along with."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.preparation import Preparation, handling_report
from subtyping.preparation.handling_associations import analyte_shares, associate, share_between

MARKERS = ("SIRT2", "STAMBP", "CASP8", "AXIN1", "SULT1A1", "EIF4EBP1")


@pytest.fixture(scope="module")
def panel():
    return simulate_cohort("null", seed=7, n_case=80, n_reference=60).panel


@pytest.fixture(scope="module")
def prepared(panel):
    return Preparation(["MDD"], ["HC"]).fit_transform(panel)


@pytest.fixture(scope="module")
def masks(panel):
    return panel.in_groups(["MDD"]), panel.in_groups(["HC"])


def test_the_score_of_every_sample_and_its_markers_are_reported(prepared, masks) -> None:
    report = handling_report(prepared, *masks)
    assert report.markers == MARKERS
    assert report.absent == ()
    assert report.scores["handling"].tolist() == prepared.handling.tolist()
    assert (report.scores["n_markers"] == 6).all()
    assert 0.8 < report.reliability < 1


def test_absent_markers_are_named(panel, masks) -> None:
    keep = [name for name in panel.values.columns if name not in ("SIRT2", "AXIN1")]
    layers = {name: layer[keep] for name, layer in panel.layers.items()}
    few = replace(panel, analytes=panel.analytes.loc[keep], **layers)
    report = handling_report(Preparation(["MDD"], ["HC"]).fit_transform(few), *masks)
    assert report.absent == ("SIRT2", "AXIN1")
    assert report.notes[0] == "Handling markers not measured or not detected: SIRT2, AXIN1."


def test_markers_that_do_not_agree_are_said(prepared, masks, rng) -> None:
    log2 = prepared.log2.copy()
    log2[list(MARKERS)] = rng.normal(size=(len(log2), 6))
    report = handling_report(replace(prepared, log2=log2), *masks)
    assert report.reliability < 0.7
    assert any("hardly agree" in note for note in report.notes)


def test_the_headline_table_is_what_the_check_judges(prepared, masks, panel) -> None:
    scores = pd.DataFrame({"Th2 skew": prepared.z["CCL11"]})
    axes = scores.assign(level=prepared.z["CCL13"])
    report = handling_report(
        prepared,
        *masks,
        scores=scores,
        axes=axes,
        plates=panel.role("batch"),
        sites=panel.role("batch"),
    )
    assert list(report.table.columns) == ["term", "correlation", "p_value", "n"]
    assert report.table["term"].tolist() == ["case status", "plate", "Th2 skew among cases"]
    terms = report.associations[["term", "people"]].apply(tuple, axis=1).tolist()
    assert terms == [
        ("case status", "all"), ("plate", "all"), ("site", "all"),
        ("Th2 skew", "cases"), ("Th2 skew", "reference"),
        ("level", "cases"), ("level", "reference"),
    ]  # fmt: skip


def test_waiting_cases_are_seen_and_the_family_has_one_q(prepared, masks) -> None:
    late = replace(prepared, handling=prepared.handling + 2.0 * masks[0])
    report = handling_report(late, *masks, axes=prepared.z[["CCL11", "CCL13"]])
    first = report.associations.iloc[0]
    assert first["ci_low"] < first["correlation"] < first["ci_high"]
    assert first["ci_low"] > 0.4
    assert (report.associations["q_value"] >= report.associations["p_value"] - 1e-15).all()
    assert "case status (r" in report.notes[-1]


def test_shares_by_hand() -> None:
    # Levels of 2: 0, 2 | 4, 6. Within 2 + 2 = 4, total 20: 1 - 3 * 4 / (2 * 20) = .7
    row = share_between("plate", np.array([0.0, 2.0, 4.0, 6.0]), pd.Series(["a", "a", "b", "b"]))
    assert row["share_of_variance_frac"] == pytest.approx(0.7)
    assert row["correlation"] == pytest.approx(np.sqrt(0.7))
    assert row["ci_low"] <= row["correlation"] <= row["ci_high"]


@pytest.mark.parametrize(
    "levels", [["a"] * 6, ["a", "b", "c", "d", "e", "f"], [None] * 6, ["a", "a", "", "", None, "b"]]
)
def test_levels_that_say_nothing_have_no_share(levels) -> None:
    row = share_between("plate", np.arange(6.0), pd.Series(levels))
    assert np.isnan(row["correlation"])


def test_many_plates_share_nothing_by_chance(rng) -> None:
    shares = [
        share_between("p", rng.normal(size=60), pd.Series(np.arange(60) % 15)) for _ in range(200)
    ]
    assert np.mean([s["share_of_variance_frac"] for s in shares]) < 0.06  # raw: 14 / 59
    assert np.mean([s["ci_low"] > 0 for s in shares]) < 0.06


def test_analyte_shares_tell_a_group_difference_from_handling(rng) -> None:
    case = np.repeat([True, False], 100)
    handling = rng.normal(size=200) + case
    frame = {"carried": handling, "differs": rng.normal(size=200) + 2 * case, "flat": np.ones(200)}
    table = analyte_shares(pd.DataFrame(frame), handling, case).set_index("analyte")
    assert table.loc["carried", "share_of_variance_frac"] == pytest.approx(1.0)
    assert table.loc["differs", "correlation"] > 0.2
    assert abs(table.loc["differs", "correlation_within_groups"]) < 0.2
    assert table.loc["flat", "correlation"] == 0.0
    assert table.index[0] == "carried"


def test_nothing_to_associate_leaves_the_columns() -> None:
    nobody = np.zeros(5, dtype=bool)
    table = associate(np.arange(5.0), nobody, nobody, levels={}, scores=None)
    assert table.empty
    assert "q_value" in table


def test_no_report_without_a_score(prepared, masks) -> None:
    blank = replace(prepared, handling=prepared.handling * np.nan)
    assert handling_report(blank, *masks) is None
