"""Bridges: offsets and their laws, identity, the judgement and what it refuses."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import check_estimator

from subtyping.exceptions import InputError
from subtyping.panel import Panel, panel_from_frame
from subtyping.preparation.bridge_identity import recognise_bridges
from subtyping.preparation.bridge_normaliser import BridgeNormaliser
from subtyping.preparation.bridge_offsets import (
    bridge_offsets,
    held_out_offsets,
    pair_differences,
)
from subtyping.preparation.bridge_report import BridgeRules
from subtyping.preparation.bridging import bridge_panels, bridged_panel, shared_samples

NAMES = [f"P{k:02d}" for k in range(40)]


def panel(values: np.ndarray, ids: list[str], unit: str = "NPX", lod: float = -9.0) -> Panel:
    frame = pd.DataFrame(values, index=ids, columns=NAMES[: values.shape[1]])
    return panel_from_frame(frame, frame[[]], unit=unit, lod=pd.Series(lod, index=frame.columns))


def two_runs(
    rng: np.random.Generator, n_bridges: int = 12, noise: float = 0.15, offset: float = 0.4
) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    people = rng.normal(5, 1, (60, len(NAMES)))
    ids = [f"s{i}" for i in range(60)]
    at = slice(0, 30 + n_bridges), slice(30, 60)
    first, second = (people[rows] + rng.normal(0, noise, people[rows].shape) for rows in at)
    return first, second + offset, ids[at[0]], ids[at[1]]


def test_scikit_learn_accepts_the_normaliser() -> None:
    check_estimator(BridgeNormaliser(), on_skip=None)


def test_offset_interval_and_spread_by_hand() -> None:
    # Differences .1 .2 .3 .4 1.0: median .3, deviations .2 .1 0 .1 .7 with median .1.
    new = np.array([[1.1], [2.2], [3.3], [4.4], [6.0]])
    found = bridge_offsets(np.arange(1.0, 6.0)[:, None], new)
    assert found.n_pairs.tolist() == [5]
    np.testing.assert_allclose(found.offset, 0.3)
    np.testing.assert_allclose(found.mad, 1.4826 * 0.1)
    sd = np.std([0.1, 0.2, 0.3, 0.4, 1.0], ddof=1)
    half = 2.7764451 * np.sqrt(np.pi / 2) * sd / np.sqrt(5)
    np.testing.assert_allclose([found.ci_low[0], found.ci_high[0]], [0.3 - half, 0.3 + half])


def test_only_pairs_detected_in_both_runs_count(rng) -> None:
    reference = rng.normal(0, 1, (6, 2))
    new = reference + 0.5
    new[0, 0] = 40.0
    seen = np.ones((6, 2), dtype=bool)
    seen[0, 0] = False
    found = bridge_offsets(reference, new, seen)
    assert found.n_pairs.tolist() == [5, 6]
    np.testing.assert_allclose(found.offset, 0.5)
    none = bridge_offsets(reference, new, ~np.ones((6, 2), dtype=bool))
    assert np.isnan(none.offset).all()
    assert none.n_pairs.tolist() == [0, 0]


@given(shift=st.floats(-5, 5), seed=st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_a_shift_of_the_new_run_is_a_shift_of_the_offset(shift, seed) -> None:
    rng = np.random.default_rng(seed)
    reference, new = rng.normal(5, 1, (9, 6)), rng.normal(5, 1, (9, 6))
    found, moved = bridge_offsets(reference, new), bridge_offsets(reference, new + shift)
    np.testing.assert_allclose(moved.offset, found.offset + shift, atol=1e-9)
    np.testing.assert_allclose(moved.mad, found.mad, atol=1e-9)
    back = bridge_offsets(new, reference)
    np.testing.assert_allclose(back.offset, -found.offset, atol=1e-12)


def test_after_bridging_the_offset_is_zero(rng) -> None:
    reference, new = rng.normal(5, 1, (9, 6)), rng.normal(5, 1, (9, 6))
    step = BridgeNormaliser().fit(new, reference=reference)
    after = bridge_offsets(reference, step.transform(new))
    np.testing.assert_allclose(after.offset, 0, atol=1e-12)
    np.testing.assert_array_equal(step.transform(new[3:4])[0], step.transform(new)[3])


def test_an_analyte_with_too_few_pairs_is_on_no_scale(rng) -> None:
    reference = rng.normal(5, 1, (6, 2))
    new = reference + 1.0
    new[:2, 1] = np.nan
    step = BridgeNormaliser(min_pairs=5).fit(new, reference=reference)
    assert np.isnan(step.offset_).tolist() == [False, True]
    with pytest.raises(InputError, match=r"\(5, 2\) bridges by analytes, the new run \(6, 2\)"):
        step.fit(new, reference=reference[:5])


def test_held_out_halves_by_hand() -> None:
    # Bridges 0, 1 estimate .1 and 1.0; bridges 2, 3 hold .5 and 1.2: residuals .4 and .2.
    d = np.array([[0.0, 1.0], [0.2, 1.0], [0.4, 1.1], [0.6, 1.3]])
    held = held_out_offsets(d, np.array([True, True]), [np.arange(4)])
    np.testing.assert_allclose(held.by_analyte, [0.4, 0.2])
    np.testing.assert_allclose(held.residual, [0.3])
    np.testing.assert_allclose(held.raw, [0.85])


@pytest.mark.parametrize("noise", [0.1, 0.3, 0.5])
def test_sound_bridges_are_recognised_and_exchanged_ones_are_not(noise, rng) -> None:
    people = rng.normal(0, 0.8, (16, 64))
    a, b = (people + rng.normal(0, noise, people.shape) / np.sqrt(2) for _ in range(2))
    assert recognise_bridges(a, b + 0.7).is_recognised.all()
    found = recognise_bridges(a, b[[1, 2, 0, *range(3, 16)]])
    assert found.is_recognised.tolist() == [False] * 3 + [True] * 13
    assert found.looks_like[:3].tolist() == [2, 0, 1]


def test_replicates_of_one_pool_are_left_in_peace(rng) -> None:
    flagged = [
        (~recognise_bridges(*rng.normal(0, 0.2, (2, 12, 64))).is_recognised).mean()
        for _ in range(50)
    ]
    assert np.mean(flagged) < 0.01


def test_too_few_bridges_to_tell_are_all_recognised(rng) -> None:
    assert recognise_bridges(rng.normal(size=(3, 64)), rng.normal(size=(3, 64))).is_recognised.all()
    assert recognise_bridges(rng.normal(size=(9, 5)), rng.normal(size=(9, 5))).is_recognised.all()


def test_two_runs_come_onto_one_scale(rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    reference, new = panel(first, ids), panel(second, new_ids)
    report = bridge_panels(reference, new)
    assert report.is_bridgeable
    assert len(report.bridges) == len(shared_samples(reference, new)) == 12
    np.testing.assert_allclose(report.raw, 0.4, atol=0.05)
    assert report.held_out < 0.15 < report.held_out_raw
    covered = (report.table["offset_ci_low"] < 0.4) & (report.table["offset_ci_high"] > 0.4)
    assert covered.mean() > 0.9
    assert "12 bridge samples put 40 of 40 analytes" in report.sentence
    back = bridged_panel(report, new)
    offset = report.table.set_index("analyte")["offset_log2"]
    np.testing.assert_allclose(back.values, new.values - offset)
    np.testing.assert_allclose(back.lod, new.lod - offset)
    assert back.below_lod.equals(new.below_lod)
    assert bridge_panels(reference, back).raw < 1e-9


def test_concentrations_are_bridged_as_ratios(rng) -> None:
    first, second, ids, new_ids = two_runs(rng, offset=1.0)
    in_log = bridge_panels(panel(first, ids), panel(second, new_ids))
    new = panel(2**second, new_ids, unit="pg/mL", lod=0.01)
    report = bridge_panels(panel(2**first, ids, unit="pg/mL", lod=0.01), new)
    np.testing.assert_allclose(report.table["offset_log2"], in_log.table["offset_log2"])
    back = bridged_panel(report, new)
    np.testing.assert_allclose(
        back.values, new.values / 2.0 ** report.table["offset_log2"].to_numpy()
    )


def test_analytes_that_cannot_be_bridged_are_left_out_and_named(rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    second[:, 1] += rng.normal(0, 4, len(second))
    low = panel(second, new_ids)
    mask = low.below_lod.copy()
    mask.loc[new_ids[:8], "P00"] = True
    new = panel_from_frame(low.values, low.samples, lod=pd.Series(-9.0, NAMES), below_lod=mask)
    reference = panel(first, ids).select(NAMES[:-1])
    report = bridge_panels(reference, new)
    reasons = report.table.set_index("analyte")["reason"]
    assert reasons["P00"] == "detected in both runs in fewer than 5 bridges"
    assert reasons["P01"] == "held-out residual above 0.5"
    assert reasons["P39"] == "not in the reference panel"
    assert (reasons.drop(["P00", "P01", "P39"]) == "").all()
    back = bridged_panel(report, new)
    assert list(back.values) == NAMES[2:-1]
    assert back.reading.notes[-1] == (
        "3 analytes not bridgeable and left out: 'P00', 'P01', 'P39'."
    )


def test_exchanged_labels_are_set_aside_or_kept(rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    second[[0, 1]] = second[[1, 0]]
    reference, new = panel(first, ids), panel(second, new_ids)
    report = bridge_panels(reference, new)
    unlike = report.bridges[~report.bridges["is_recognised"]]
    assert unlike["reference_id"].tolist() == ["s30", "s31"]
    assert unlike["looks_like"].tolist() == ["s31", "s30"]
    assert report.is_bridgeable
    assert "s30 (like s31), s31 (like s30)" in report.sentence
    kept = bridge_panels(reference, new, rules=BridgeRules(mismatched="keep"))
    assert kept.bridges["is_used"].all()
    assert kept.held_out == pytest.approx(report.held_out_every_bridge)
    mended = pd.DataFrame({"reference": new_ids[:12], "new": ["s31", "s30", *new_ids[2:12]]})
    assert bridge_panels(reference, new, pairs=mended).bridges["is_recognised"].all()


NOT_BRIDGEABLE = {
    "too few": "8 bridge samples are needed; there are 7",
    "exchanged": "only 0 of 12 bridge samples look like themselves",
    "noisy": r"leave 0\.\d\d log2 in the other half; at most 0\.25",
    "undetected": "no analyte is detected in more than 75 %",
}


@pytest.mark.parametrize("why", NOT_BRIDGEABLE)
def test_runs_that_are_not_bridgeable(why, rng) -> None:
    n_bridges = 7 if why == "too few" else 12
    first, second, ids, new_ids = two_runs(rng, n_bridges, noise=1.0 if why == "noisy" else 0.15)
    if why == "exchanged":
        second[:12] = np.roll(second[:12], 1, axis=0)
    lod = np.sort(second, axis=0)[10].min() if why == "undetected" else -9.0
    new = panel(second, new_ids)
    if why == "undetected":
        low = new.values.copy()
        low.iloc[12:] = lod - 5
        new = panel(low.to_numpy(), new_ids, lod=lod - 4)
    report = bridge_panels(panel(first, ids), new)
    assert not report.is_bridgeable
    assert report.sentence.startswith("Not bridgeable: ")
    assert re.search(NOT_BRIDGEABLE[why], report.sentence)


REFUSED = [
    (lambda values, ids: panel(2**values, ids, "pg/mL", 0.1), "NPX, the new panel in pg/mL"),
    (lambda values, ids: panel(values, [f"x{name}" for name in ids]), "share no sample id"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_is_refused(change, said, rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    with pytest.raises(InputError, match=said):
        bridge_panels(panel(first, ids), change(second, new_ids))


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ({"reference": ["s30"]}, "columns reference and new; new is absent"),
        ({"reference": ["s30", "s99"], "new": ["s30", "s31"]}, "1 sample that the reference panel"),
        ({"reference": ["s30", "s30"], "new": ["s30", "s31"]}, r"'s30' \(reference\) twice"),
    ],
)
def test_pairs_that_do_not_fit(pairs, said, rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    with pytest.raises(InputError, match=said):
        bridge_panels(panel(first, ids), panel(second, new_ids), pairs=pd.DataFrame(pairs))


def test_nothing_bridgeable_is_an_error(rng) -> None:
    first, second, ids, new_ids = two_runs(rng, n_bridges=3)
    new = panel(second, new_ids)
    report = bridge_panels(panel(first, ids), new)
    with pytest.raises(InputError, match="No analyte can be bridged: 8 bridge samples"):
        bridged_panel(report, new)


def test_the_report_is_the_same_every_time(rng) -> None:
    first, second, ids, new_ids = two_runs(rng)
    one, two = (bridge_panels(panel(first, ids), panel(second, new_ids)) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.held_out == two.held_out


@pytest.mark.parametrize(
    "rule", [{"max_residual": 0.0}, {"max_analyte_residual": np.nan}, {"min_pairs": 1}]
)
def test_rules_that_are_none(rule) -> None:
    with pytest.raises(InputError, match=f"{next(iter(rule))} must be"):
        BridgeRules(**rule)


def test_missing_pairs_are_no_differences() -> None:
    found = pair_differences(np.array([[1.0, np.nan]]), np.array([[2.0, 3.0]]))
    np.testing.assert_array_equal(found, [[1.0, np.nan]])
