"""Stability lines beside their twins."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import fit_continuum, simulate_cohort
from subtyping.discovery import LabellingProcedure
from subtyping.discovery.stability import _is_upper, stability, stability_lines
from subtyping.exceptions import InputError

NAMES = ["stability", "split-half strength", "split-half agreement"]
PROCEDURE = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))


def people(design: str, **options: object):
    sizes = {"n_case": 150, "n_reference": 80, "n_analytes": 40}
    return simulate_cohort(design, seed=11, **{**sizes, **options}).panel


@pytest.fixture(scope="module")
def planted():
    return people("th2_subtype", separation=5.0)


@pytest.fixture(scope="module")
def twins(planted):
    continuum = fit_continuum(planted, case=["MDD"], reference=["HC"])
    return [PROCEDURE.fit(continuum.draw(1, k)) for k in range(3)]


def test_a_planted_subtype_is_found_again_more_than_its_twins(planted, twins) -> None:
    lines = stability_lines(PROCEDURE.fit(planted), twins, 1, 12)
    assert [line.line for line in lines] == NAMES
    for line in lines:
        assert line.value > 0.8
        assert line.value > line.null_twin + 0.05
        assert line.ci_low <= line.value <= line.ci_high
        assert "on 3 continuum twins" in line.sentence
        assert not line.decides


def test_a_continuum_is_as_stable_as_its_twins(twins) -> None:
    lines = stability_lines(twins[0], twins[1:], 1, 12)
    assert lines[0].value > 0.3  # a cut through a continuum is steady too
    assert abs(lines[0].value - lines[0].null_twin) < 0.3


def test_the_null_twin_is_the_median_over_twins(planted) -> None:
    mine = PROCEDURE.fit(planted)
    for line in stability_lines(mine, [mine], 1, 6):
        assert line.null_twin == line.value


def test_without_a_twin_there_is_no_number(planted) -> None:
    lines = stability_lines(PROCEDURE.fit(planted), [], 1)
    assert [line.line for line in lines] == NAMES
    assert all(np.isnan(line.value) for line in lines)
    assert "without continuum twins" in lines[0].sentence


def test_the_same_seed_gives_the_same_numbers(planted) -> None:
    mine = PROCEDURE.fit(planted)
    one, same, other = (stability(mine, seed, 6) for seed in (1, 1, 2))
    assert one.jaccard.tobytes() == same.jaccard.tobytes()
    assert one.rand.tobytes() == same.rand.tobytes()
    assert one.jaccard.tobytes() != other.jaccard.tobytes()


def test_numbers_lie_where_they_must(planted) -> None:
    found = stability(PROCEDURE.fit(planted), 3, 8)
    assert found.jaccard.shape == (8, 2)
    assert found.strength.shape == found.rand.shape == (4,)
    assert found.jaccard.min() >= 0
    assert found.jaccard.max() <= 1
    assert found.values[0] == found.jaccard.mean(axis=0).min()


def test_everyone_drawn_is_the_procedure_itself(planted) -> None:
    fitted = PROCEDURE.fit(planted)
    part = [np.flatnonzero(fitted.is_case), np.flatnonzero(fitted.is_reference)]
    upper = _is_upper(fitted, [part])[0]
    expected = fitted.model.probability(fitted.scores.values.to_numpy()) >= 0.5
    np.testing.assert_array_equal(upper, expected)


def test_too_few_cases_are_said_to_be_too_few(planted) -> None:
    fitted = PROCEDURE.fit(planted)
    few = fitted.is_case & (np.cumsum(fitted.is_case) <= 15)
    small = replace(fitted, is_case=few)
    with pytest.raises(InputError, match=r"at least 8 people.*have 15 and 80"):
        stability(small, 1)
    lines = stability_lines(small, [fitted], 1)
    assert np.isnan(lines[0].value)
    assert lines[0].sentence.startswith("Stability is not applicable. Half of the cases")
    beside = stability_lines(fitted, [small], 1, 4)
    assert "no continuum twin of this cohort can be labelled" in beside[0].sentence
