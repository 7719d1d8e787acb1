"""What stands for a value below detection, and which analytes are dropped."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.panel import panel_from_frame
from subtyping.preparation import Preparation, detection_report
from subtyping.statistics.ros import regression_on_order_statistics
from subtyping.statistics.truncated_normal import fit_censored_normal, mean_below

FITTED = ("ros", "truncated")


@pytest.fixture(scope="module")
def panel():
    """Two plates with limits of their own; NPX, 40 % of each analyte below detection."""
    rng = np.random.default_rng(7)
    n, p = 80, 6
    ids = [f"s{i}" for i in range(n)]
    values = pd.DataFrame(rng.normal(5, 1, (n, p)), ids, [f"PROT{j}" for j in range(p)])
    plate = np.where(np.arange(n) % 2 == 0, "A", "B")
    samples = pd.DataFrame({"group": np.repeat(["MDD", "HC"], n // 2), "batch": plate}, ids)
    lod = values * 0 + np.where(plate == "A", 4.6, 4.9)[:, None]
    plain = panel_from_frame(values, samples, unit="NPX")
    lod.index, lod.columns = plain.values.index, plain.values.columns
    below = plain.values < lod
    return replace(plain, lod=lod, below_lod=below)


@pytest.mark.parametrize("policy", FITTED)
def test_the_stand_in_is_the_mean_below_the_samples_own_limit(panel, policy) -> None:
    prepared = Preparation(["MDD"], ["HC"], detection=policy).fit_transform(panel)
    below, lod = panel.below_lod.to_numpy(), panel.lod.to_numpy()
    Y = np.where(below, lod, panel.values.to_numpy())
    learn = {"ros": regression_on_order_statistics, "truncated": fit_censored_normal}[policy]
    fit = learn(Y, below)
    expected = np.where(below, mean_below(lod, fit.mean, fit.sd), panel.values.to_numpy())
    np.testing.assert_allclose(prepared.log2.to_numpy(), expected, rtol=1e-12)
    assert (prepared.log2.to_numpy()[below] < lod[below]).all()
    assert len(np.unique(prepared.log2.to_numpy()[below[:, 0], 0])) == 2  # one for each plate


@pytest.mark.parametrize("policy", FITTED)
def test_one_person_alone_gets_the_digits_of_the_batch_also_from_the_card(panel, policy) -> None:
    fitted = Preparation(["MDD"], ["HC"], detection=policy, adjust_plates=False).fit(panel)
    again = Preparation.from_card(json.loads(json.dumps(fitted.to_card())))
    batch = fitted.transform(panel, same_plates=False)
    for row in (0, 33, 79):
        for model in (fitted, again):
            alone = model.transform(panel.take([row]), same_plates=False)
            assert (alone.z.to_numpy()[0] == batch.z.to_numpy()[row]).all()
            assert (alone.log2.to_numpy()[0] == batch.log2.to_numpy()[row]).all()


def test_other_policies_carry_no_tails_on_their_card(panel) -> None:
    for policy in ("keep", "lod_sqrt2"):
        card = Preparation(["MDD"], ["HC"], detection=policy).fit(panel).to_card()
        assert not [key for key in card if key.startswith("below_detection")]


def test_a_card_with_tails_of_another_panel_is_refused(panel) -> None:
    card = Preparation(["MDD"], ["HC"], detection="ros").fit(panel).to_card()
    card["below_detection_sd_log2"] = card["below_detection_sd_log2"][:-1]
    with pytest.raises(ValueError, match="differ in their number"):
        Preparation.from_card(card)


@pytest.mark.parametrize("policy", FITTED)
def test_with_fewer_than_ten_detected_the_value_is_kept(panel, policy) -> None:
    below = panel.below_lod.copy()
    below.iloc[9:, 0] = True
    few = replace(panel, below_lod=below)
    settings = {"case": ["MDD"], "reference": ["HC"], "min_detected_frac": 0.1}
    kept = Preparation(**settings).fit_transform(few).log2.iloc[:, 0]
    fitted = Preparation(**settings, detection=policy).fit_transform(few).log2.iloc[:, 0]
    pd.testing.assert_series_equal(fitted, kept)


@pytest.mark.parametrize("policy", ["keep", "lod_sqrt2", *FITTED])
def test_scaling_concentrations_and_limits_moves_log2_alone(panel, policy) -> None:
    linear = replace(panel, unit="pg/mL", values=2.0**panel.values, lod=2.0**panel.lod)
    scaled = replace(linear, values=linear.values * 1000, lod=linear.lod * 1000)
    learn = Preparation(["MDD"], ["HC"], detection=policy)
    first, second = learn.fit_transform(linear), learn.fit_transform(scaled)
    np.testing.assert_allclose(second.z, first.z, atol=1e-7)
    np.testing.assert_allclose(second.log2 - first.log2, np.log2(1000), atol=1e-8)


def test_detection_stays_a_mask_to_the_end(panel) -> None:
    for policy in ("keep", "lod_sqrt2", *FITTED):
        prepared = Preparation(["MDD"], ["HC"], detection=policy).fit_transform(panel)
        assert (prepared.detected.to_numpy() == ~panel.below_lod.to_numpy()).all()
        np.testing.assert_allclose(prepared.limits, panel.lod)


def test_without_a_limit_it_is_the_lowest_detected_value_or_the_number_given(panel) -> None:
    blank = replace(panel, lod=panel.lod * np.nan)
    limits = Preparation(["MDD"], ["HC"]).fit_transform(blank).limits.to_numpy()
    below, values = panel.below_lod.to_numpy(), panel.values.to_numpy()
    lowest = np.where(below, np.inf, values).min(axis=0)
    np.testing.assert_allclose(limits, np.maximum(np.where(below, values, -np.inf), lowest))


def test_notes_name_and_count_what_was_left_out() -> None:
    panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    fitted = Preparation(["MDD"], ["HC"], detection="truncated").fit(panel)
    dropped = fitted.detection_.loc[~fitted.detection_["is_kept"], "analyte"]
    note = fitted.notes_[0]
    assert note.startswith(f"{len(dropped)} analytes of 92 left out, detected in fewer than 50%")
    assert all(name in note for name in dropped)
    assert "censored likelihood" in fitted.notes_[1]


def test_detection_is_reported_for_every_group(panel) -> None:
    group = np.repeat(["MDD", "HC", "AD", "PSO"], 20)
    below = panel.below_lod.copy() & False
    below.iloc[:, 0] = True  # nowhere
    below.iloc[:, 1] = group != "AD"  # in one comparison group alone
    below.iloc[:, 2] = group != "MDD"
    groups = replace(panel, samples=panel.samples.assign(group=group), below_lod=below)
    found = detection_report(groups, case=["MDD"], reference=["HC"], comparison=["AD", "PSO"])
    assert found.below_everywhere == ("PROT0",)
    assert found.only_in_comparison == ("PROT1",)
    assert found.sentence == (
        "1 of 6 analytes is detected in fewer than 50% of every group: PROT0. "
        "Detected that often in a comparison group alone: PROT1."
    )
    assert len(found.table) == 6 * 4
    row = found.table.set_index(["analyte", "group"]).loc[("PROT1", "AD")]
    assert (row["n_measured"], row["n_detected"], row["detected_frac"]) == (20, 20, 1.0)


def test_everything_detected_is_said() -> None:
    values = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, 4.0]}, index=["x", "y"])
    samples = pd.DataFrame({"group": ["MDD", "HC"]}, index=["x", "y"])
    found = detection_report(
        panel_from_frame(values, samples, unit="NPX"), case=["MDD"], reference=["HC"]
    )
    assert found.below_everywhere == ()
    assert found.sentence.startswith("Every one of the 2 analytes is detected in at least 50%")


def test_a_rate_is_a_share(panel) -> None:
    with pytest.raises(InputError, match="a share above 0"):
        detection_report(panel, case=["MDD"], reference=["HC"], min_detected_frac=50)


@pytest.mark.parametrize("name", ["reference", "case"])
def test_a_comparison_group_by_the_name_of_a_role_replaces_nothing(panel, name) -> None:
    groups = panel.samples.assign(group=np.repeat(["MDD", "HC", name, "PSO"], 20))
    found = detection_report(
        replace(panel, samples=groups), case=["MDD"], reference=["HC"], comparison=[name, "PSO"]
    )
    names = found.table["group"].unique().tolist()
    assert names == ["case", "reference", f"comparison {name}", "PSO"]
    assert (found.table["n_measured"] == 20).all()
