"""Taxometric lines of evidence."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import fit_continuum, simulate_cohort
from subtyping.discovery import LabellingProcedure
from subtyping.discovery.taxometric import taxometric_lines

NAMES = ["taxometrics", "taxometrics MAMBAC", "taxometrics MAXEIG", "taxometrics L-Mode"]


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort("th2_subtype", seed=11, n_case=200, n_reference=80, separation=5.0)


def fitted(panel, axis="Th2"):
    return LabellingProcedure(("MDD",), ("HC",), define_axes(axis)).fit(panel)


def members(cohort, k: int):
    used = fitted(cohort.panel).members
    return fitted(cohort.panel, {"name": "mine", "members": list(used[:k])})


def test_a_planted_subtype_scores_higher_than_its_twins(cohort) -> None:
    continuum = fit_continuum(cohort.panel, case=["MDD"], reference=["HC"])
    twins = [fitted(continuum.draw(1, k)) for k in range(3)]
    lines = taxometric_lines(fitted(cohort.panel), 1, twins, n_comparison=20)
    assert [line.line for line in lines] == NAMES
    assert lines[0].value > 0.55 > lines[0].null_twin
    assert lines[0].value == pytest.approx(np.mean([line.value for line in lines[1:]]))
    assert not any(line.decides for line in lines)
    assert "two classes" in lines[0].sentence
    assert "on 3 continuum twins" in lines[0].sentence


def test_the_null_twin_is_the_median_over_twins(cohort) -> None:
    mine = fitted(cohort.panel)
    both = taxometric_lines(mine, 1, [mine], n_comparison=5)
    assert both[0].null_twin == pytest.approx(both[0].value, abs=0.1)


def test_the_same_seed_gives_the_same_lines(cohort) -> None:
    mine = fitted(cohort.panel)
    first, second = (taxometric_lines(mine, 4, [mine], n_comparison=5) for _ in range(2))
    assert first == second
    assert taxometric_lines(mine, 5, [mine], n_comparison=5) != first


def test_two_members_leave_mambac(cohort) -> None:
    lines = taxometric_lines(members(cohort, 2), 1, n_comparison=5)
    assert [line.line for line in lines] == NAMES
    assert np.isfinite(lines[1].value)
    for line in lines[2:]:
        assert np.isnan(line.value)
        assert "three members, and the axis has 2" in line.sentence


def test_one_member_leaves_a_reason(cohort) -> None:
    (line,) = taxometric_lines(members(cohort, 1), 1)
    assert np.isnan(line.value)
    assert "one member" in line.sentence


def test_too_small_a_class_leaves_a_reason(cohort) -> None:
    mine = fitted(cohort.panel)
    (line,) = taxometric_lines(replace(mine, model=replace(mine.model, weight=0.01)), 1)
    assert np.isnan(line.value)
    assert "not applicable" in line.sentence
    assert "base rate" in line.sentence
