"""The dose curve shows what the result holds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.figures.blockade import blockade_curve
from subtyping.figures.style import to_svg
from subtyping.signature.blockade import Blockade


@pytest.fixture
def result():
    """Return two pathways at three doses."""
    doses = np.array([0.0, 0.5, 1.0])
    parts = [
        pd.DataFrame(
            {
                "pathway": name,
                "metric": "percent_normalised",
                "dose": doses,
                "value": top * doses,
                "ci_low": (top - 10) * doses,
                "ci_high": (top + 10) * doses,
                "null_median": 20 * doses,
                "null_low": 10 * doses,
                "null_high": 30 * doses,
            }
        )
        for name, top in (("IL-4/IL-13", 40.0), ("TNF", 15.0))
    ]
    nothing = pd.DataFrame()
    return Blockade(nothing, pd.concat(parts), nothing, nothing, nothing, "")


def test_values_and_medians_are_drawn_as_they_are(result):
    axes = blockade_curve(result)
    drawn = [list(line.get_ydata()) for line in axes.get_lines()]
    assert [0.0, 20.0, 40.0] in drawn
    assert [0.0, 7.5, 15.0] in drawn
    assert drawn.count([0.0, 10.0, 20.0]) == 2
    assert "not an intervention" in axes.get_title(loc="left")


def test_pathways_differ_by_colour_and_marker(result):
    lines = [line for line in blockade_curve(result).get_lines() if line.get_marker() != "None"]
    assert len({line.get_color() for line in lines}) == len(lines) == 2
    assert len({line.get_marker() for line in lines}) == 2


def test_one_pathway_may_be_chosen(result):
    axes = blockade_curve(result, pathways=("TNF",))
    assert not any(list(line.get_ydata()) == [0.0, 20.0, 40.0] for line in axes.get_lines())


def test_nothing_applicable_is_said(result):
    axes = blockade_curve(replace(result, curve=result.curve.head(0)))
    assert "No pathway is applicable" in axes.texts[0].get_text()


def test_the_same_result_gives_the_same_bytes(result):
    assert to_svg(blockade_curve(result)) == to_svg(blockade_curve(result))
