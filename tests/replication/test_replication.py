"""A candidate subtype against independent people."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import Assigner, DiscoverySettings, make_procedure
from subtyping.discovery.derivation import group_profile, sample_fingerprints
from subtyping.exceptions import InputError
from subtyping.replication.frozen import FrozenSubtype, declared_axes
from subtyping.replication.measures import (
    difference_interval,
    frozen_share,
    label_kappa,
    membership_kappa,
    partition_agreement,
    profile_correlation,
    rank_p_value,
)
from subtyping.replication.people import settle_newcomers
from subtyping.replication.replicate import replicate_subtype
from subtyping.replication.twins import replication_twins
from subtyping.statistics.two_groups import TwoGroups

FEW = DiscoverySettings(n_bootstrap=39, n_resamples=20)
ALONE = {"jobs": 1, "own_numbering": True}  # ids of simulated cohorts mean nothing
DISCOVERED = {"n_reference": 60, "n_analytes": 40, "detection": "complete"}


def people(design="th2_subtype", seed=50, n_case=120, **settings):
    if design == "th2_subtype":
        settings = {"separation": 5.0} | settings
    return simulate_cohort(design, seed=seed, n_case=n_case, **(DISCOVERED | settings)).panel


def replicate(assigner, panel, **settings):
    return replicate_subtype(
        assigner, panel, **({"settings": FEW, "draws": 20, "seed": 3} | ALONE | settings)
    )


def settle(assigner, panel):
    settings = {"case": None, "reference": None, "axis": "Th2", "own_numbering": True}
    return settle_newcomers(assigner, panel, **settings)


def with_samples(panel, **columns):
    return replace(panel, samples=panel.samples.assign(**columns))


def renamed(panel, ids):
    index = pd.Index(ids, name="sample_id")
    tables = ("values", "below_lod", "above_uloq", "lod", "samples")
    return replace(panel, **{name: getattr(panel, name).set_axis(index) for name in tables})


def number(result, line):
    return result.lines.set_index("line").loc[line]


def test_a_subtype_that_is_there_again_is_replicated(replicated) -> None:
    assert (replicated.outcome, replicated.claim) == ("replicated", "replicated")
    assert replicated.method.is_discrete
    share = number(replicated, "prevalence")
    assert share["ci_low"] < 0.27 < share["ci_high"]
    difference = number(replicated, "prevalence difference")
    assert difference["ci_low"] < 0 < difference["ci_high"]
    agreement = number(replicated, "agreement: memberships")
    assert agreement["value"] > replicated.agreement_limit > agreement["null_twin"]
    assert agreement["p_value"] == pytest.approx(1 / 21)
    assert "another claim" in replicated.sentence
    assert len(replicated.twins) == 20


def test_a_continuum_replicates_nothing(assigner) -> None:
    found = replicate(assigner, people("continuum", n_case=250))
    assert (found.outcome, found.claim) == ("not replicated", "candidate")
    assert found.sentence.startswith("Not replicated in 250 independent cases: ")
    assert number(found, "method")["value"] == 0


def test_a_few_people_are_too_few_to_tell(assigner) -> None:
    found = replicate(assigner, people("continuum", n_case=30))
    assert (found.outcome, found.claim) == ("underpowered", "candidate")
    assert found.power_at_minimum < 0.8
    assert f"about {found.n_needed} cases would do" in found.sentence


@pytest.mark.parametrize("ids", ["same", "other"])
def test_the_same_people_are_refused_whatever_they_are_called(assigner, derivation, ids) -> None:
    names = derivation.sample_ids if ids == "same" else [f"x{i}" for i in range(260)]
    again = renamed(derivation, names).take(np.arange(100, 260))
    with pytest.raises(InputError, match=r"160 samples .* and 157 more\) hold the very values"):
        replicate(assigner, again)


def test_neither_names_nor_order_move_a_point_estimate(
    assigner, newcomers, replicated, rng
) -> None:
    groups = newcomers.samples["group"].map({"MDD": "depressed", "HC": "well"})
    other = renamed(newcomers, [f"n{i}" for i in range(180)])
    other = with_samples(other, group=groups.to_numpy()).take(rng.permutation(180))
    found = replicate(assigner, other, case=["depressed"], reference=["well"])
    lines = [line for line in found.lines["line"] if line not in {"existence", "fit"}]
    assert len(lines) > 8
    for line in lines:
        expected = number(replicated, line)["value"]
        assert number(found, line)["value"] == pytest.approx(expected, abs=1e-6, nan_ok=True), line


def test_a_handful_of_reference_people_teaches_no_scale(assigner, newcomers) -> None:
    is_case = newcomers.in_groups(["MDD"])
    few = newcomers.take(np.r_[np.flatnonzero(is_case), np.flatnonzero(~is_case)[:5]])
    found = settle(assigner, few)
    assert found.refitted is None
    assert found.method_reason.startswith("because the new panel has only 5 of the 8")
    assert "and they take no part" in found.method_reason
    assert (len(found.panel.sample_ids), found.n_left_out) == (120, 5)


def test_newcomers_the_procedure_cannot_learn_from(card, newcomers) -> None:
    hidden = newcomers.below_lod.copy()
    hidden.loc[:, [name for name in card["axis"]["members"] if name in hidden][1:]] = True
    unlearnt = replace(newcomers, below_lod=hidden)
    people = settle(Assigner(card), unlearnt)
    assert people.refitted is None
    assert "The Th2 axis needs 2 measurable members and has 1" in people.method_reason
    assert people.procedure.reference == ("HC",)
    found = replicate(Assigner(card), unlearnt)
    assert (found.method, found.n_reference, found.n_left_out) == (None, 60, 0)
    assert {"specificity", "scale carried over"} <= set(found.lines["line"])
    plate = np.where(newcomers.in_groups(["MDD"]), "P1", "P2")
    blocked = replicate(Assigner(card), with_samples(unlearnt, batch=plate))
    assert (blocked.outcome, blocked.n_reference) == ("blocked", 60)


def test_plates_are_aligned_with_reference_people_who_teach_nothing(card, newcomers) -> None:
    hidden = newcomers.below_lod.copy()
    hidden.loc[:, [name for name in card["axis"]["members"] if name in hidden][1:]] = True
    is_case = newcomers.in_groups(["MDD"])
    second = np.where(is_case, np.arange(180) % 4 > 0, np.arange(180) % 4 == 0)  # unequal shares
    plain = with_samples(replace(newcomers, below_lod=hidden), batch=np.where(second, "b", "a"))
    shifted = replace(plain, values=plain.values + 3.0 * second[:, None])
    one, two = (settle(Assigner(card), panel) for panel in (plain, shifted))
    assert one.refitted is None
    np.testing.assert_allclose(
        one.fitted.scores.values - one.fitted.scores.values.mean(),
        two.fitted.scores.values - two.fitted.scores.values.mean(),
        atol=1e-8,
    )


def test_an_old_card_on_a_shifted_scale(card, newcomers, replicated) -> None:
    old = Assigner({key: value for key, value in card.items() if key != "replication"})
    values = newcomers.values.copy()
    values[[name for name in old.members if name in values]] += 2.0
    found = replicate(old, replace(newcomers, values=values))
    assert number(found, "scale carried over")["ci_low"] > 0.5
    assert "bridge the two measurements" in found.sentence
    assert found.method.is_discrete
    assert not [line for line in found.lines["line"] if line.startswith("profile")]
    assert [line for line in replicated.lines["line"] if line.startswith("profile")]


def test_one_patient_alone_is_assigned_as_in_the_batch(assigner, newcomers, replicated) -> None:
    alone = assigner.assign(newcomers.take([7])).table
    pd.testing.assert_frame_equal(
        alone, replicated.assignment.table.iloc[[7]].reset_index(drop=True)
    )
    assert list(replicated.assignment.table["sample_id"]) == list(newcomers.sample_ids)


def test_workers_change_nothing(assigner, newcomers, replicated) -> None:
    procedure = make_procedure(newcomers, case=["MDD"], reference=["HC"], axis="Th2")
    found = replication_twins(
        FrozenSubtype.of(assigner), newcomers, procedure, refits_scale=True, draws=3, seed=3, jobs=2
    )
    pd.testing.assert_frame_equal(found, replicated.twins.head(3))


def test_aliased_newcomers_are_blocked(assigner, newcomers) -> None:
    site = np.where(newcomers.in_groups(["MDD"]), "clinic", "blood bank")
    found = replicate(assigner, with_samples(newcomers, site=site))
    assert (found.outcome, found.claim) == ("blocked", "candidate")
    assert "site" in found.sentence
    assert len(found.twins) == 0


def test_a_group_that_goes_along_with_a_site_is_vetoed(assigner, newcomers) -> None:
    label = assigner.assign(newcomers).probability.to_numpy() > 0.5
    site = np.where(label, "north", "south").astype(object)
    reference = np.flatnonzero(newcomers.in_groups(["HC"]))
    site[reference[::2]] = "north"
    found = replicate(assigner, with_samples(newcomers, site=site))
    assert found.claim == "candidate"
    assert "cannot be told apart from site" in found.sentence


def test_plates_of_the_new_panel_are_aligned_with_one_another(card, newcomers) -> None:
    plate = np.arange(180) % 2
    shifted = replace(newcomers, values=newcomers.values + 3.0 * plate[:, None])
    frozen = FrozenSubtype.of(Assigner(card))
    procedure = make_procedure(newcomers, case=["MDD"], reference=["HC"], axis="Th2")

    def spread(panel, labels):
        z = frozen.prepare(with_samples(panel, batch=labels), procedure).z.to_numpy()
        return float(z.std(axis=0).mean())

    labels = np.where(plate == 1, "b", "a")
    assert spread(shifted, labels) == pytest.approx(spread(newcomers, labels), rel=1e-6)
    lonely = [f"plate {i}" for i in range(180)]  # nobody to align with: left alone
    assert spread(newcomers, lonely) > 0.5


def test_the_card_holds_a_profile_that_points_to_the_members(card, derivation) -> None:
    profile = pd.Series(
        card["replication"]["profile"]["difference_z"],
        index=card["replication"]["profile"]["analyte"],
    )
    members = card["axis"]["members"]
    assert profile[members].min() > profile.drop(members).abs().median() + 1
    kept = card["replication"]["samples"]
    assert kept["blocks"][0] == members
    assert len(kept["blocks"]) * len(derivation.sample_ids) == len(kept["digests"])


def seven_cases(panel):
    is_case = panel.in_groups(["MDD"])
    return panel.take(np.r_[np.flatnonzero(is_case)[:7], np.flatnonzero(~is_case)])


def other_unit(panel):
    return replace(panel, unit="log2")


def ungrouped(panel):
    return replace(panel, samples=panel.samples.drop(columns="group"))


def repeated(panel):
    return with_samples(panel, subject=[f"p{i // 2}" for i in range(180)])


def without_members(panel):
    kept = [n for n in panel.values.columns if not n.startswith("CCL") and not n.startswith("IL")]
    return panel.select(kept)


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        (None, {"case": ["MD"]}, r"case group 'MD'\. Groups found: HC \(60\), MDD \(120\)"),
        (None, {"reference": ["well"]}, r"reference group 'well'.*--reference"),
        (None, {"case": ["HC"]}, r"case or reference, not both: 'HC'"),
        (None, {"draws": 19}, "at least 20 draws; got 19"),
        (seven_cases, {}, "at least 8 new cases .*; of 7 in .* it can assign 7"),
        (other_unit, {}, "made on NPX, the panel is in log2"),
        (ungrouped, {}, "No group column was declared"),
        (repeated, {}, r"90 subjects .*several samples; a replication counts people"),
        (without_members, {}, "it can assign 0"),
    ],
)
def test_what_cannot_be_a_replication(assigner, newcomers, change, settings, message) -> None:
    panel = newcomers if change is None else change(newcomers)
    with pytest.raises(InputError, match=message):
        replicate(assigner, panel, **settings)


@pytest.mark.parametrize("kind", ["continuum", "none", "underpowered", "blocked"])
def test_there_must_be_a_candidate(card, newcomers, kind) -> None:
    other = Assigner({**card, "verdict": {**card["verdict"], "kind": kind}})
    with pytest.raises(InputError, match=f"verdict was {kind}: there is no candidate"):
        replicate(other, newcomers)


def test_kappa_by_hand() -> None:
    first = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
    second = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    # 8 of 10 alike; by chance .3 * .3 + .7 * .7 = .58; (.8 - .58) / .42
    assert label_kappa(first.astype(float), second.astype(float)) == pytest.approx(0.22 / 0.42)
    assert label_kappa(np.ones(4), np.array([1.0, 0, 0, 1])) == 0
    assert label_kappa(np.ones(4), np.ones(4)) == 0
    assert membership_kappa(first.astype(float), second.astype(float)) == pytest.approx(0.22 / 0.42)
    assert membership_kappa(np.ones(4), np.ones(4)) == 0
    assert partition_agreement(first, np.zeros(10, dtype=bool)) == 0


def test_the_share_is_found_where_the_posterior_mean_is_drawn_to_the_derivation(rng) -> None:
    model = TwoGroups(0.4, (0.0, 3.0), (1.0, 1.0), 0.0, float("nan"))
    member = rng.random(20_000) < 0.1
    probability = model.probability(rng.normal(size=20_000) + 3.0 * member)
    assert float(frozen_share(probability, 0.4)) == pytest.approx(member.mean(), abs=0.01)
    assert probability.mean() > member.mean() + 0.02
    many = frozen_share(np.stack([probability, 1 - probability]), 0.4)
    assert many.shape == (2,)


def test_small_measures_by_hand() -> None:
    # of three twins one reaches and one, not known, counts as if it did: (1 + 2) / (1 + 3)
    assert rank_p_value(0.5, np.array([0.1, np.nan, 0.7])) == pytest.approx(3 / 4)
    assert np.isnan(rank_p_value(float("nan"), np.array([0.1])))
    assert rank_p_value(0.5, np.array([np.nan])) == 1
    assert np.isnan(rank_p_value(0.5, np.array([])))
    assert profile_correlation(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])) == pytest.approx(1)
    assert np.isnan(profile_correlation(np.array([1.0, 2]), np.array([2.0, 4])))
    # .3 - .2 = .1; below by sqrt(.04 ** 2 + .03 ** 2) = .05, above likewise
    assert difference_interval((0.3, 0.26, 0.34), (0.2, 0.17, 0.23)) == pytest.approx(
        (0.1, 0.05, 0.15)
    )


def test_a_profile_is_taken_given_the_level(rng) -> None:
    level, member = rng.normal(size=400), (rng.random(400) < 0.3).astype(float)
    level += member
    z = np.column_stack([level, level + 2 * member])
    np.testing.assert_allclose(group_profile(z, level, member), [0, 2], atol=1e-9)
    assert np.isnan(group_profile(z, level, np.full(400, 0.5))).all()


def test_a_sample_that_was_hardly_detected_has_no_fingerprint() -> None:
    values = pd.DataFrame(np.ones((2, 6)), index=["a", "b"])
    detected = pd.DataFrame([[True] * 6, [True] * 4 + [False] * 2], index=["a", "b"])
    prints = sample_fingerprints(values, detected)
    assert prints["a"] is not None
    assert prints["b"] is None


def test_the_axis_is_the_one_that_was_declared(card) -> None:
    axis = FrozenSubtype.of(Assigner(card)).axis
    assert declared_axes(axis)[0].is_named
    own = declared_axes(replace(axis, members=("CCL17", "IL6")))[0]
    assert (own.members, own.is_named) == (("CCL17", "IL6"), False)
    assert declared_axes(axis, {"name": "mine", "members": ["CCL17"]})[0].name == "mine"
