"""Cohorts with known answers: what each design says of itself is so."""

import numpy as np
import pytest
from scipy import stats

from subtyping.cohorts import (
    ATTRIBUTION_SUITE,
    CELLS,
    NULL_SUITE,
    PLANTED_SUITE,
    simulate_cohort,
)
from subtyping.cohorts.designs import LAWS
from subtyping.exceptions import InputError

EVERY = {**NULL_SUITE, **ATTRIBUTION_SUITE, **PLANTED_SUITE}
MEMBERS = ["CCL11", "CCL13", "CCL17", "CCL22", "CCL26", "IL4", "IL5", "IL13"]
SMALL = {"n_case": 60, "n_reference": 40}


@pytest.mark.parametrize("name", EVERY)
def test_a_seed_and_a_size_give_one_cohort(name) -> None:
    first, again = (EVERY[name].make(3, **SMALL) for _ in range(2))
    other = EVERY[name].make(4, **SMALL)
    assert first.panel.values.equals(again.panel.values)
    assert first.truth.equals(again.truth)
    assert not first.panel.values.equals(other.panel.values)


@pytest.mark.parametrize("name", EVERY)
def test_the_centre_is_as_declared(name) -> None:
    answer = EVERY[name].make(1)
    panel = answer.panel
    assert panel.in_groups(answer.case).sum() == 300
    assert panel.in_groups(answer.reference).sum() == 120
    assert panel.values.shape[1] == 92
    assert answer.truth.index.equals(panel.sample_ids)
    if name != "detection_pile_up":
        assert (panel.detected_frac()[MEMBERS] == 1.0).all()
    assert answer.expectation.has_subtype == (name == "planted")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        (name, cell)
        for name in EVERY
        for cell in CELLS
        if cell != "368 analytes" or name in {"gradient", "lab_shift", "planted"}
    ],
)
def test_a_cell_differs_in_one_thing(name, cell) -> None:
    panel = EVERY[name].make(2, **{"n_case": 100, **CELLS[cell]}).panel
    assert panel.values.shape[1] == CELLS[cell].get("n_analytes", 92)
    assert panel.in_groups(["HC"]).sum() == CELLS[cell].get("n_reference", 120)
    assert panel.in_groups(["MDD"]).sum() == CELLS[cell].get("n_case", 100)


def test_undetected_cytokines_are_seen_in_one_person_in_twenty() -> None:
    panel = NULL_SUITE["gradient"].make(5, cytokines="undetected").panel
    seen = panel.detected_frac()
    assert seen[["IL4", "IL5", "IL13", "IL33", "TSLP"]].between(0.04, 0.06).all()
    assert (seen[["CCL11", "CCL13", "CCL17", "CCL22", "CCL26"]] == 1.0).all()


def test_a_small_panel_leaves_enough_outside_the_axis() -> None:
    panel = NULL_SUITE["gradient"].make(5, n_analytes=20).panel
    assert list(panel.values.columns[:5]) == ["CCL11", "CCL13", "CCL17", "CCL22", "CCL26"]
    assert panel.values.shape[1] - 5 - 3 >= 8


def test_piled_up_members_have_no_number_below_detection() -> None:
    panel = NULL_SUITE["detection_pile_up"].make(6).panel
    below = 1 - panel.detected_frac()[MEMBERS]
    assert below.between(0.19, 0.51).all()
    assert panel.values[MEMBERS].isna().equals(panel.below_lod[MEMBERS])


def test_another_laboratory_moves_half_of_the_other_analytes() -> None:
    answer = NULL_SUITE["lab_shift"].make(7, n_case=2000)
    panel, is_case = answer.panel, answer.panel.in_groups(["MDD"])
    member = answer.truth["is_member"].to_numpy()[is_case]
    assert member.mean() == pytest.approx(0.30, abs=0.03)  # sd sqrt(.3 * .7 / 2000) = .01
    values = panel.values[is_case]
    outside = [name for name in values if name not in MEMBERS and values[name].notna().all()]
    moved = values.loc[member, outside].mean() - values.loc[~member, outside].mean()
    assert (moved.abs() / values[outside].std() > 0.3).mean() >= 0.5
    assert {"site", "laboratory"}.isdisjoint(panel.samples.columns)


