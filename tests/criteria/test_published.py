"""Published criteria where the routine marker was not measured in everybody."""

import numpy as np
import pytest

from subtyping.criteria.operating import at_prevalence, operating_characteristics
from subtyping.criteria.people import People
from subtyping.criteria.published import comparator_row, published_rules
from subtyping.knowledge import published_criteria
from subtyping.statistics.intervals import wilson_interval


@pytest.fixture
def measured_in_half(cohort, rng):
    """Return people, the CRP rule, and memberships that are commoner where CRP is known."""
    panel, routine = cohort(n_case=120, n_reference=20)
    is_case = panel.in_groups(("MDD",))
    routine = routine[["crp"]].copy()
    routine.iloc[60:, 0] = np.nan
    people = People(panel.take(is_case), panel.take(~is_case), routine)
    rules = published_rules(published_criteria(), routine)
    rule = next(one for _, one in rules if one.text == "CRP > 3 mg/L")
    chance = np.where(np.arange(120) < 60, 0.4, 0.1)
    return people, rule, (rng.random(120) < chance).astype(float)


def row_of(people, rule, probability, target=None):
    draws = [at_prevalence(se, sp, 0.25) for se, sp in ((0.2, 0.7), (0.3, 0.8), (0.25, 0.75))]
    return comparator_row("", rule, people, (probability, "the class", target), draws)


def test_a_rule_is_judged_at_the_prevalence_of_all_cases_as_the_proposed_ones_are(
    measured_in_half,
) -> None:
    people, rule, probability = measured_in_half
    row = row_of(people, rule, probability)
    assert row["prevalence_frac"] == probability.mean()
    flags = people.flags(rule)
    seen = operating_characteristics(flags, probability)
    assert (row["sensitivity"], row["specificity"]) == (seen.sensitivity, seen.specificity)
    expected = at_prevalence(seen.sensitivity, seen.specificity, probability.mean())
    for_one = 1 / (probability.mean() * seen.sensitivity)
    assert row["screened_per_member"] == pytest.approx(for_one)
    assert row["ppv"] == pytest.approx(expected.ppv)
    assert row_of(people, rule, probability, 0.1)["prevalence_frac"] == 0.1


def test_its_interval_counts_the_people_it_could_be_judged_in(measured_in_half) -> None:
    people, rule, probability = measured_in_half
    row = row_of(people, rule, probability)
    assert row["n_case"] == 60
    expected = wilson_interval(row["positive_frac"] * 60, 60)
    found = (row["positive_frac_ci_low"], row["positive_frac_ci_high"])
    assert found == pytest.approx(tuple(float(end) for end in expected))


def test_the_row_says_what_it_is_held_against(measured_in_half) -> None:
    people, rule, probability = measured_in_half
    assert "against the labels" in row_of(people, rule, probability)["obtained"]
    alone = comparator_row("", rule, people, None, [])
    assert alone["obtained"] == "share of cases"
    assert "screened_per_member" not in alone  # nobody has a target
