"""Holding a pathway at the healthy level: laws, applicability, twins."""

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import define_axes
from subtyping.exceptions import InputError
from subtyping.knowledge.blockades import BlockedPathway, blocked_pathways
from subtyping.signature.blockade import choose_clamp, pathway_blockade
from subtyping.signature.blockade.result import CLAIM_METRICS, TABLE_COLUMNS

PATHWAY = "IL-4/IL-13"
QUICK = {"n_bootstrap": 40, "n_null": 39, "pathway": PATHWAY}


def rows_of(found):
    return found.table.set_index("metric")


@pytest.fixture(scope="module")
def caused(cohort):
    """Return a cohort in which the pathway raises 15 analytes, and what is said of it."""
    prepared, is_case = cohort()
    return prepared, is_case, pathway_blockade(prepared, is_case, ~is_case, **QUICK)


def test_a_pathway_that_raises_the_signature_is_claimed(caused):
    _, _, found = caused
    row = rows_of(found).loc["percent_normalised"]
    assert 70 < row["value"] < 130
    assert row["ci_low"] < row["value"] < row["ci_high"]
    assert found.claims == (PATHWAY,)
    assert list(found.table.columns) == list(TABLE_COLUMNS)
    assert (found.table["model"] == "pathway_blockade").all()


def test_the_sentence_says_what_it_is_not(caused):
    _, _, found = caused
    assert found.sentence.startswith("Conditional expectation, not an intervention: ")
    assert found.sentence.endswith("Hypothesis, not prediction of response.")
    assert "axis score at the healthy level" in found.sentence


@pytest.mark.parametrize(
    "settings",
    [
        {"by_pathway": 0.0, "other": 1.6, "by_other": 0.5},
        {"pathway": 0.0, "by_pathway": 0.4, "other": 2.0, "by_other": 0.4},
    ],
    ids=["up and raises nothing", "tied and not up"],
)
def test_a_signature_of_another_cause_is_not_claimed(cohort, settings):
    prepared, is_case = cohort(**settings)
    found = pathway_blockade(prepared, is_case, ~is_case, **QUICK)
    assert found.claims == found.beyond_level == ()
    assert "not beyond comparable targets" in found.sentence


def test_beside_another_cause_of_the_same_analytes_it_is_beyond_the_level_only(cohort):
    prepared, is_case = cohort(pathway=1.2, other=1.2, by_pathway=0.4, by_other=0.5)
    found = pathway_blockade(prepared, is_case, ~is_case, **QUICK)
    assert found.beyond_level == (PATHWAY,)
    assert found.claims == ()
    assert "beyond the general level but not beyond comparable targets" in found.sentence


def test_nothing_different_is_nothing_to_normalise(cohort):
    prepared, is_case = cohort(pathway=0.0)
    found = pathway_blockade(prepared, is_case, ~is_case, **QUICK)
    assert rows_of(found)["value"].isna().all()
    assert rows_of(found)["reason"].str.contains("dysregulated analytes").any()
    assert found.curve.empty
    assert found.claims == ()


def test_ligands_that_are_not_detected_give_way_to_the_axis_score(caused):
    prepared, _, found = caused
    assert found.clamps["kind"].tolist() == ["axis_score"]
    assert found.clamps.loc[0, "analytes"] == "CCL11 CCL13 CCL17 CCL22"
    assert "IL4 is detected in 3% of cases" in found.clamps.loc[0, "sentence"]
    only_two = define_axes({"name": "Th2", "members": ["CCL99"]})[:1]
    clamp = choose_clamp(prepared, blocked_pathways()[PATHWAY], only_two)
    assert clamp.kind == "nothing"
    assert "not applicable" in clamp.sentence


def test_detected_ligands_are_clamped_themselves(cohort):
    prepared, is_case = cohort(extra=("IL4", "IL13"))
    found = pathway_blockade(prepared, is_case, ~is_case, **QUICK)
    assert found.clamps["kind"].tolist() == ["analytes"]
    assert rows_of(found).loc["percent_normalised", "value"] > 40


def test_a_pathway_without_anything_measurable_says_why(caused):
    prepared, is_case, _ = caused
    found = pathway_blockade(prepared, is_case, ~is_case, **{**QUICK, "pathway": "IL-17A"})
    assert "IL17A is not on the panel" in found.table.loc[0, "reason"]
    assert found.table.loc[0, "n_covered"] == 0
    assert found.sentence.count("IL-17A is not applicable") == 1


