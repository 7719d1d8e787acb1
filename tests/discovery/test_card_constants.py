"""What a card knows of its own uncertainty, and what new people are told because of it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping._random import stream
from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.discovery import (
    Assigner,
    DiscoverySettings,
    LabellingProcedure,
    build_card,
    decide,
    study_design,
)
from subtyping.discovery.resampled_constants import _affine, _Cohort, _learn, resampled_constants
from subtyping.exceptions import ModelError
from subtyping.preparation.covariates import covariate_matrix

MORE = ["probability_ci_low", "probability_ci_high", "value", "information_lost_frac"]


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort("th2_subtype", seed=6, n_case=200, n_reference=100, separation=4.5)


@pytest.fixture(scope="module")
def fitted(cohort):
    return LabellingProcedure(("MDD",), ("HC",), define_axes("Th2")).fit(cohort.panel)


@pytest.fixture(scope="module")
def card(cohort, fitted):
    design = study_design(cohort.panel, ("MDD",), ("HC",))
    verdict = decide(fitted, cohort.panel, design, DiscoverySettings(), seed=1)
    made = build_card(
        fitted,
        verdict,
        reading={"format": "wide"},
        provenance={"seed": 1},
        panel=cohort.panel,
    )
    return json.loads(json.dumps(made, allow_nan=False))


@pytest.fixture(scope="module")
def newcomers():
    return simulate_cohort("th2_subtype", seed=77, n_case=120, n_reference=20, separation=4.5)


def test_standard_errors_of_the_reference_by_hand(card, cohort, fitted) -> None:
    analytes = card["constants"]["analytes"]
    at = analytes["analyte"].index("CCL17")
    sd = card["preparation"]["reference_sd_log2"][at]
    assert analytes["n_reference"][at] == 100
    assert analytes["reference_mean_se_log2"][at] == pytest.approx(sd / 10)
    z = fitted.prepared.z["CCL17"].to_numpy()[fitted.is_reference]
    second, fourth = ((z - z.mean()) ** 2).mean(), ((z - z.mean()) ** 4).mean()
    by_hand = sd * np.sqrt((fourth - second**2) / (4 * second * 100))
    assert analytes["reference_sd_se_log2"][at] == pytest.approx(by_hand)
    assert analytes["reference_sd_se_log2"][at] == pytest.approx(sd / np.sqrt(200), rel=0.4)
    assert analytes["unit"][at] == "NPX"
    values = cohort.panel.values["CCL17"]
    assert analytes["max_log2"][at] == pytest.approx(values.max())
    assert analytes["min_log2"][at] == pytest.approx(values.min())
    assert 0.01 < card["constants"]["axis"]["slope_se"] < 0.3
    assert 0.01 < card["constants"]["axis"]["zero_se"] < 0.3


def test_the_same_people_give_the_frozen_value(cohort, fitted) -> None:
    model = fitted.axes.models_["Th2"]
    batch = cohort.panel.role("batch")
    kept = list(fitted.preparation.kept_)
    arrays = _Cohort(
        fitted.prepared.log2[kept].to_numpy(),
        None if batch is None else batch.to_numpy(dtype=str),
        covariate_matrix(cohort.panel.samples, fitted.preparation.covariates_),
    )
    people = np.flatnonzero(fitted.is_reference), np.flatnonzero(fitted.is_case)
    axis, steps, _ = _learn(fitted, model, arrays, *people)
    constant, weights, on_covariates, scale, slope = _affine(fitted, axis, *steps)
    assert (scale, slope) == pytest.approx((model.scale, model.slope))
    np.testing.assert_allclose(on_covariates, 0, atol=1e-9)
    new = fitted.preparation.transform(cohort.panel, same_plates=False)
    z = new.z[[*model.members, *model.level_analytes]].to_numpy()
    np.testing.assert_allclose(constant + z @ weights, model.scores(new.z)["skew"], atol=1e-8)


def test_draws_have_the_same_bytes_for_the_same_seed(cohort, fitted) -> None:
    first, second = (
        resampled_constants(fitted, cohort.panel, stream(4, "draws"), 3) for _ in range(2)
    )
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.mixture["weight"], second.mixture["weight"])


def test_every_probability_lies_in_its_interval(card, newcomers) -> None:
    table = Assigner(card).assign(newcomers.panel).table
    assert table.columns.tolist() == ["sample_id", "probability", "label", "reason", *MORE]
    low, high = table["probability_ci_low"], table["probability_ci_high"]
    assert (low <= table["probability"]).all()
    assert (table["probability"] <= high).all()
    between = table["probability"].between(0.1, 0.9)
    assert (high - low)[between].mean() > 5 * (high - low)[~between].mean()
    crossing = (low < 0.5) & (high > 0.5)
    told = table["reason"].str.contains("leave the probability between")
    assert (told == crossing).all()


def test_fewer_derivation_people_leave_more_open(newcomers) -> None:
    widths = []
    for n_case, n_reference in ((100, 40), (800, 320)):
        panel = simulate_cohort(
            "th2_subtype", seed=9, n_case=n_case, n_reference=n_reference, separation=4.5
        ).panel
        fitted = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2")).fit(panel)
        design = study_design(panel, ("MDD",), ("HC",))
        verdict = replace(
            decide(fitted, panel, design, DiscoverySettings(), seed=1), kind="discrete"
        )
        card = build_card(fitted, verdict, reading={"format": "wide"}, provenance={}, panel=panel)
        table = Assigner(card).assign(newcomers.panel).table
        widths.append((table["probability_ci_high"] - table["probability_ci_low"]).mean())
    assert widths[0] > 1.5 * widths[1]


def test_one_patient_alone_gets_every_bit_of_the_batch(card, newcomers) -> None:
    panel = newcomers.panel
    values = panel.values.copy()
    assigner = Assigner(card)
    values.iloc[::3, list(values).index(assigner.members[0])] = np.nan
    values.iloc[::5, list(values).index(card["axis"]["level_analytes"][0])] = np.nan
    panel = replace(panel, values=values)
    batch = assigner.assign(panel).table
    for i in range(0, 60, 7):
        alone = assigner.assign(panel.take([i])).table
        pd.testing.assert_frame_equal(
            alone, batch.iloc[[i]].reset_index(drop=True), check_exact=True
        )


def test_a_missing_member_blurs_and_does_not_bias(card, newcomers) -> None:
    assigner = Assigner(card)
    cases = newcomers.panel.in_groups(["MDD"])
    whole = assigner.assign(newcomers.panel).table[cases]
    lost = []
    for n in (1, 2):
        gone = assigner.members[:n]
        fewer = newcomers.panel.select([a for a in newcomers.panel.values if a not in gone])
        table = assigner.assign(fewer).table[cases]
        assert table["probability"].mean() == pytest.approx(whole["probability"].mean(), abs=0.04)
        assert (table["label"] == whole["label"]).mean() > 0.9
        assert table["reason"].str.contains(f"{n} analytes? not on the panel").all()
        lost.append(table["information_lost_frac"].iloc[0])
    assert 0 < lost[0] < lost[1] < 0.5


def test_a_member_that_carries_most_of_the_score_cannot_be_missed(card, newcomers) -> None:
    k = len(card["axis"]["members"])
    alone = np.diag([25.0, *[0.01] * (k - 1)])  # nothing else tells of the first member
    block = {**card["constants"], "members": {"mean": [0.0] * k, "covariance": alone.tolist()}}
    assigner = Assigner({**card, "constants": block})
    gone = assigner.members[0]
    fewer = newcomers.panel.select([a for a in newcomers.panel.values if a != gone])
    table = assigner.assign(fewer).table
    assert (table["label"] == "unclear").all()
    assert table["probability"].isna().all()
    assert table["reason"].str.contains("% of the information of the score lost, too much").all()


def test_out_of_range_names_the_analytes(card, newcomers) -> None:
    values = newcomers.panel.values.copy()
    values.iloc[0, list(values).index("CCL17")] += 40
    table = Assigner(card).assign(replace(newcomers.panel, values=values)).table
    assert "CCL17 beyond the values of the people the model was made on" in table["reason"][0]
    assert not table["reason"][1:].str.contains("CCL17 beyond").any()


def test_doubtful_quality_is_said(card, newcomers) -> None:
    panel = newcomers.panel
    members = list(Assigner(card).members)
    below = panel.below_lod.copy()
    below.iloc[1, [list(below).index(name) for name in members[:3]]] = True
    flags = pd.Series(["Warning", "Pass", ""] + ["PASS"] * (len(below) - 3), index=below.index)
    values = panel.values.copy()
    handling = ["SIRT2", "CASP8", "STAMBP", "AXIN1", "SULT1A1", "EIF4EBP1"]
    values.iloc[2, [list(values).index(name) for name in handling if name in values]] += 30
    samples = panel.samples.assign(qc=flags)
    doubtful = replace(panel, below_lod=below, values=values, samples=samples)
    reasons = Assigner(card).assign(doubtful).table["reason"]
    assert "quality flag Warning" in reasons[0]
    assert "3 of 5 members of the axis below detection" in reasons[1]
    assert "handling score beyond" in reasons[2]
    assert not reasons[3:].str.contains("quality flag").any()


def test_a_card_of_before_constants_were_kept_still_assigns(card, newcomers) -> None:
    old = {key: value for key, value in card.items() if key != "constants"}
    table = Assigner(old).assign(newcomers.panel).table
    new = Assigner(card).assign(newcomers.panel).table
    np.testing.assert_array_equal(table["probability"], new["probability"])
    assert table["probability_ci_low"].equals(table["probability"])


def test_a_card_without_a_subtype_needs_no_draws_and_gives_no_numbers(newcomers) -> None:
    panel = simulate_cohort("null", seed=6, n_case=200, n_reference=100).panel
    fitted = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2")).fit(panel)
    design = study_design(panel, ("MDD",), ("HC",))
    verdict = decide(fitted, panel, design, DiscoverySettings(), seed=1)
    card = build_card(
        fitted, verdict, reading={"format": "wide"}, provenance={"seed": 1}, panel=panel
    )
    assert card["constants"]["draws"] is None
    assert card["constants"]["axis"]["scale_se"] > 0
    table = Assigner(card).assign(newcomers.panel).table
    assert table[["probability", *MORE]].isna().all().all()


def changed(card: dict, *path: str, to: object) -> dict:
    """Return a copy of a card with one entry replaced."""
    copy = json.loads(json.dumps(card))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return copy


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("members", "covariance"), [[1.0]]),
        (("members", "mean"), [0.0]),
        (("draws", "constant"), [0.0]),
        (("draws", "constant"), []),
        (("draws", "analytes"), ["IL6"]),
        (("draws", "weights"), "none"),
        (("draws", "mixture"), {}),
        (("analytes",), None),
        (("handling",), 3),
    ],
)
def test_damaged_constants_are_explained(card, path, to) -> None:
    with pytest.raises(ModelError, match="card is damaged"):
        Assigner(changed(card, "constants", *path, to=to))


def test_the_panels_own_analyte_is_no_routine_marker(card, newcomers) -> None:
    routine = {"CCL17": {"marker": "crp", "column": "x", "unit": "mg/L"}}
    assigner = Assigner({**card, "reading": {**card["reading"], "routine": routine}})
    with pytest.raises(ModelError, match="the panel's own CCL17 is another measurement"):
        assigner.assign(newcomers.panel)
