"""The verdict and the order of its decisions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import DiscoverySettings, discover
from subtyping.exceptions import InputError
from subtyping.panel import Panel


def verdict_of(panel: Panel, **settings):
    return discover(panel, case=["MDD"], reference=["HC"], axis="Th2", seed=1, **settings)


@pytest.fixture(scope="module")
def planted():
    return simulate_cohort("th2_subtype", seed=11, n_case=240, n_reference=100, separation=4.5)


@pytest.fixture(scope="module")
def found(planted):
    return verdict_of(planted.panel)


def test_a_planted_subtype_is_discrete_and_its_people_are_found(planted, found) -> None:
    assert found.kind == "discrete"
    assert found.p_value <= 0.03
    assert found.prevalence_ci_low < 0.27 < found.prevalence_ci_high
    table = found.assignment.table.set_index("sample_id")
    truth = planted.truth.loc[table.index, "is_subtype"].astype(bool)
    clear = table["label"] != "unclear"
    right = (table["label"] == "subtype") == truth
    assert right[clear].mean() > 0.97
    assert clear.mean() > 0.85


def test_labels_follow_probabilities(found) -> None:
    table = found.assignment.table
    assert list(table.columns) == ["sample_id", "probability", "label", "reason"]
    assert (table.loc[table["label"] == "subtype", "probability"] >= 0.8).all()
    assert (table.loc[table["label"] == "other", "probability"] <= 0.2).all()
    unclear = table["label"] == "unclear"
    assert (table.loc[unclear, "reason"] != "").all()


def test_every_case_and_nobody_else_is_assigned(planted, found) -> None:
    cases = planted.panel.sample_ids[planted.panel.in_groups(["MDD"])]
    assert list(found.assignment.table["sample_id"]) == list(cases)
    assert found.n_case == len(cases)


@pytest.mark.parametrize("design", ["null", "continuum"])
def test_without_a_group_there_is_no_subtype(design) -> None:
    cohort = simulate_cohort(design, seed=3, n_case=300, n_reference=100)
    verdict = verdict_of(cohort.panel)
    assert verdict.kind in {"continuum", "none"}
    assert verdict.prevalence_frac is None
    table = verdict.assignment.table
    assert (table["label"] == "unclear").all()
    assert table["probability"].isna().all()
    assert (table["reason"] == verdict.kind).all()


def test_a_real_axis_is_a_continuum_and_independent_noise_is_none() -> None:
    continuum = simulate_cohort("continuum", seed=8, n_case=300, n_reference=100)
    assert verdict_of(continuum.panel).kind == "continuum"
    noise = simulate_cohort("null", seed=8, n_case=300, n_reference=100)
    assert verdict_of(noise.panel).kind == "none"


def test_too_few_people_is_said_with_the_number_that_would_do() -> None:
    cohort = simulate_cohort("null", seed=5, n_case=25, n_reference=32)
    verdict = verdict_of(cohort.panel)
    assert verdict.kind == "underpowered"
    assert verdict.n_needed > 25
    assert str(verdict.n_needed) in verdict.sentence
    assert "not evidence that there is none" in verdict.sentence


def with_plates(panel: Panel, plates: np.ndarray) -> Panel:
    return replace(panel, samples=panel.samples.assign(batch=plates))


def test_aliased_plates_block_every_inference(planted) -> None:
    case = planted.panel.in_groups(["MDD"])
    blocked = verdict_of(with_plates(planted.panel, np.where(case, "a", "b")))
    assert blocked.kind == "blocked"
    assert blocked.p_value is None
    assert blocked.evidence.empty
    assert blocked.assignment.table["probability"].isna().all()
    assert "aliased with batch" in blocked.sentence


def test_allowing_aliased_data_shows_lines_marked_descriptive(planted) -> None:
    case = planted.panel.in_groups(["MDD"])
    panel = with_plates(planted.panel, np.where(case, "a", "b"))
    quick = DiscoverySettings(allow_aliased=True, n_bootstrap=39, n_resamples=40)
    verdict = verdict_of(panel, settings=quick)
    assert verdict.kind == "blocked"
    assert verdict.p_value is None
    assert verdict.evidence["sentence"].str.startswith("Descriptive only").all()
    assert not verdict.evidence["decides"].any()


def test_a_handling_group_is_named_after_its_cause() -> None:
    cohort = simulate_cohort("null", seed=21, n_case=300, n_reference=120)
    panel, rng = cohort.panel, np.random.default_rng(2)
    late = rng.random(len(panel.sample_ids)) < 0.3
    moved = [
        "CCL11",
        "CCL13",
        "CCL17",
        "CCL22",
        "CCL26",
        "SIRT2",
        "STAMBP",
        "CASP8",
        "AXIN1",
        "SULT1A1",
        "EIF4EBP1",
    ]
    moved = [name for name in moved if name in panel.values]
    values = panel.values.copy()
    values.loc[late, moved] += 4.0
    verdict = verdict_of(replace(panel, values=values), evidence="all")
    assert verdict.kind != "discrete"
    assert "cannot be told apart from handling" in verdict.sentence


def test_a_group_in_everybody_is_not_specific_to_cases() -> None:
    cohort = simulate_cohort("null", seed=23, n_case=300, n_reference=150)
    panel, rng = cohort.panel, np.random.default_rng(3)
    high = rng.random(len(panel.sample_ids)) < 0.27
    members = ["CCL11", "CCL13", "CCL17", "CCL22", "CCL26"]
    values = panel.values.copy()
    values.loc[high, members] += 4 * values[members].std() / np.sqrt(2)
    verdict = verdict_of(replace(panel, values=values))
    if verdict.kind == "discrete":
        assert "not specific to cases" in verdict.sentence
    else:
        pytest.fail(f"the planted group was not found: {verdict.sentence}")


def test_the_order_of_people_does_not_matter(planted, found, rng) -> None:
    order = rng.permutation(len(planted.panel.sample_ids))
    again = verdict_of(planted.panel.take(order))
    assert again.kind == found.kind
    first = found.assignment.probability.sort_index()
    pd.testing.assert_series_equal(
        again.assignment.probability.sort_index(), first, atol=1e-4, check_index_type=False
    )


def test_the_same_seed_gives_the_same_answer(planted, found) -> None:
    again = verdict_of(planted.panel)
    assert again.sentence == found.sentence
    pd.testing.assert_frame_equal(again.evidence, found.evidence, check_exact=True)


def test_an_axis_of_ones_own_may_have_one_member(planted) -> None:
    axis = {"name": "eotaxin", "members": ["Eotaxin-1"]}
    verdict = discover(planted.panel, case=["MDD"], reference=["HC"], axis=axis, seed=1)
    assert verdict.axis == "eotaxin"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"case": ["MDX"], "reference": ["HC"]}, "The case group"),
        ({"case": ["MDD"], "reference": ["healthy"]}, "The reference group"),
        ({"case": ["MDD"], "reference": ["HC"], "axis": "Th22"}, "There is no axis 'Th22'"),
        ({"case": ["MDD"], "reference": ["HC"], "evidence": "al"}, "Did you mean 'all'"),
    ],
)
def test_bad_declarations_are_explained(planted, settings, words) -> None:
    with pytest.raises(InputError, match=words):
        discover(planted.panel, **settings)


@pytest.mark.guarantee
@pytest.mark.parametrize("design", ["null", "continuum"])
def test_at_most_two_of_twenty_cohorts_without_a_group_are_called_discrete(design) -> None:
    kinds = []
    for seed in range(20):
        cohort = simulate_cohort(design, seed=seed, n_case=200)
        kinds.append(verdict_of(cohort.panel).kind)
    assert kinds.count("discrete") <= 2, kinds


def test_a_group_that_stands_apart_below_is_no_high_subtype() -> None:
    cohort = simulate_cohort("null", seed=29, n_case=300, n_reference=120)
    panel, rng = cohort.panel, np.random.default_rng(4)
    low = panel.in_groups(["MDD"]) & (rng.random(len(panel.sample_ids)) < 0.2)
    members = ["CCL11", "CCL13", "CCL17", "CCL22", "CCL26"]
    values = panel.values.copy()
    values.loc[low, members] -= 6 * values[members].std() / np.sqrt(2)
    verdict = verdict_of(replace(panel, values=values))
    assert verdict.p_value <= 0.03
    assert verdict.kind != "discrete"
    assert "are low on it, not high" in verdict.sentence


def test_a_group_of_one_day_of_drawing_is_named_after_the_date() -> None:
    cohort = simulate_cohort("null", seed=31, n_case=300, n_reference=150)
    panel, rng = cohort.panel, np.random.default_rng(5)
    day = rng.integers(0, 100, len(panel.sample_ids))
    members = ["CCL11", "CCL13", "CCL17", "CCL22", "CCL26"]
    values = panel.values.copy()
    values.loc[day >= 70, members] += 5 * values[members].std() / np.sqrt(2)
    dates = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"), index=values.index)
    samples = panel.samples.assign(date=dates.dt.strftime("%Y-%m-%d"))
    verdict = verdict_of(replace(panel, values=values, samples=samples))
    assert verdict.kind != "discrete"
    assert "cannot be told apart from date of draw" in verdict.sentence
