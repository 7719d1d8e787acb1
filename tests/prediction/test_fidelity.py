import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from subtyping.prediction.fidelity import FIDELITY_METRICS, auc_within_folds, fidelity_metrics
from subtyping.prediction.resampling import people_weights, percentile_interval


def test_one_fold_is_the_usual_area(rng):
    p, y = rng.uniform(size=80).round(1), rng.uniform(size=80) < 0.4
    assert auc_within_folds(p, y, np.zeros(80))[0] == pytest.approx(roc_auc_score(y, p))


def test_folds_are_weighted_by_their_pairs(rng):
    p, y, fold = rng.uniform(size=90), rng.uniform(size=90) < 0.4, np.repeat([0, 1, 2], 30)
    pairs = [y[fold == k].sum() * (~y[fold == k]).sum() for k in range(3)]
    areas = [roc_auc_score(y[fold == k], p[fold == k]) for k in range(3)]
    assert auc_within_folds(p, y, fold)[0] == pytest.approx(np.average(areas, weights=pairs))


def test_a_shift_between_folds_changes_nothing(rng):
    p, y, fold = rng.uniform(size=60), rng.uniform(size=60) < 0.4, np.repeat([0, 1], 30)
    assert auc_within_folds(p + 5 * fold, y, fold) == auc_within_folds(p, y, fold)


def test_weights_are_repeats(rng):
    p, y, fold = rng.uniform(size=40), rng.uniform(size=40) < 0.5, np.repeat([0, 1], 20)
    counts = rng.integers(0, 3, size=(4, 40))
    for row, found in zip(counts, auc_within_folds(p, y, fold, counts), strict=True):
        repeated = [np.repeat(array, row) for array in (p, y, fold)]
        assert found == pytest.approx(auc_within_folds(*repeated)[0])


def frame_of(p, y, fold=0):
    label = np.where(y, "subtype", "other")
    return pd.DataFrame({"fold": fold, "label": label, "elastic_net_probability": p})


def measure(frame, people=None, resamples=200):
    people = np.arange(len(frame)) if people is None else people
    table = fidelity_metrics(frame, people, models=("elastic_net",), resamples=resamples, seed=3)
    return table.set_index("metric")


def test_intervals_surround_values_and_names_say_fidelity(rng):
    p = rng.uniform(0.02, 0.98, size=400)
    table = measure(frame_of(p, rng.uniform(size=400) < p))
    assert tuple(table.index) == FIDELITY_METRICS
    assert table.index.str.startswith("fidelity_").all()
    assert (table["ci_low"] < table["value"]).all()
    assert (table["value"] < table["ci_high"]).all()
    assert table["null_twin"].isna().all()
    slope = table.loc["fidelity_calibration_slope_out_of_fold"]
    assert slope["ci_low"] < 1 < slope["ci_high"]


def test_people_with_many_samples_widen_the_interval(rng):
    p = rng.uniform(size=60)
    y = rng.uniform(size=60) < p
    thrice = frame_of(np.tile(p, 3), np.tile(y, 3))
    as_samples = measure(thrice).loc["fidelity_auc_out_of_fold"]
    as_people = measure(thrice, np.tile(np.arange(60), 3)).loc["fidelity_auc_out_of_fold"]
    assert as_people["value"] == as_samples["value"]
    width = as_people["ci_high"] - as_people["ci_low"]
    assert width > 1.3 * (as_samples["ci_high"] - as_samples["ci_low"])


def test_unclear_and_unpredicted_samples_do_not_count(rng):
    p = rng.uniform(size=50)
    y = rng.uniform(size=50) < p
    frame = frame_of(p, y)
    more = pd.concat([frame, frame.iloc[:5].assign(label="unclear")], ignore_index=True)
    more = pd.concat(
        [more, frame.iloc[:5].assign(elastic_net_probability=np.nan)], ignore_index=True
    )
    assert measure(more)["value"].tolist() == measure(frame)["value"].tolist()


@pytest.mark.parametrize("p", [[np.nan] * 6, [0.2] * 6])
def test_nothing_to_rank_is_missing(p):
    frame = frame_of(np.array(p), np.zeros(6, bool))
    auc = measure(frame).loc["fidelity_auc_out_of_fold"]
    assert auc[["value", "ci_low", "ci_high"]].isna().all()


def test_separated_classes_have_no_slope_but_an_area(rng):
    table = measure(frame_of(np.linspace(0.1, 0.9, 40), np.arange(40) >= 20))["value"]
    assert table["fidelity_auc_out_of_fold"] == 1
    assert np.isnan(table["fidelity_calibration_slope_out_of_fold"])


def test_missing_draws_only_widen(rng):
    draws = rng.normal(size=1000)
    low, high = percentile_interval(draws)
    some = draws.copy()
    some[rng.permutation(1000)[:10]] = np.nan
    wider_low, wider_high = percentile_interval(some)
    assert wider_low <= low < high <= wider_high


def test_draws_of_people_keep_their_number(rng):
    people = rng.integers(0, 7, size=30)
    first = [np.flatnonzero(people == person)[0] for person in np.unique(people)]
    weights = people_weights(people, 50, 1, "test")
    assert (weights[:, first].sum(axis=1) == len(first)).all()
    assert people_weights(people[:0], 3, 1).shape == (3, 0)
