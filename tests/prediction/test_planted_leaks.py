"""Leaks planted on purpose: each gives a number that is too good, and each is caught."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.prediction import examine_leaks, predict_membership, predict_outcome
from subtyping.preparation.combat import ComBat

SEED = 5


class Given:
    """A procedure whose preparation is a table computed beforehand, or nothing at all."""

    case, reference = ("MDD",), ("HC",)

    def __init__(self, table=None, label=None):
        self.table, self.label_of = table, label

    def fit(self, panel, *, seed):  # noqa: ARG002
        healthy = panel.values[panel.in_groups(["HC"])]

        def prepare(asked):
            if self.table is not None:
                return self.table.loc[asked.sample_ids]
            return (asked.values - healthy.mean()) / healthy.std()

        def label(asked):
            probability = self.label_of(panel, asked)
            return SimpleNamespace(
                table=pd.DataFrame({"sample_id": asked.sample_ids, "probability": probability})
            )

        return SimpleNamespace(members=(), prepare=prepare, label=label)


def predict(procedure_of, outcome, panel, **changes):
    given = {"models": ("elastic_net",), "folds": 4, "seed": SEED, "jobs": 1, "null_draws": 0}
    return predict_outcome(
        panel, outcome, procedure=procedure_of(panel), kind="binary", **(given | changes)
    )


def number(result, metric="auc_out_of_fold"):
    return float(result.metrics.set_index("metric").loc[metric, "value"])


def judge(honest, leaky, outcome, panel, metric="auc_out_of_fold", **changes):
    """Return our number, the leaky one, and what the examination says of each."""
    results = [predict(one, outcome, panel, **changes) for one in (honest, leaky)]
    found = [
        is_leaking(lambda p, one=one: predict(one, outcome, p, **changes), panel, result)
        for one, result in zip((honest, leaky), results, strict=True)
    ]
    return [number(result, metric) for result in results], found


def is_leaking(estimate, panel, result):
    """Examine a procedure whose result on the panel as it is is already there."""

    def rows(asked):
        return (result if asked is panel else estimate(asked)).out_of_fold

    return examine_leaks(rows, panel, seed=1).is_leaking


@pytest.fixture
def noise(make_panel):
    def make(n_case, p, seed, **roles):
        rng = np.random.default_rng(seed)
        n = n_case + 20
        group = ["MDD"] * n_case + ["HC"] * 20
        names = [f"A{j:03d}" for j in range(p)]
        return make_panel(rng.normal(size=(n, p)), names, group=group, **roles)

    return make


def test_scaling_on_everybody_is_caught(noise):
    site = np.array((["N", "S"] * 60) + (["N", "S"] * 10))
    panel = noise(120, 4, 3, site=site)
    values = panel.values + 3.0 * (site == "S")[:, None]
    panel = replace(panel, values=values)
    y = panel.values["A000"] - 3.0 * (site == "S") > 0
    outcome = y.astype(float).rename("relapse")

    def scaled(panel):
        each = panel.values.groupby(panel.samples["site"].to_numpy())
        return Given((panel.values - each.transform("mean")) / each.transform("std"))

    (ours, theirs), found = judge(
        lambda _: Given(),
        scaled,
        outcome,
        panel,
        "brier_out_of_fold",
        folds="leave_one_site_out",
    )
    assert theirs < 0.1
    assert ours > 0.2
    assert found == [False, True]


class PlateMeans(Given):
    """Takes the plate means of the training people away, whatever their outcome."""

    def fit(self, panel, *, seed):
        fitted = super().fit(panel, seed=seed)
        mean = panel.values.groupby(panel.samples["batch"].to_numpy()).mean()
        fitted.prepare = lambda asked: asked.values - mean.loc[asked.samples["batch"]].to_numpy()
        return fitted


def test_combat_on_everybody_that_keeps_the_outcome_is_caught(noise):
    """Ten plates of noise, each with a shift of its own and mostly one outcome."""
    rng = np.random.default_rng(8)
    plate = np.repeat([f"p{i}" for i in range(10)], 8)
    outcome = pd.Series(rng.uniform(size=80) < np.tile(np.repeat([0.1, 0.9], 8), 5), name="relapse")
    panel = noise(80, 150, 12, batch=[*plate, *plate[:20]])
    outcome = outcome.astype(float).set_axis(panel.sample_ids[:80])
    shift = pd.DataFrame(rng.normal(size=(10, 150)), index=sorted(set(plate)))
    values = panel.values + shift.loc[panel.samples["batch"]].to_numpy()
    panel = replace(panel, values=values)

    def adjusted(panel):
        y = outcome.reindex(panel.sample_ids)
        groups = np.where(y.isna(), "HC", np.where(y > 0.5, "yes", "no"))
        known = {"batches": panel.samples["batch"].to_numpy(dtype=str), "covariates": groups}
        X = panel.values.to_numpy()
        told = ComBat().fit(X, **known).transform(X, **known)
        return Given(pd.DataFrame(told, panel.sample_ids, panel.values.columns))

    (ours, theirs), found = judge(lambda _: PlateMeans(), adjusted, outcome, panel)
    assert theirs > 0.85
    assert 0.35 < ours < 0.62
    assert found == [False, True]


def test_selection_outside_the_folds_is_caught(noise):
    panel = noise(60, 600, 13)
    draws = np.random.default_rng(17).permutation(np.repeat([0.0, 1.0], 30))
    outcome = pd.Series(draws, index=panel.sample_ids[:60], name="relapse")

    def selected(panel):
        cases = panel.values.loc[outcome.index]
        strength = (cases[outcome > 0.5].mean() - cases[outcome < 0.5].mean()).abs()
        return Given(panel.values[strength.nlargest(15).index])

    (ours, theirs), found = judge(lambda _: Given(), selected, outcome, panel)
    assert theirs > 0.8
    assert 0.35 < ours < 0.65
    assert found == [False, True]


def test_labels_learnt_from_everybody_are_caught(noise):
    """The labeller takes of 300 columns the twenty that go along best with the predictor."""
    panel = noise(60, 301, 19)
    predictors = list(panel.values.columns[:1])

    def labels(train, asked):
        cases = train.values[train.in_groups(["MDD"])]
        others = cases.drop(columns=predictors)
        best = others.corrwith(cases[predictors[0]]).nlargest(20).index
        cut = cases[best].mean(axis=1).quantile(0.6)
        return (asked.values[best].mean(axis=1) > cut).to_numpy() * 0.8 + 0.1

    class Own(Given):
        def __init__(self, everybody=None):
            super().__init__(None, lambda train, asked: labels(everybody or train, asked))

        def fit(self, panel, *, seed):
            fitted = super().fit(panel, seed=seed)
            whole = fitted.prepare
            fitted.prepare = lambda asked: whole(asked)[predictors]
            return fitted

    def fidelity(procedure_of, panel):
        return predict_membership(
            procedure_of(panel),
            panel,
            axis_of={},
            models=("elastic_net",),
            folds=4,
            explain=None,
            seed=SEED,
            jobs=1,
            resamples=0,
        )

    def value(result):
        return float(result.metrics["value"].iloc[0])

    makers = (lambda _: Own(), Own)
    results = [fidelity(make, panel) for make in makers]
    ours, theirs = (value(result) for result in results)
    assert theirs > 0.62
    assert ours < 0.58
    found = [
        is_leaking(lambda p, make=make: fidelity(make, p), panel, result)
        for make, result in zip(makers, results, strict=True)
    ]
    assert found == [False, True]


def test_tuning_calibration_and_small_panels_do_not_leak(cohort, procedure):
    def estimate(panel):
        found = predict_membership(
            procedure(),
            panel,
            axis_of={},
            models=("elastic_net", "shallow_tree"),
            explain=None,
            seed=SEED,
            jobs=1,
            resamples=0,
            inner_folds=2,
            calibrate="platt",
        )
        return found.out_of_fold

    report = examine_leaks(estimate, cohort(21, n_case=60), seed=2)
    assert not report.is_leaking
    assert report.table["n_watched"].tolist() == [10]
    assert report.sentence.startswith("None of 10 held-out samples")
