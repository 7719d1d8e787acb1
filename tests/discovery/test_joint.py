"""The joint line of evidence."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.discovery import LabellingProcedure
from subtyping.discovery.joint import joint_line


def fitted(panel, axis="Th2"):
    return LabellingProcedure(("MDD",), ("HC",), define_axes(axis)).fit(panel)


@pytest.fixture(scope="module")
def planted():
    cohort = simulate_cohort("th2_subtype", seed=11, n_case=240, n_reference=80, separation=5.0)
    return fitted(cohort.panel)


def test_a_planted_subtype_is_seen(planted) -> None:
    line = joint_line(planted, 1, 199)
    assert line.line == "joint"
    assert line.p_value <= 0.03
    assert line.value > line.null_twin
    assert not line.decides
    assert "does not fit the 5 members together" in line.sentence
    assert "left out better by" in line.sentence


def test_a_continuum_is_not_a_mixture() -> None:
    panel = simulate_cohort("continuum", seed=3, n_case=240, n_reference=80).panel
    line = joint_line(fitted(panel), 1, 99)
    assert line.p_value > 0.03
    assert "One unimodal factor fits" in line.sentence


def test_the_same_seed_gives_the_same_line(planted) -> None:
    assert joint_line(planted, 7, 39) == joint_line(planted, 7, 39)


def test_the_order_of_people_does_not_matter(planted) -> None:
    order = np.random.default_rng(0).permutation(len(planted.is_case))
    scores = replace(planted.scores, residuals=planted.scores.residuals.iloc[order])
    shuffled = replace(planted, scores=scores, is_case=planted.is_case[order])
    assert joint_line(shuffled, 1, 39).value == pytest.approx(
        joint_line(planted, 1, 39).value, abs=1e-3
    )


def test_one_member_leaves_a_reason(planted) -> None:
    scores = replace(planted.scores, residuals=planted.scores.residuals.iloc[:, :1])
    line = joint_line(replace(planted, scores=scores), 1, 39)
    assert np.isnan(line.value)
    assert np.isnan(line.p_value)
    assert "one member" in line.sentence
