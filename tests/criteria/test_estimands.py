"""What the numbers of a rule are about: the latent class, this rule, this marker."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from subtyping.criteria import (
    Clause,
    EligibilityRule,
    best_category,
    criteria_overlap,
    highest_claim,
    paired_differences,
    propose_criteria,
    reporting_items,
)
from subtyping.criteria.latent import latent_membership
from subtyping.criteria.limits import (
    corrected_for_optimism,
    effective_n,
    frozen_limits,
    wilson_with_effect,
)
from subtyping.criteria.operating import at_prevalence
from subtyping.criteria.rows import threshold_limits
from subtyping.exceptions import InputError
from subtyping.knowledge import published_criteria
from subtyping.statistics.intervals import wilson_interval


def mixture(rng, loadings, n=3000, separation=3.0):
    """Members of one factor, their mean, the class, and its probability given the mean."""
    lam = np.array(loadings)
    own = np.sqrt(1 - lam**2)
    label = rng.random(n) < 0.3
    within = np.sqrt(lam.mean() ** 2 + (own**2).sum() / len(lam) ** 2)
    shift = separation * within / lam.mean()
    x = (rng.normal(size=n) + shift * label)[:, None] * lam + own * rng.normal(size=(n, len(lam)))
    s = x.mean(axis=1)
    gap = separation * within
    odds = 0.3 / 0.7 * np.exp((s - gap / 2) * gap / within**2)
    return x, s, label, odds / (1 + odds), shift * lam


@pytest.mark.parametrize(("loadings", "sign"), [([0.9, 0.5, 0.5], -1), ([0.5, 0.9, 0.9], 1)])
def test_joint_modelling_takes_away_the_bias_of_shared_analytes(rng, loadings, sign) -> None:
    x, s, label, p, gaps = mixture(rng, loadings)
    met = x[:, 0] >= gaps[0] / 2

    def gap(weights):
        return (weights * met).sum() / weights.sum() - met[label].mean()

    joint, shift = latent_membership(p, s, x[:, :1], np.ones(len(s)))
    assert sign * gap(p) > 0.03
    assert abs(gap(joint)) < 0.02
    assert sign * shift[0] < 0


def test_exchangeable_members_know_nothing_beyond_their_mean(rng) -> None:
    x, s, _, p, _ = mixture(rng, [0.8, 0.8])
    joint, shift = latent_membership(p, s, x[:, :1], np.ones(len(s)))
    assert abs(shift[0]) < 0.15
    assert np.abs(joint - p).mean() < 0.02


def test_what_is_not_known_stays_as_the_label_has_it(rng) -> None:
    x, s, _, p, _ = mixture(rng, [0.9, 0.5], n=200)
    x[:5, 0], p[5], x[6, 0] = np.nan, np.nan, -np.inf
    joint, _ = latent_membership(p, s, x[:, :1], np.ones(200))
    np.testing.assert_array_equal(joint[:5], p[:5])
    assert np.isnan(joint[5])
    assert np.isfinite(joint[6])
    nothing, shift = latent_membership(p, s, np.empty((200, 0)), np.ones(200))
    assert nothing is p
    assert shift.shape == (0,)


def test_noise_keeps_no_index_and_no_overfitting_changes_nothing() -> None:
    apparent, noise = at_prevalence(0.7, 0.7, 0.3), at_prevalence(0.5, 0.5, 0.3)
    assert sum(corrected_for_optimism(apparent, [apparent], [noise])) == pytest.approx(1.0)
    assert corrected_for_optimism(apparent, [apparent], [apparent]) == pytest.approx((0.7, 0.7))
    assert np.isnan(corrected_for_optimism(apparent, [], [])).all()


def test_the_interval_is_wilsons_at_the_effective_number() -> None:
    # variance .01 against .25 / 100: a design effect of 4
    errors = np.array([-0.1, 0.1, -0.1, 0.1]) * np.sqrt(0.75)
    assert effective_n(0.5, errors, 100) == pytest.approx(25)
    expected = [float(end) for end in wilson_interval(12.5, 25)]
    assert wilson_with_effect(0.5, errors, 100) == pytest.approx(tuple(expected))
    assert effective_n(0.5, [0.0, 1e-6], 100) == pytest.approx(100 / 0.75)  # and no better
    assert wilson_with_effect(1.0, [0.0, 0.0], 50) == (1.0, 1.0)
    assert np.isnan(wilson_with_effect(0.5, [0.1], 50)).all()


def test_a_declared_prevalence_has_no_interval_and_narrows_ppv() -> None:
    errors = [(-0.05, 0.02), (0.0, 0.0), (0.05, -0.02)]
    given = (at_prevalence(0.8, 0.9, 0.25), errors, [0.15, 0.25, 0.35], 50, 150)
    free, declared = frozen_limits(*given), frozen_limits(*given, is_declared=True)
    assert np.isnan(declared["prevalence_frac_ci_low"])
    width = [row["ppv_ci_high"] - row["ppv_ci_low"] for row in (free, declared)]
    assert width[1] < width[0]
    for row in (free, declared):
        assert row["positive_frac_ci_low"] < row["positive_frac"] < row["positive_frac_ci_high"]
        assert row["number_needed_to_screen_ci_low"] == 1 / row["positive_frac_ci_high"]


def test_no_plain_interval_of_the_threshold_under_four_fifths() -> None:
    cuts = [(float(k),) for k in range(101)]
    unsure, sure = (threshold_limits(cuts, (50.0,), share, n=60) for share in (0.79, 0.8))
    assert np.isnan(unsure["threshold_ci_low"])
    assert "79% of the resamples chose this marker" in unsure["threshold_interval_reason"]
    for end in ("low", "high"):
        given = unsure[f"threshold_given_marker_ci_{end}"]
        assert sure[f"threshold_ci_{end}"] == given
    assert "threshold_interval_reason" not in sure
    assert sure["threshold_ci_low"] < 2.5  # wider than the percentiles


def test_the_overlap_counts_everybody_once() -> None:
    flags = [np.array([1.0, 1, 0, np.nan]), np.array([1.0, 0, 0, 1]), np.ones(4)]
    rows = criteria_overlap(["A", "B", "everybody"], flags)
    once = rows.drop_duplicates("combination")
    assert once["n_case"].sum() == 4
    assert set(rows["rule_text"]) == {"A", "B"}
    assert rows["is_met"].isna().sum() == 1
    assert criteria_overlap(["everybody"], [np.ones(3)]).empty


def test_a_rule_does_not_differ_from_itself() -> None:
    draws = [at_prevalence(0.8 + d, 0.9 - d, 0.3) for d in (-0.05, 0.0, 0.05)]
    rows = paired_differences([("A", draws[1], draws)], [("B", draws[1], draws)])
    assert (rows[["difference", "difference_ci_low", "difference_ci_high"]] == 0).all(axis=None)
    assert paired_differences([], []).empty


def test_claims_follow_from_evidence_and_a_changed_rule_loses_them() -> None:
    rule = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
    seen = {"derivation_sha256": "a" * 64, "replication_sha256": "b" * 64,
            "replication_conclusion": "replicated"}  # fmt: skip
    more = seen | {"outcome_sha256": "c" * 64, "outcome": "HDRS-17 at week 8",
                   "association_p": "0.003"}  # fmt: skip
    assert [highest_claim(rule, one).claim for one in (None, seen, more)] == [
        "candidate",
        "replicated",
        "prognostic",
    ]
    assert highest_claim(rule, {"outcome": "HDRS-17"}).claim == "candidate"
    assert replace(highest_claim(rule, more), joiner="or").claim == "candidate"
    with pytest.raises(InputError, match="data it was made from"):
        highest_claim(rule, seen | {"replication_sha256": "a" * 64})
    with pytest.raises(InputError, match="concluded 'not replicated', not 'replicated'"):
        highest_claim(rule, seen | {"replication_conclusion": "not replicated"})
    for p_value in ("0.2", "none", "-1", "nan"):
        with pytest.raises(InputError, match="'association_p' must be a p-value below"):
            highest_claim(rule, more | {"association_p": p_value})
    assert best_category("predictive", "subtype") == "predictive"
    assert best_category("candidate", "published").startswith("as published")


def test_reporting_items_are_open_until_said() -> None:
    nothing = reporting_items({})
    assert (nothing["status"] == "open").all()
    some = reporting_items({"seed": "1", "performance": "sensitivity .9", "question": "  "})
    filled = some[some["status"] == "filled"]
    assert filled["topic"].tolist() == ["Model performance"]  # a seed only adds to what is said
    with pytest.raises(InputError, match="Did you mean 'question'"):
        reporting_items({"qestion": "?"})


@pytest.fixture
def found(cohort, procedure):
    panel, routine = cohort()
    verdict = SimpleNamespace(kind="discrete", axis="Th2", n_needed=None)
    return propose_criteria(
        panel,
        procedure,
        procedure.fit(panel),
        verdict,
        published=published_criteria(),
        routine=routine,
        resamples=20,
        jobs=1,
        max_markers=3,
        choose_by="net_benefit",
        choose_at=0.25,
        evidence={
            "derivation_sha256": "a" * 64,
            "replication_sha256": "b" * 64,
            "replication_conclusion": "replicated",
        },
    )


def test_what_a_proposal_brings_along(found) -> None:
    proposed = found.table[found.table["kind"] == "subtype"]
    assert [len(rule.clauses) for rule in found.rules[:3]] == [1, 2, 3]
    assert proposed["unit_3"].tolist()[2] == "pg/mL"
    assert proposed["target_condition"].str.contains("latent class").all()
    assert found.table["target_condition"].notna().all()
    assert (proposed["chosen_by"] == "net benefit at a threshold probability of 0.25").all()
    assert (proposed["claim"] == "replicated").all()
    assert proposed["best_category"].str.startswith("diagnostic").all()
    for name in ("sensitivity", "specificity"):
        assert proposed[f"fidelity_{name}"].between(0, 1).all()
        assert proposed[f"out_of_bag_{name}"].between(0, 1).all()
    assert {"CRP > 3 mg/L", "CRP >= 2 mg/L", "CRP > 5 mg/L", "everybody"} <= set(
        found.differences["comparator"]
    )
    assert set(found.differences["rule_text"]) == set(proposed["rule_text"])
    assert found.peeling["purity_frac"].iloc[-1] > found.peeling["purity_frac"].iloc[0]
    assert found.overlap.drop_duplicates("combination")["n_case"].sum() == 120
