"""The reversal figure draws what the tables hold."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.figures.reversal import reversal
from subtyping.signature.reversal import Reversal
from subtyping.signature.reversal.result import COLUMNS

ADJUSTED, PLAIN = "published, placebo-adjusted", "published"
WHY = "not applicable: 1 of 9 analytes has a known effect"


def row(drug, model, metric, value=np.nan, covered=1, *, reason=""):
    numbers = (value, value - 10, value + 10, 5.0, 0.01, covered, 9, covered, 80)
    return dict(zip(COLUMNS, (drug, model, "without", metric, *numbers, reason), strict=True))


@pytest.fixture
def result():
    table = pd.DataFrame(
        [
            row("good", ADJUSTED, "improvement_pct", 40.0, 6),
            row("good", PLAIN, "improvement_pct", 55.0, 6),
            row("good", "placebo arm", "improvement_pct", 12.0, 6),
            row("bad", ADJUSTED, "all", reason=WHY),
            row("bad", PLAIN, "all", reason=WHY),
        ]
    )
    verdicts = table[["drug", "model", "handling", "reason"]].assign(
        verdict=[
            "reverses",
            "reverses, not placebo-adjusted",
            "not shown",
            *["not applicable"] * 2,
        ],
        agreeing="",
    )
    analytes = pd.DataFrame(
        {"drug": "good", "model": ADJUSTED, "analyte": list("ABCD"), "is_wrong_way": True}
    )
    return Reversal(table, verdicts, pd.DataFrame(), analytes, pd.DataFrame(), "A hypothesis.")


def test_values_nulls_coverage_and_wrong_way_are_drawn(result):
    axes = reversal(result)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [
        "good, placebo-adjusted\n6 of 9 covered", "good\n6 of 9 covered", "bad\n1 of 9 covered",
    ]  # fmt: skip
    points = [
        tuple(cloud.get_offsets()[0]) for cloud in axes.collections if len(cloud.get_offsets())
    ]
    assert points == [(40.0, 0), (5.0, 0), (55.0, 1), (5.0, 1)]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["wrong way: A, B\nand 2 more", WHY]
    assert axes.lines[0].get_xdata().tolist() == [30.0, 50.0]


def test_only_a_verdict_fills_the_point(result):
    faces = [cloud.get_facecolor()[0].tolist() for cloud in reversal(result).collections[:3]]
    white = [1.0, 1.0, 1.0, 1.0]
    assert faces[0] != white
    assert faces[2] == white


def test_the_title_says_what_it_is(result):
    axes = reversal(result)
    assert axes.get_title(loc="left") == "A hypothesis, not a prediction of response"
    assert axes.get_xlabel().startswith("Percent of the signature taken away (capped")


def test_a_metric_that_is_not_there_says_so(result):
    texts = [text.get_text() for text in reversal(result, metric="cosine").texts]
    assert texts == ["not scored by this metric"] * 2 + [WHY]


def test_an_unknown_metric_is_refused(result):
    with pytest.raises(InputError, match="Did you mean 'cosine'"):
        reversal(result, metric="cosin")
