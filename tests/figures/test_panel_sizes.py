"""Fidelity against the number of analytes, as a figure."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping import figures

ROWS = [
    ("research", 42.0, 0.99, 0.98, 1.0, 0.98),
    ("reduced", 2.0, 0.96, 0.94, 0.98, 0.95),
    ("reduced", 1.0, 0.93, 0.90, 0.95, np.nan),
    ("routine", np.nan, 0.74, 0.70, 0.78, 0.52),
]
COLUMNS = ["panel", "size", "value", "ci_low", "ci_high", "null_twin"]


@pytest.fixture
def prediction():
    table = pd.DataFrame(ROWS, columns=COLUMNS).assign(metric="fidelity_auc_out_of_fold")
    other = table.assign(metric="fidelity_brier_out_of_fold", value=0.1)
    return SimpleNamespace(panels=pd.concat([other, table]))


def test_small_panels_come_in_order_then_routine_markers_then_all(prediction):
    axes = figures.panel_sizes(prediction)
    assert [text.get_text() for text in axes.get_xticklabels()] == [
        "1", "2", "routine\nmarkers", "all 42"]  # fmt: skip
    (curve, _) = axes.lines
    assert curve.get_ydata().tolist() == [0.93, 0.96]


def test_nothing_is_drawn_for_panels_that_were_not_tried(prediction):
    panels = prediction.panels
    axes = figures.panel_sizes(SimpleNamespace(panels=panels[panels["panel"] == "reduced"]))
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2"]
    assert len(axes.get_legend().get_texts()) == 2
