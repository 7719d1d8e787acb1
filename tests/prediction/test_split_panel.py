from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import continuum_twin, simulate_cohort
from subtyping.discovery import LabellingProcedure
from subtyping.prediction import SPLIT_PANEL_METRICS, split_panel_fidelity

OWN = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))


def panel_of(design="th2_subtype", detection="complete", **settings):
    return simulate_cohort(
        design, seed=4, n_case=90, n_reference=60, n_analytes=50, detection=detection, **settings
    ).panel


def measure(panel, **changes):
    given = {"splits": 3, "folds": 3, "seed": 2, "jobs": 1, "resamples": 30}
    return split_panel_fidelity(OWN, panel, **(given | changes))


def test_halves_predict_each_other_and_more_so_than_in_the_twin():
    panel = panel_of(separation=4.0)
    routine = panel.samples[["eosinophils_10e3_ul"]].set_axis(["eosinophils"], axis=1)
    found = measure(panel, routine=routine)
    twin = continuum_twin(panel, case=["MDD"], reference=["HC"], seed=1)
    found = found.beside_twins([measure(twin, routine=routine)])
    auc = found.table[found.table["metric"] == SPLIT_PANEL_METRICS[0]].set_index("predictors")
    assert auc.index.tolist() == ["other_half", "routine", "other_half_and_routine"]
    assert auc.loc["other_half", "value"] > 0.85
    assert auc.loc["other_half", "value"] > auc.loc["other_half", "null_twin"]
    assert (auc["ci_low"] <= auc["value"]).all()
    assert (auc["value"] <= auc["ci_high"]).all()
    assert "never counted as evidence that a subtype exists" in found.sentence
    assert "continuum twin" in found.sentence


def test_values_are_means_over_splits_whose_halves_do_not_overlap():
    found = measure(panel_of())
    splits = found.splits
    for row in splits.itertuples():
        half, rest = set(row.label_members.split(", ")), set(row.predictor_members.split(", "))
        assert len(half) == 4
        assert half | rest == set(splits.loc[0, "label_members"].split(", ")) | set(
            splits.loc[0, "predictor_members"].split(", ")
        )
        assert not half & rest
    assert splits["label_members"].nunique() > 1
    for metric, value in found.table.set_index("metric")["value"].items():
        assert value == pytest.approx(splits[metric].mean())


def test_members_drawn_apart_predict_nothing_of_each_other(rng):
    """Every column is noise: what the halves share is nothing."""
    panel = panel_of("null")
    noise = pd.DataFrame(
        rng.normal(size=panel.values.shape), panel.sample_ids, panel.values.columns
    )
    found = measure(replace(panel, values=noise), splits=4)
    assert found.table["value"].iloc[0] == pytest.approx(0.5, abs=0.1)


def test_too_few_detected_members_is_not_applicable_and_says_why():
    found = measure(panel_of(detection="realistic"))
    assert not found.is_applicable
    assert found.reason.startswith("each half needs 3 detected members of the Th2 axis")
    assert found.table.empty
    assert found.sentence == f"Split-panel fidelity is not applicable: {found.reason}."
    assert found.beside_twins([found]).table.empty


def test_workers_change_nothing():
    panel = panel_of()
    one, two = (measure(panel, splits=2, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    pd.testing.assert_frame_equal(one.splits, two.splits, check_exact=True)


def test_a_routine_marker_the_labels_are_made_of_does_not_predict_them():
    panel = panel_of()
    levels = pd.DataFrame({"eosinophils": 2.0 ** panel.values["CCL17"]}, panel.sample_ids)
    axes = define_axes({"name": "own", "members": [*OWN.axes[0].members, "eosinophils"]})
    values = panel.values.assign(eosinophils=panel.values["CCL17"])
    layers = {
        name: layer.assign(eosinophils=False if layer.to_numpy().dtype == bool else np.nan)
        for name, layer in panel.layers.items()
        if name != "values"
    }
    analytes = panel.analytes.reindex([*panel.analytes.index, "eosinophils"])
    panel = replace(panel, values=values, analytes=analytes, **layers)
    found = split_panel_fidelity(
        replace(OWN, axes=axes), panel, routine=levels, splits=3, folds=2, seed=2, jobs=1
    )
    with_marker = found.splits["label_members"].str.contains("eosinophils")
    assert with_marker.any()
    assert (
        found.splits.loc[with_marker & found.splits["predictors"].eq("routine")]
        .iloc[:, -4:]
        .isna()
        .all(axis=None)
    )
