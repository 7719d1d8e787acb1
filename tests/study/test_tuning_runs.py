"""Settings that were searched for become child runs; grids stay a table."""

from types import SimpleNamespace

import pandas as pd

from subtyping.study.tuning_runs import trials_of


def trials(source: str, n: int, **more) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"fold": "1", "model": "shallow_tree", "candidate": k, "source": source,
             "settings": f'{{"max_depth": {k + 1}}}', "inner_loss": 0.5 - 0.1 * k,
             "is_chosen": k == n - 1, **more}
            for k in range(n)
        ]
    )  # fmt: skip


def test_every_searched_trial_of_labels_and_outcomes_is_a_run_of_its_own() -> None:
    predicted = {
        "prediction": SimpleNamespace(tuning=trials("optuna", 3)),
        "outcomes": {"fatigue": SimpleNamespace(tuning=trials("optuna", 2, panel="research"))},
    }
    runs = trials_of(predicted)
    assert len({name for name, _, _ in runs}) == len(runs) == 5
    assert [params["max_depth"] for _, params, _ in runs] == [1, 2, 3, 1, 2]
    assert [numbers["is_chosen"] for _, _, numbers in runs] == [0, 0, 1, 0, 1]
    assert runs[-1][0] == "fatigue: shallow_tree, research panel, fold 1, trial 2"


def test_grids_and_no_prediction_make_no_runs() -> None:
    assert trials_of({"prediction": None, "outcomes": {}}) == []
    grid = SimpleNamespace(tuning=trials("grid", 3))
    assert trials_of({"prediction": grid, "outcomes": {"x": grid}}) == []
