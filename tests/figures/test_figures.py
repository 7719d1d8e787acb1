"""Figures draw what the result holds, nothing less and nothing more."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from subtyping import figures
from subtyping.report import pictures

GROUPS = {"case": ["MDD"], "reference": ["HC"]}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def legend(axes):
    return [text.get_text() for box in axes.figure.legends for text in box.get_texts()]


def tick_labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.fixture(scope="module")
def result(fake_result):
    return fake_result("discrete")


@pytest.fixture(scope="module")
def colours(result):
    return figures.group_colours(result.groups)


def skew(result, colours, **changes):
    arguments = GROUPS | {"fit": result.skew_fit} | changes
    return figures.skew_distribution(
        result.axis_scores, result.verdict, result.group_of_sample, colours, **arguments
    )


@pytest.mark.parametrize("kind", ["discrete", "continuum", "none", "underpowered", "blocked"])
def test_every_figure_of_every_verdict_is_labelled(fake_result, kind):
    for picture in pictures(fake_result(kind)):
        axes = picture.draw()
        assert axes.get_xlabel(), picture.name
        assert axes.get_ylabel() or any(tick_labels(axes)), picture.name


def test_skew_shows_the_verdict_the_counts_and_both_curves(result, colours):
    axes = skew(result, colours)
    assert axes.get_title(loc="left") == "Two groups describe the cases better than one"
    assert legend(axes) == ["HC (n = 80)", "MDD (n = 120)", "two groups, fitted",
                            "one group, fitted"]  # fmt: skip
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), result.skew_fit["density_mixture"])


def test_skew_without_a_level_is_called_a_raw_score(result, colours):
    table = result.axis_scores.table.assign(Th2_skew=np.nan)
    axes = figures.skew_distribution(
        SimpleNamespace(table=table), result.verdict, result.group_of_sample, colours, **GROUPS
    )
    assert "raw score" in axes.get_xlabel()


def test_skew_with_nobody_scored_says_so(result, colours):
    table = result.axis_scores.table[["level"]]
    axes = figures.skew_distribution(
        SimpleNamespace(table=table), result.verdict, result.group_of_sample, colours, **GROUPS
    )
    assert texts(axes) == ["No sample could be scored"]


def test_the_map_says_it_is_a_picture_and_shades_only_assigned_people(result, colours):
    axes = figures.cohort_map(result.embedding, colours, assignment=result.verdict.assignment)
    assert "nothing is clustered" in axes.get_title(loc="left")
    sizes = [len(points.get_offsets()) for points in axes.collections]
    assert sizes == [80, 20, 120]
    assert len(axes.figure.axes) == 2  # the second is the bar of probabilities


def test_the_map_without_probabilities_is_coloured_by_group(fake_result, colours):
    result = fake_result("continuum")
    axes = figures.cohort_map(result.embedding, colours, assignment=result.verdict.assignment)
    assert [len(points.get_offsets()) for points in axes.collections] == [120, 80, 20]
    assert len(axes.figure.axes) == 1


def test_volcano_names_hits_without_overlap(result):
    axes = figures.volcano(result.differential)
    assert "CCL17" in texts(axes)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # small p-values on top
    axes.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in axes.texts]  # words, without their lines
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_volcano_without_p_values_says_so(fake_result):
    axes = figures.volcano(fake_result("blocked").differential)
    assert texts(axes) == ["No p-values are given for this contrast"]


def test_volcano_survives_a_p_value_of_zero(result):
    table = result.differential.table.copy()
    table.loc[0, "p_value"] = 0.0
    axes = figures.volcano(SimpleNamespace(table=table, sentence=""))
    assert min(axes.get_ylim()) > 0


def test_axis_scores_has_a_row_for_the_level_and_each_axis(result, colours):
    axes = figures.axis_scores(result.axis_scores, result.group_of_sample, colours)
    assert tick_labels(axes) == ["General level", "Th1", "Th2", "Th17", "Innate"]
    assert len(axes.collections) == 15  # five rows, three groups


def test_axis_scores_draws_every_person(result, colours):
    axes = figures.axis_scores(result.axis_scores, result.group_of_sample, colours)
    drawn = np.sort(np.concatenate([points.get_offsets()[:, 0] for points in axes.collections[:3]]))
    np.testing.assert_allclose(drawn, np.sort(result.axis_scores.table["level"]))


def test_calibration_draws_one_line_for_each_model(result):
    axes = figures.calibration(result.prediction)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "perfect calibration",
        "elastic net",
        "gradient boosting",
    ]


def test_attribution_greys_what_does_not_pass_its_permuted_mark(result):
    axes = figures.attribution(result.prediction.attribution)
    colours = {bar.get_facecolor() for bar in axes.patches[:5]}
    below = {bar.get_facecolor() for bar in axes.patches[5:]}
    assert len(colours) == 1
    assert len(below) == 1
    assert colours != below
    assert texts(axes)[5] == "rank 6 (5–12)"


def test_criteria_keep_the_row_of_a_rule_that_has_no_number(result):
    axes = figures.criteria_operating_characteristics(result.criteria)
    assert tick_labels(axes) == [
        "CCL17 ≥ 9.2 NPX",
        "CCL17 ≥ 8.8 NPX\nand CCL13 ≥ 10.1 NPX",
        "CRP > 3 mg/L",
        "Eosinophils ≥ 300/µL",
    ]
    assert texts(axes) == ["not known in these people"]


def test_colours_follow_the_role_and_not_the_order():
    table = pd.DataFrame({"group": ["a", "b", "c", "d"], "n": 1})
    roles = ["case", "reference", "comparison", "none"]
    one = figures.group_colours(table.assign(role=roles))
    back = table.iloc[::-1].assign(role=roles[::-1])
    assert figures.group_colours(back) == one
    assert len(set(one.values())) == 4


def test_same_figure_same_bytes(result, colours, tmp_path):
    first, second = (figures.to_svg(skew(result, colours), title="t", prefix="p") for _ in range(2))
    assert first == second
    for name in ("a.png", "b.png"):
        figures.save_png(skew(result, colours), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_svg_stands_alone_and_reads_aloud(result, colours):
    svg = figures.to_svg(skew(result, colours), title="A < B", description="d", prefix="p")
    assert svg.startswith("<svg")
    assert '<title id="p-title">A &lt; B</title>' in svg
    assert "<metadata" not in svg
    assert "<style" not in svg
    assert svg.count('id="p-') == svg.count(' id="')
    assert "two groups, fitted" in svg  # text stays text


def test_the_person_s_own_style_neither_leaks_in_nor_out(result, colours):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 31.0, "axes.facecolor": "black"}):
        loud = figures.to_svg(skew(result, colours), prefix="p")
        assert mpl.rcParams["font.size"] == 31.0
    assert loud == figures.to_svg(skew(result, colours), prefix="p")


def test_no_global_figure_is_left_behind(result, colours):
    import sys

    skew(result, colours)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []
