"""Who meets which criteria, and what purity costs, as figures."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping import figures
from subtyping.criteria import criteria_overlap
from subtyping.statistics.peeling import peeling_path

TEXTS = ["CCL17 >= 9 NPX and CCL13 >= 8 NPX", "CRP > 3 mg/L", "eosinophils >= 300/uL"]


def criteria(flags):
    table = pd.DataFrame({"rule_text": TEXTS, "kind": ["subtype", "published", "published"]})
    return SimpleNamespace(table=table, overlap=criteria_overlap(TEXTS, flags))


@pytest.fixture
def flags():
    rng = np.random.default_rng(5)
    drawn = (rng.random((3, 60)) < 0.5).astype(float)
    drawn[1, :4] = np.nan
    return list(drawn)


def numbers(axes):
    return [int(text.get_text().replace(",", "")) for text in axes.texts]


def test_every_person_stands_in_one_column_and_the_rest_is_summed(flags):
    axes = figures.criteria_overlap(criteria(flags), n_combinations=3)
    _, above, beside = axes.figure.axes
    assert len(numbers(above)) == 4
    assert sum(numbers(above)) == 60
    assert numbers(above)[:3] == sorted(numbers(above)[:3], reverse=True)
    assert numbers(beside) == [int(np.nansum(one)) for one in flags]
    (told,) = [text.get_text() for text in axes.texts]
    assert "more\ncombinations" in told


def test_no_bar_for_the_rest_where_everything_is_drawn(flags):
    axes = figures.criteria_overlap(criteria([one[10:20] for one in flags]))
    assert not axes.texts
    assert axes.get_xlabel() == "Combinations of criteria, the largest first"
    assert next(label.get_text() for label in axes.get_yticklabels()) == (
        "CCL17 ≥ 9 NPX\nand CCL13 ≥ 8 NPX"
    )


def test_an_unknown_answer_is_a_ring(flags):
    axes = figures.criteria_overlap(criteria(flags), n_combinations=20)
    rings = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    overlap = criteria(flags).overlap
    assert len(rings) == overlap["is_met"].isna().sum() > 0


def test_the_path_starts_with_everybody_and_is_called_apparent():
    x = np.arange(40.0)[:, None]
    path = peeling_path(x, x[:, 0] >= 28, x[:, 0] < 28, ["A"], alpha=0.1)
    axes = figures.peeling(SimpleNamespace(peeling=path))
    assert "apparent" in axes.get_xlabel()
    assert "apparent" in axes.get_ylabel()
    assert axes.texts[0].get_text() == "everybody"
    drawn = np.column_stack(axes.lines[0].get_data())
    np.testing.assert_allclose(drawn, 100 * path[["coverage_frac", "purity_frac"]])
