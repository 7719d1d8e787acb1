"""How often cases and others fall into a group, and how surely."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import make_procedure
from subtyping.discovery.specificity import comparison_specificity_lines, specificity_lines


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort("th2_subtype", seed=3, n_case=120, n_reference=60, separation=4.5)


@pytest.fixture(scope="module")
def fitted(cohort):
    procedure = make_procedure(cohort.panel, case=["MDD"], reference=["HC"], axis="Th2")
    return procedure.fit(cohort.panel)


def test_ratio_and_difference_hold_their_estimates(fitted) -> None:
    ratio, difference = specificity_lines(fitted, 0, 100)
    assert ratio.line == "specificity"
    assert difference.line == "specificity: difference"
    assert 1 < ratio.ci_low <= ratio.value
    assert difference.ci_low <= difference.value <= difference.ci_high


def test_a_shifted_scale_makes_a_frozen_group_unspecific(fitted) -> None:
    values = fitted.scores.values.to_numpy()
    table = fitted.scores.table.assign(**{fitted.scores.values.name: values + 6.0})
    shifted = replace(fitted, scores=replace(fitted.scores, table=table))
    ratio, difference = specificity_lines(shifted, 0, 100, refit=False)
    assert ratio.ci_low <= 1 <= ratio.ci_high
    assert difference.ci_low <= 0 <= difference.ci_high
    assert ratio.sentence.startswith("Cases fall into the group not clearly more often")


def test_few_others_of_whom_none_is_in_the_group_prove_little(cohort, fitted) -> None:
    case = np.flatnonzero(fitted.is_case)
    values = fitted.scores.values.to_numpy()
    low = case[np.argsort(values[case])[:12]]
    groups = cohort.panel.samples["group"].astype(object)
    groups.iloc[low] = "AD"
    panel = replace(cohort.panel, samples=cohort.panel.samples.assign(group=groups))
    lines = comparison_specificity_lines(fitted, panel, ["AD", "PSO"], 0, 200)
    assert [line.line for line in lines] == ["specificity: AD", "specificity: AD, difference"]
    upper_share_of_none_in_12 = 0.18  # Jeffreys: 97.5 % point of Beta(.5, 12.5)
    here = lines[1].value
    assert lines[1].ci_low < here - upper_share_of_none_in_12 + 0.1


def test_a_group_of_a_handful_has_no_lines(cohort, fitted) -> None:
    groups = cohort.panel.samples["group"].astype(object)
    groups.iloc[:5] = "AD"
    panel = replace(cohort.panel, samples=cohort.panel.samples.assign(group=groups))
    assert comparison_specificity_lines(fitted, panel, ["AD"], 0, 20) == []