def test_clamped_analytes_axis_members_and_correlates_are_not_judged(cohort):
    prepared, is_case = cohort(extra=("CCL2", "IL4R", "IL31"))
    found = pathway_blockade(prepared, is_case, ~is_case, **QUICK)
    left_out = {"CCL11", "CCL13", "CCL17", "CCL22", "CCL2", "IL4R", "IL31"}
    assert not left_out & set(found.analytes["analyte"])
    assert set(found.analytes["analyte"]) & {f"linked{j:02d}" for j in range(15)}


def test_the_curve_starts_at_nothing_and_ends_at_the_table(caused):
    _, _, found = caused
    for metric, curve in found.curve.groupby("metric"):
        assert curve["value"].iloc[0] == 0
        assert curve["value"].iloc[-1] == pytest.approx(rows_of(found).loc[metric, "value"])
        assert curve["value"].is_monotonic_increasing
    straight = found.curve[found.curve["metric"] == "percent_normalised"]
    np.testing.assert_allclose(straight["value"], straight["dose"] * straight["value"].iloc[-1])


def test_patients_hold_every_case_once(caused):
    prepared, is_case, found = caused
    assert found.patients["sample_id"].tolist() == prepared.z.index[is_case].tolist()
    share = found.patients["share_brought_back_frac"]
    expected = found.patients["n_back"] / found.patients["n_outside"].where(lambda n: n > 0)
    pd.testing.assert_series_equal(share, expected, check_names=False)
    row = rows_of(found).loc["share_brought_back_pct"]
    assert row["value"] == pytest.approx(100 * share.mean())


def test_workers_and_repetition_change_nothing(caused):
    prepared, is_case, found = caused
    many = {**QUICK, "pathway": (PATHWAY, "TNF")}
    one = pathway_blockade(prepared, is_case, ~is_case, jobs=1, **many)
    two = pathway_blockade(prepared, is_case, ~is_case, jobs=2, **many)
    for name in ("table", "curve", "analytes", "patients", "clamps"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    mine = one.table[one.table["drug"] == PATHWAY]
    pd.testing.assert_frame_equal(mine, found.table, check_exact=True)


def test_samples_of_other_groups_do_not_matter(caused):
    prepared, is_case, found = caused
    from dataclasses import replace

    more = pd.concat([prepared.z, prepared.z.head(9).add(50).rename(index=lambda s: f"c{s}")])
    wide = replace(prepared, z=more)
    case = np.append(is_case, np.zeros(9, dtype=bool))
    healthy = np.append(~is_case, np.zeros(9, dtype=bool))
    again = pathway_blockade(wide, case, healthy, **QUICK)
    pd.testing.assert_frame_equal(again.table, found.table)


def test_pathways_on_one_axis_are_said_to_be_one(cohort):
    prepared, is_case = cohort()
    known = blocked_pathways()[PATHWAY]
    twin = BlockedPathway("again", "again", known.clamped, (), known.axes, ())
    found = pathway_blockade(prepared, is_case, ~is_case, **{**QUICK, "pathway": (known, twin)})
    assert any("cannot be told apart" in note for note in found.notes)
    values = found.table[found.table["metric"] == CLAIM_METRICS[0]]["value"]
    assert values.nunique() == 1


def test_an_analyte_that_does_not_vary_is_left_out_and_named(cohort):
    from dataclasses import replace

    prepared, is_case = cohort()
    flat = replace(prepared, z=prepared.z.assign(other03=0.0))
    found = pathway_blockade(flat, is_case, ~is_case, **QUICK)
    assert any("do not vary were left out: 'other03'" in note for note in found.notes)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"pathway": "IL-4"}, "no pathway 'IL-4'.*Did you mean"),
        ({"doses": (0.0, 1.5)}, "rise from 0 or more to 1"),
        ({"doses": (0.5, 0.2, 1.0)}, "rise from 0 or more to 1"),
        ({"doses": ()}, "rise from 0 or more to 1"),
        ({"folds": 1}, "at least 2 folds"),
        ({"folds": 40}, "40 folds need at least 120 case subjects"),
        ({"subjects": pd.Series(["a"])}, "subjects must name"),
    ],
)
def test_bad_settings_are_refused(caused, settings, match):
    prepared, is_case, _ = caused
    with pytest.raises(InputError, match=match):
        pathway_blockade(prepared, is_case, ~is_case, **{**QUICK, **settings})


@pytest.mark.parametrize(
    ("case", "match"),
    [
        (lambda m: m[:5], "one entry for each of 160 samples"),
        (np.ones_like, "both case and reference"),
    ],
)
def test_bad_masks_are_refused(caused, case, match):
    prepared, is_case, _ = caused
    with pytest.raises(InputError, match=match):
        pathway_blockade(prepared, case(is_case), ~is_case, **QUICK)
