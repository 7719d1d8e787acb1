"""Labels and model learnt anew on resampled people: who is drawn, who is explained."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction.attribution import with_refits
from subtyping.prediction.explain import (
    dependence,
    pairs_of_refits,
    refit_explanations,
    sizes_of_refits,
)
from subtyping.prediction.explain.refits import LEFT_OUT_ROWS
from subtyping.prediction.prediction import predict_membership


def refit(procedure, panel, **given):
    settings = {"model": "gradient_boosting", "resamples": 6, "seed": 4, "jobs": 1}
    return refit_explanations(procedure, panel, **(settings | given))


@pytest.fixture
def made(cohort, procedure):
    panel = cohort(2)
    found = predict_membership(
        procedure(), panel, axis_of={"CCL17": "Th2", "CCL13": "Th2"}, seed=1, jobs=1,
        models=("gradient_boosting",), resamples=0,
    )  # fmt: skip
    return found.attribution, refit(procedure(), panel, resamples=8), panel


def test_only_cases_left_out_are_explained(cohort, procedure):
    panel = cohort(1)
    is_case = set(panel.sample_ids[panel.in_groups(["MDD"])])
    found = refit(procedure(), panel)
    assert len(found) == 6
    for one in found:
        assert set(one.data.index) <= is_case
        assert len(one.data) < 0.6 * len(is_case)
        assert len(one.data) <= LEFT_OUT_ROWS
        assert one.n_train == len(is_case)
        assert one.permuted is None
    held = [tuple(one.data.index) for one in found]
    assert len(set(held)) == 6


def test_a_subject_drawn_is_never_explained(make_panel, procedure, rng):
    values = rng.normal(size=(120, 6))
    values[:30, :3] += 4
    subject = [f"p{i // 3}" for i in range(90)] + [f"h{i}" for i in range(30)]
    names = ["CCL11", "CCL13", "CCL17", "A1", "A2", "A3"]
    panel = make_panel(values, names, group=["MDD"] * 90 + ["HC"] * 30, subject=subject)
    who = pd.Series(subject, index=panel.sample_ids)
    for one in refit(procedure(), panel, resamples=4):
        explained = who[one.data.index]
        assert (explained.value_counts() == 3).all()  # whole people are left out


def same(one, two):
    for a, b in zip(one, two, strict=False):
        assert a.data.equals(b.data)
        assert (a.values == b.values).all()


def test_the_first_ones_are_the_same_whatever_the_number(cohort, procedure):
    panel, calls = cohort(3), []
    one = refit(procedure(), panel, resamples=3, advance=lambda: calls.append(1))
    assert len(calls) == 3
    same(one, refit(procedure(), panel, resamples=2))


@pytest.mark.guarantee
def test_the_same_whatever_the_jobs(cohort, procedure):
    panel = cohort(3)
    same(*(refit(procedure(), panel, resamples=4, jobs=jobs) for jobs in (1, 2)))


def test_resamples_that_cannot_be_learnt_are_left_out(cohort, procedure):
    assert refit(procedure(refuses_below=41), cohort(1, n_reference=40)) == ()
    assert refit(procedure(), cohort(1), resamples=0) == ()
    with pytest.raises(InputError, match="are 0 \\(none\\) or more; got -1"):
        refit(procedure(), cohort(1), resamples=-1)


def test_settings_of_the_folds_are_taken_in_turn(cohort, procedure):
    given = [{"max_iter": 1}, {"max_iter": 60}]
    found = refit(procedure(), cohort(1), settings=given, resamples=4)
    sizes = [np.abs(one.values).sum(axis=1).mean() for one in found]
    assert max(sizes[0::2]) < 0.5 * min(sizes[1::2])


def test_limits_hold_what_was_found_and_nothing_else_changes(made):
    attribution, refits, _ = made
    found = with_refits(attribution, refits)
    for name in ("table", "by_axis", "by_group"):
        table, before = getattr(found, name), getattr(attribution, name)
        assert table["rank"].between(table["rank_ci_low"], table["rank_ci_high"]).all()
        limits = ["rank_ci_low", "rank_ci_high"]
        pd.testing.assert_frame_equal(table.drop(columns=limits), before.drop(columns=limits))
    assert found.values is attribution.values
    assert "8 refits" in found.notes[-1]
    members = found.crossings.head(3)
    given = members["found_frac"] >= 0.8
    inside = members["crossing_z"].between(
        members["crossing_z_ci_low"], members["crossing_z_ci_high"]
    )
    assert given.any()
    assert (inside == given).all()


def test_an_axis_of_a_refit_is_the_sum_of_its_members(made):
    attribution, refits, _ = made
    axis_of = dict(zip(attribution.table["analyte"], attribution.table["axis"], strict=True))
    sizes = sizes_of_refits(refits, axis_of, ["Th2", "no axis"])
    one = refits[0]
    inside = [axis_of[name] == "Th2" for name in one.data.columns]
    assert sizes[0, 0] == pytest.approx(np.abs(one.values[:, inside].sum(axis=1)).mean())
    assert sizes_of_refits((), axis_of, ["Th2"]).shape == (0, 1)


def test_pairs_take_other_units_and_an_absent_analyte_has_none(made):
    attribution, refits, panel = made
    found = with_refits(attribution, refits)
    stored = found.crossings.loc[found.crossings["found_frac"].idxmax()]
    name = stored["analyte"]
    in_units = 2 ** panel.values[name]
    shown = pairs_of_refits(refits, name, values=in_units)
    assert shown[0][0].tolist() == in_units[refits[0].data.index].tolist()
    assert [len(x) for x, _ in pairs_of_refits(refits, "absent")] == [0] * 8
    crossing = dependence(found, name, values=in_units, unit="pg/mL").crossing
    assert crossing.found_frac == pytest.approx(stored["found_frac"], abs=0.13)
    assert crossing.ci_low <= crossing.value <= crossing.ci_high
