"""Findings with handling reported, dropped and regressed out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import AxisScorer, define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.preparation import Preparation, Prepared
from subtyping.signature.handling_analytes import analytes_at_equal_handling
from subtyping.signature.handling_sensitivity import handling_sensitivity


@pytest.fixture(scope="module")
def panel():
    return simulate_cohort("null", seed=3, n_case=70, n_reference=60).panel


@pytest.fixture(scope="module")
def prepared(panel):
    return Preparation(["MDD"], ["HC"]).fit_transform(panel)


@pytest.fixture(scope="module")
def masks(panel):
    return panel.in_groups(["MDD"]), panel.in_groups(["HC"])


SCORER = AxisScorer(define_axes("Th2"), only_declared=True)


def carried(prepared, extra):
    """A panel whose chemokines carry handling, in people who waited `extra` longer."""
    handling = prepared.handling + extra
    z = prepared.z.copy()
    for name in z.columns.difference(prepared.handling_markers):
        z[name] = z[name] + 0.8 * handling
    return replace(prepared, z=z, handling=handling)


def test_regressing_out_takes_a_waiting_difference_away(prepared, masks) -> None:
    waited = carried(prepared, 2.0 * masks[0])
    found = handling_sensitivity(waited, SCORER, *masks, resamples=30)
    score = found.axes[found.axes["quantity"] == "score"].set_index("handling")
    assert score.loc["report", "ci_low"] > 1
    assert abs(score.loc["regress_out", "estimate"]) < 0.5
    assert score.loc["regress_out", "share_left_frac"] < 0.4
    assert score.loc["regress_out", "change_ci_high"] < 0


def test_dropping_the_markers_changes_no_axis(prepared, masks) -> None:
    found = handling_sensitivity(prepared, SCORER, *masks, resamples=10)
    dropped = found.axes[found.axes["handling"] == "drop"]
    assert dropped["change"].tolist() == [0.0, 0.0]
    assert "Dropping the handling markers changes no axis" in found.notes[0]


def test_same_seed_same_bytes_whatever_the_jobs(prepared, masks) -> None:
    first = handling_sensitivity(prepared, SCORER, *masks, resamples=6, seed=4, jobs=1)
    second = handling_sensitivity(prepared, SCORER, *masks, resamples=6, seed=4, jobs=2)
    pd.testing.assert_frame_equal(first.axes, second.axes, check_exact=True)


def test_p_values_are_carried_along_for_the_declared_axis(prepared, masks) -> None:
    given = {"report": 0.02, "regress_out": 0.4}
    found = handling_sensitivity(prepared, SCORER, *masks, resamples=0, p_values=given)
    rows = found.axes[found.axes["axis"] == "Th2"]
    found_p = rows.groupby("handling")["p_value"].first().dropna().to_dict()
    assert found_p == pytest.approx(given)
    assert rows["ci_low"].isna().all()


def test_a_group_among_the_cases_has_its_own_contrast(prepared, masks, panel) -> None:
    high = prepared.z["CCL11"] > prepared.z["CCL11"][masks[0]].median()
    membership = high.astype(float).where(masks[0])
    waited = carried(prepared, 1.5 * (high & masks[0]))
    found = handling_sensitivity(waited, SCORER, *masks, membership=membership, resamples=20)
    mine = found.axes[found.axes["contrast"] == "group - other cases"]
    assert mine["n_first"].iloc[0] + mine["n_second"].iloc[0] == masks[0].sum()
    assert any("between the group and the other cases" in note for note in found.notes)


def test_the_sentence_gives_both_numbers(prepared, masks) -> None:
    found = handling_sensitivity(prepared, SCORER, *masks, resamples=10)
    assert found.sentence.startswith("Cases and reference people differ by")
    assert "with handling left in and" in found.sentence


def test_analytes_by_hand() -> None:
    # Reference: h -1, 1 (x10), y = 2 h +- 1; cases: h 1 more, y 2 more: nothing at equal handling.
    h0, rest = np.tile([-1.0, 1.0], 10), np.repeat([-1.0, 1.0], 10)
    y0 = 2 * h0 + rest
    h, y = np.concatenate([h0 + 1, h0]), np.concatenate([y0 + 2, y0])
    case = np.arange(40) < 20
    z = pd.DataFrame({"A": y, "SIRT2": h})
    prepared = Prepared(z, z, z.notna(), pd.Series(h), ("SIRT2",), pd.DataFrame(), pd.Series(h))
    table = analytes_at_equal_handling(prepared, h, case, ~case).set_index("analyte")
    row = table.loc["A"]
    assert row["log2_fc_report"] == pytest.approx(2.0)
    assert row["log2_fc_regress_out"] == pytest.approx(0.0)
    assert row["change"] == pytest.approx(-2.0)
    # Variance: 20/19/20 of the cases, 20/18/20 of the line, and 20/18/20 for the slope times 1.
    reach = row["log2_fc_regress_out_ci_high"]
    assert reach == pytest.approx(2.036 * np.sqrt(1 / 19 + 2 / 18), rel=1e-3)  # t on 32.2
    assert bool(table.loc["SIRT2", "is_marker"])
    assert np.isnan(table.loc["SIRT2", "log2_fc_regress_out"])


def test_no_markers_no_answer(prepared, masks) -> None:
    blank = replace(prepared, handling=prepared.handling * np.nan)
    assert handling_sensitivity(blank, SCORER, *masks) is None


def test_bad_input_is_explained(prepared, masks) -> None:
    without = replace(prepared, z=prepared.z.drop(columns=["SIRT2"]))
    with pytest.raises(InputError, match="SIRT2 are not in the matrix"):
        handling_sensitivity(without, SCORER, *masks)
    with pytest.raises(InputError, match="p_values are of report, drop, regress_out; got keep"):
        handling_sensitivity(prepared, SCORER, *masks, p_values={"keep": 0.1})


def test_with_few_reference_people_nothing_is_said_of_regressing_out() -> None:
    panel = simulate_cohort("null", seed=3, n_case=40, n_reference=15).panel
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    sides = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    found = handling_sensitivity(prepared, SCORER, *sides, resamples=5)
    assert set(found.axes["handling"]) == {"report", "drop"}
    assert found.analytes["log2_fc_report"].notna().any()
    assert found.analytes[["log2_fc_regress_out", "change"]].isna().all(axis=None)
    assert found.sentence.endswith(
        "Regressing it out was not possible: 15 reference people with a handling score, 20 needed."
    )
    assert not any("slopes rest on" in note for note in found.notes)


def test_the_difference_a_group_was_chosen_by_is_called_no_finding(prepared, masks) -> None:
    high = prepared.z["CCL11"] > prepared.z["CCL11"][masks[0]].median()
    membership = high.astype(float).where(masks[0])
    found = handling_sensitivity(prepared, SCORER, *masks, membership=membership, resamples=3)
    assert any("is no finding" in note for note in found.notes)
    without = handling_sensitivity(prepared, SCORER, *masks, resamples=3)
    assert not any("is no finding" in note for note in without.notes)
