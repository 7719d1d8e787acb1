"""Beeswarm, dependence and waterfall: what is drawn is what the result says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.figures.beeswarm import beeswarm
from subtyping.figures.dependence import dependence as draw_dependence
from subtyping.figures.style import save_png, to_svg, whole_figure
from subtyping.figures.waterfall import waterfall
from subtyping.prediction.attribution import attribute, with_refits
from subtyping.prediction.explain import (
    FoldExplanation,
    attribution_samples,
    dependence,
    explain_sample,
)


@pytest.fixture
def result(rng):
    z = rng.normal(size=(50, 5))
    data = pd.DataFrame(z, columns=["CCL17", "CCL13", "IL6", "TNF", "IL10"])
    data.index = pd.Index([f"s{i:02d}" for i in range(50)], name="sample_id")
    values = z * [2.0, 1.0, 0.5, 0.2, 0.0]
    fold = FoldExplanation(data, values, -1.0, None, 40, 100, ("CCL17",))
    refits = [replace(fold, values=(z - turn) * [2.0, 1.0, 0.5, 0.2, 0.0]) for turn in (-0.2, 0.3)]
    return with_refits(attribute([fold], axis_of={}, model="gradient_boosting"), refits)


@pytest.fixture
def sample(result):
    rows = attribution_samples(result, pd.DataFrame({"sample_id": result.data.index, "fold": 1}))
    return explain_sample(rows[rows["sample_id"] == "s03"])


def tick_labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def points(axes):
    found = [np.asarray(part.get_offsets()) for part in axes.collections]
    return [part for part in found if len(part)]


def test_the_beeswarm_draws_every_sample_of_each_analyte_once(result):
    axes = beeswarm(result, n_analytes=3)
    assert tick_labels(axes) == ["CCL17", "CCL13", "IL6"]
    rows = points(axes)
    assert [len(row) for row in rows] == [50, 50, 50]
    assert np.sort(rows[0][:, 0]) == pytest.approx(np.sort(result.values[:, 0]))
    for number, row in enumerate(rows):
        assert np.abs(row[:, 1] - number).max() < 0.45
    assert "out of fold (log-odds, gradient boosting)" in axes.get_xlabel()


def test_analytes_a_fold_did_not_keep_are_grey(result):
    result.data.iloc[:5, 0] = np.nan
    rows = points(beeswarm(result, n_analytes=1))
    assert [len(row) for row in rows] == [5, 45]


def test_the_dependence_shows_crossing_and_threshold(result):
    found = dependence(result, "CCL17")
    axes = draw_dependence(found, threshold=1.25, threshold_label="CCL17 ≥")
    assert found.crossing.ci_low < found.crossing.value < found.crossing.ci_high
    places = [line.get_xdata()[0] for line in axes.lines[1:]]
    assert places == pytest.approx([found.crossing.value, 1.25])
    legend = [text.get_text() for text in whole_figure(axes).legends[0].get_texts()]
    assert legend[0] == "held-out sample (50)"
    assert legend[1].startswith("SHAP zero crossing")
    assert legend[2] == "CCL17 ≥ 1.25"
    assert len(draw_dependence(found).lines) == 2
    zoned = draw_dependence(found, threshold=1.25, grey=(1.0, 1.5))
    spans = [(p.get_x(), p.get_width()) for p in zoned.patches]
    assert spans[-1] == pytest.approx((1.0, 0.5))
    assert len(spans) == 2  # the interval of the crossing and the grey zone
    ids = result.data.index
    in_units = dependence(result, "CCL17", values=pd.Series(np.exp(result.data["CCL17"]), ids),
                          unit="pg/mL")  # fmt: skip
    assert (zoned.get_xscale(), draw_dependence(in_units).get_xscale()) == ("linear", "log")
    nothing = draw_dependence(dependence(result, "IL10"))
    assert len(nothing.lines) == 1


def test_the_waterfall_goes_from_the_background_to_the_sample(sample):
    axes = waterfall(sample, n_analytes=2)
    labels = tick_labels(axes)
    assert (labels[0], labels[-2], labels[-1]) == ("background", "2 other analytes", "this sample")
    bars = axes.patches
    assert len(bars) == 3
    assert sum(bar.get_width() for bar in bars) == pytest.approx(
        sample.predicted - sample.base_value
    )
    colours = [bar.get_facecolor() for bar in bars[:2]]
    is_up = sample.table["attribution"].head(2) > 0
    assert (colours[0] == colours[1]) == (is_up.iloc[0] == is_up.iloc[1])
    texts = [text.get_text() for text in axes.texts]
    assert texts[-1].endswith(f"{sample.probability:.1%}")
    assert not any("-" in text for text in texts)


@pytest.mark.parametrize("kind", ["beeswarm", "dependence", "waterfall"])
def test_the_same_result_gives_the_same_bytes(result, sample, kind, tmp_path):
    draw = {
        "beeswarm": lambda: beeswarm(result),
        "dependence": lambda: draw_dependence(dependence(result, "CCL17")),
        "waterfall": lambda: waterfall(sample),
    }[kind]
    files = [save_png(draw(), tmp_path / f"{i}.png").read_bytes() for i in range(2)]
    assert files[0] == files[1]
    assert to_svg(draw(), title=kind).startswith("<svg")
