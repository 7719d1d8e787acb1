"""The forest of axis members and the heatmap show what the tables hold."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from subtyping.figures.axis_forest import axis_forest
from subtyping.figures.heatmap import MOST, heatmap

MEMBERS = {"Th2": ["CCL11", "IL4", "IL13", "TSLP"], "Th1": ["CXCL10", "IFNG"]}


def differential(**changes) -> SimpleNamespace:
    nan = np.nan
    table = pd.DataFrame(
        [
            ("CCL11", 1.0, 0.6, 1.4, 0.001, 0.002, 1.0, False),
            ("IL4", -0.4, nan, 0.3, 0.2, 0.3, 0.3, True),
            ("IL13", nan, nan, nan, 0.4, 0.5, 0.04, True),
            ("CXCL10", -0.8, -1.2, -0.4, 0.001, 0.002, 1.0, False),
            ("IFNG", nan, nan, nan, nan, nan, 0.0, True),
        ],
        columns=[
            *("analyte", "log2_fc", "ci_low", "ci_high", "p_value", "q_value", "detected_frac"),
            "is_mostly_below_detection",
        ],
    )
    return SimpleNamespace(table=table.assign(contrast="MDD vs HC", **changes))


def labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_forest_has_a_row_for_every_member_under_its_axis():
    axes = axis_forest(differential(), MEMBERS)
    assert labels(axes) == ["Th2", *MEMBERS["Th2"], "Th1", *MEMBERS["Th1"]]
    assert axes.get_title(loc="left").startswith("MDD vs HC")
    assert axes.get_xlabel()


def test_forest_says_why_a_member_has_no_fold_change():
    told = [text.get_text() for text in axis_forest(differential(), MEMBERS).texts]
    assert told == [
        "detected in 4%, rates compared: q = 0.5",
        "not on the panel",
        "never detected",
    ]


def test_forest_opens_the_circle_of_a_member_below_detection():
    axes = axis_forest(differential(), MEMBERS)
    faces = {
        (float(line.get_xdata()[0]), line.get_markerfacecolor())
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_xdata())
    }
    assert faces == {(1.0, "#d55e00"), (-0.4, "white"), (-0.8, "#0072b2")}


def test_forest_of_a_blocked_contrast_has_points_without_intervals():
    nan = np.nan
    blank = differential(ci_low=nan, ci_high=nan, p_value=nan, q_value=nan)
    assert len(axis_forest(blank, MEMBERS).texts) == 3
    empty = SimpleNamespace(table=blank.table.iloc[:0])
    assert labels(axis_forest(empty, {})) == []


def people(rng, n_analytes: int = 8):
    ids = [f"s{i}" for i in range(30)]
    z = pd.DataFrame(rng.normal(size=(30, n_analytes)), ids, [f"A{i}" for i in range(n_analytes)])
    z.iloc[0, 0] = np.nan
    return z, pd.Series(["HC", "MDD", "AD"] * 10, ids)


def test_heatmap_orders_people_by_group_then_mean_and_centres_on_zero(rng):
    z, group = people(rng)
    axes = heatmap(z, group, {"HC": "#0072b2", "MDD": "#d55e00"}, analytes=["A3", "none", "A1"])
    picture = axes.images[0]
    shown = z.loc[group == "HC", ["A3", "A1"]]
    expected = shown.to_numpy()[np.argsort(shown.mean(axis=1).to_numpy(), kind="stable")].T
    np.testing.assert_array_equal(picture.get_array()[:, :10], expected)
    assert picture.get_clim() == (-3.0, 3.0)
    assert labels(axes) == ["A3", "A1"]
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["HC\n(n = 10)", "MDD\n(n = 10)"]
    assert "nothing is clustered" in axes.get_title(loc="left")


def test_heatmap_says_how_many_analytes_it_leaves_out(rng):
    axes = heatmap(*people(rng, MOST + 5), {"HC": "#0072b2"})
    assert f"the first {MOST} of {MOST + 5} analytes" in axes.get_title(loc="left")
    nothing = heatmap(*people(rng), {})
    assert [text.get_text() for text in nothing.texts] == ["Nothing to show"]