def test_a_declared_plate_holds_the_shift() -> None:
    panel = NULL_SUITE["plate_shift"].make(8).panel
    first = (panel.samples["batch"] == "plate_1").to_numpy()
    gap = panel.values.loc[first, "CCL17"].mean() - panel.values.loc[~first, "CCL17"].mean()
    assert gap / 0.93 == pytest.approx(2.0, abs=0.5)  # 0.93: SD of CCL17, plate noise beside it


@pytest.mark.parametrize("cause", ["bmi", "sex", "smoking", "medication"])
def test_the_factor_is_the_group(cause) -> None:
    answer = ATTRIBUTION_SUITE[cause].make(9)
    is_case = answer.panel.in_groups(["MDD"])
    member = answer.truth["is_member"].to_numpy()
    factor = answer.panel.samples[cause]
    marked = factor > 30 if cause == "bmi" else factor.isin(["yes", "male"])
    assert (marked.to_numpy()[is_case] == member[is_case]).mean() > 0.97
    assert not member[~is_case].any()


def test_a_group_everywhere_is_in_the_reference_too() -> None:
    answer = ATTRIBUTION_SUITE["group_everywhere"].make(10, n_reference=2000)
    is_case = answer.panel.in_groups(["MDD"])
    skew = answer.truth["th2_skew"].to_numpy()
    assert (skew[~is_case] > 2.5).mean() == pytest.approx(0.27, abs=0.04)
    assert answer.expectation.is_specific is False


def test_a_planted_subtype_has_its_share_and_its_shift() -> None:
    near, far = (
        PLANTED_SUITE["planted"].make(11, n_case=1000, fraction=0.4, separation=d)
        for d in (2.0, 4.0)
    )
    assert near.truth["is_member"].equals(far.truth["is_member"])
    assert near.truth["is_member"].to_numpy()[:1000].mean() == pytest.approx(0.4, abs=0.05)
    member = near.truth["is_member"].to_numpy()
    shifts = [(answer.truth["th2_skew"].to_numpy()[member]).mean() for answer in (near, far)]
    assert shifts[1] > shifts[0] + 1
    assert far.expectation.nominal_separation == 4.0


@pytest.mark.parametrize("law", LAWS)
def test_every_law_has_mean_zero_and_sd_one(law) -> None:
    size = {"n_case": 4, "n_reference": 20_000, "n_analytes": 24}
    cohort = simulate_cohort("continuum", seed=12, axis_law=law, level_law=law, **size)
    factor = cohort.truth.loc[cohort.truth["group"] == "HC", "th2_skew"]
    assert factor.mean() == pytest.approx(0.0, abs=0.04)  # se 1 / sqrt(20 000) = .007
    wide = 0.5 if law == "t3" else 0.05  # t3 has no fourth moment
    assert factor.std() == pytest.approx(1.0, abs=wide)


@pytest.mark.parametrize(
    ("law", "distribution"),
    [
        ("normal", stats.norm()),
        ("uniform", stats.uniform(-np.sqrt(3), 2 * np.sqrt(3))),
        ("t5", stats.t(5, scale=np.sqrt(3 / 5))),
    ],
)
def test_a_law_is_the_one_it_is_called_after(law, distribution) -> None:
    size = {"n_case": 4, "n_reference": 4000, "n_analytes": 24}
    cohort = simulate_cohort("continuum", seed=13, axis_law=law, **size)
    factor = cohort.truth.loc[cohort.truth["group"] == "HC", "th2_skew"]
    assert stats.kstest(factor, distribution.cdf).pvalue > 0.001


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(InputError, match="detected"):
        NULL_SUITE["gradient"].make(1, cytokines="absent")
