"""Likeness figures draw what the result holds."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.figures.axis_radar import axis_radar
from subtyping.figures.likeness import likeness
from subtyping.figures.projection import projection
from subtyping.preparation import Preparation
from subtyping.signature.likeness import likeness_of_diseases


@pytest.fixture(scope="module")
def found():
    cohort = simulate_cohort("index_study", seed=3, n_case=50, n_reference=50, n_ad=50,
                             n_psoriasis=50)  # fmt: skip
    prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(cohort.panel)
    return likeness_of_diseases(
        prepared.log2, prepared.detected, cohort.panel.samples, case=["MDD"], reference=["HC"],
        comparisons=["AD", "psoriasis"], n_bootstrap=99, n_permutation=99,
    )  # fmt: skip


def labels(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


def test_every_correlation_has_its_row_and_the_difference_stands_last(found):
    axes = likeness(found)
    assert "AD: all analytes" in labels(axes)
    assert "psoriasis: without handling markers" in labels(axes)
    assert labels(axes)[-1].startswith("AD - psoriasis")
    assert axes.get_xlabel()


def test_what_is_not_estimable_says_so(found):
    table = found.table.assign(value=np.nan, reason="not estimable: noise")
    axes = likeness(type("Found", (), {"table": table})())
    assert {text.get_text() for text in axes.texts} == {"not estimable"}


def test_the_radar_has_a_line_for_each_group_and_the_healthy_ring(found):
    axes = axis_radar(found.profile)
    named = [line for line in axes.lines if line.get_label() in ("MDD", "AD", "psoriasis")]
    assert len(named) == 3
    assert any(len(line.get_xdata()) == 181 and not np.any(line.get_ydata()) for line in axes.lines)
    first = found.profile[found.profile["group"] == "MDD"].dropna(subset=["difference_sd"])
    np.testing.assert_allclose(named[0].get_ydata()[:-1], first["difference_sd"])


def test_a_radar_without_axes_says_so(found):
    axes = axis_radar(found.profile.assign(difference_sd=np.nan))
    assert axes.texts[0].get_text() == "No axis could be scored"


def test_the_projection_draws_every_person(found):
    axes = projection(found.projection, case="MDD")
    drawn = sum(len(points.get_offsets()) for points in axes.collections)
    assert drawn == len(found.projection.table)
    assert labels(axes)[1] == "MDD (n = 50)"


def test_no_projection_says_why(found):
    line = type(
        "None_", (), {"table": pd.DataFrame(), "first": "AD", "second": "", "reason": "few"}
    )
    assert projection(line()).texts[0].get_text() == "No projection: few"
