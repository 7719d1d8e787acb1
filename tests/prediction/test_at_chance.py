"""Promises by simulation: where there is nothing to find, out-of-fold numbers say so."""

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import NULL_SUITE, continuum_twin
from subtyping.discovery import LabellingProcedure
from subtyping.prediction import MODELS, predict_membership, predict_outcome

pytestmark = pytest.mark.guarantee


def within(values, expected, least=0.0):
    """Whether a mean lies within three standard errors of what is expected."""
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return abs(np.mean(values) - expected) < max(3 * error, least)


@pytest.mark.parametrize("model", MODELS)
def test_permuted_outcomes_are_predicted_at_chance(cohort, procedure, model):
    areas, slopes = [], []
    for draw in range(30):
        panel = cohort(900 + draw, n_case=80)
        y = np.random.default_rng(draw).permutation(np.repeat([0.0, 1.0], 60))
        outcome = pd.Series(y, panel.sample_ids, name="relapse")
        found = predict_outcome(
            panel, outcome, procedure=procedure(), kind="binary", models=(model,), folds=4,
            inner_folds=2, calibrate="platt", null_draws=0, resamples=0, seed=draw, jobs=1,
        )  # fmt: skip
        table = found.metrics.set_index("metric")["value"]
        areas.append(table["auc_out_of_fold"])
        slopes.append(table["brier_out_of_fold"])
    assert within(areas, 0.5)
    assert np.mean(slopes) > 0.245


def test_fidelity_on_independent_columns_is_that_of_its_twin():
    own = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    gaps = []
    for draw in range(12):
        panel = NULL_SUITE["independent_noise"].make(seed=500 + draw, n_case=150).panel
        twin = continuum_twin(panel, case=["MDD"], reference=["HC"], seed=draw)
        area = [
            predict_membership(
                own, one, axis_of={}, models=("elastic_net",), folds=4, explain=None, seed=draw,
                jobs=1, resamples=0,
            ).metrics["value"].iloc[0]
            for one in (panel, twin)
        ]  # fmt: skip
        gaps.append(area[0] - area[1])
    assert within(gaps, 0.0, least=0.005)
