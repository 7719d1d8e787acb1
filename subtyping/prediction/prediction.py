"""Predict membership out of fold, with the whole labelling procedure learnt in each fold."""

from collections.abc import Callable

import pandas as pd

from subtyping._parallel import map_in_order
from subtyping.panel.panel import Panel
from subtyping.prediction.fold_tasks import Existence, FoldOptions, FoldTask
from subtyping.prediction.folds import people_of
from subtyping.prediction.left_out import outer_folds
from subtyping.prediction.membership_result import Prediction, join_folds
from subtyping.prediction.models import DEFAULT_MODELS
from subtyping.prediction.out_of_fold import run_fold
from subtyping.prediction.procedure import Procedure
from subtyping.prediction.request import check_models, check_options
from subtyping.prediction.routine import align_routine

__all__ = ["predict_membership"]


def predict_membership(
    procedure: Procedure,
    panel: Panel,
    *,
    axis_of: dict[str, str],
    folds: int | str = 3,
    models: tuple[str, ...] = DEFAULT_MODELS,
    seed: int,
    jobs: int | None = None,
    existence: Existence | None = None,
    explain: str | None = "gradient_boosting",
    resamples: int = 200,
    advance: Callable[[], None] | None = None,
    inner_folds: int | None = None,
    calibrate: str | None = None,
    search: str | None = None,
    trials: int = 20,
    sizes: tuple[int, ...] = (),
    routine: pd.DataFrame | None = None,
    selection_draws: int = 50,
) -> Prediction:
    """Estimate, out of fold, how faithfully models re-predict a procedure's own labels.

    Outer folds are made of people, balanced by group and site alone. In each fold the whole
    procedure (preparation with its healthy reference, axis, label model) is learnt from the
    training people; it labels the training and the held-out case samples; models learn the
    training labels from all kept analytes and are judged on the held-out labels. Labels learnt
    from all people never enter.

    Parameters
    ----------
    procedure : Procedure
        With ``case``, ``reference`` and ``fit(panel, seed=)``; without an existence test.
    panel : Panel
        All samples; only those of the procedure's groups are used.
    axis_of : dict of str to str
        Axis title of each analyte, to group attributions.
    folds : int or {"leave_one_site_out", "leave_one_plate_out"}, default 3
        Outer folds of people, or every site or plate held out in turn.
    models : tuple of str
        Any of ``elastic_net``, ``gradient_boosting``, ``random_forest`` and ``shallow_tree``; by
        default the first two.
    seed : int
        Root seed.
    jobs : int, optional
        Workers over folds; the result does not depend on it.
    existence : callable, optional
        ``(training panel, seed) -> (p_value, is_discrete)``, run once per outer fold inside its
        worker (it should not start workers of its own). Folds whose training part is not
        discrete are counted, not dropped.
    explain : str or None, default "gradient_boosting"
        The model to explain by SHAP; None explains nothing.
    resamples : int, default 200
        Bootstrap draws of people for all intervals.
    advance : callable, optional
        Called once per finished fold.
    inner_folds : int, optional
        Split the training people of each outer fold again, learn the procedure in each inner
        part, and choose the settings of each model by the log loss on inner held-out people.
        By default models keep their own settings.
    calibrate : {"platt", "isotonic"}, optional
        Calibrate each model on its inner predictions; needs `inner_folds`.
    search : {"optuna"}, optional
        Search settings instead of trying a small grid; needs `inner_folds` and the library.
    trials : int, default 20
        Trials of the search, for each model and outer fold.
    sizes : tuple of int, default ()
        Reduced panels of these many analytes, chosen by stability selection in each fold.
    routine : pandas.DataFrame, optional
        Levels of routine markers, index ``sample_id``, one column each: a panel of their own.
    selection_draws : int, default 50
        Half-samples of the stability selection.

    Returns
    -------
    Prediction

    Raises
    ------
    InputError
        For an unknown model, `explain` not among `models`, too few people for the folds, an
        option that needs another, or a search without its library.

    Notes
    -----
    Fidelity is high with or without a subtype: a cut through a continuum is re-predicted as well
    as a true group. It is never evidence that a subtype exists.

    Examples
    --------
    A toy procedure that calls people high on the mean of two analytes the subtype.

    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> from subtyping.panel.panel import ReadingReport
    >>> class Fitted:
    ...     members = ("A1", "A2")
    ...     def prepare(self, panel):
    ...         return panel.values
    ...     def label(self, panel):
    ...         score = 2 * panel.values[["A1", "A2"]].mean(axis=1).to_numpy()
    ...         table = {"sample_id": panel.sample_ids, "probability": 1 / (1 + np.exp(-score))}
    ...         return SimpleNamespace(table=pd.DataFrame(table))
    >>> class Toy:
    ...     case, reference = ("MDD",), ("HC",)
    ...     def fit(self, panel, *, seed):
    ...         return Fitted()
    >>> ids = pd.Index([f"s{i}" for i in range(120)], name="sample_id")
    >>> z = np.random.default_rng(0).normal(size=(120, 4))
    >>> values = pd.DataFrame(z, index=ids, columns=["A1", "A2", "B1", "B2"])
    >>> no = values > np.inf
    >>> panel = Panel(
    ...     values, "log2", no, no, values * np.nan, pd.DataFrame(index=values.columns),
    ...     pd.DataFrame({"group": ["MDD"] * 90 + ["HC"] * 30}, index=ids),
    ...     ReadingReport("toy.csv", "wide", None, 120, 120, pd.DataFrame()))
    >>> result = predict_membership(Toy(), panel, axis_of={"A1": "A", "A2": "A"}, seed=1, jobs=1)
    >>> result.folds[["fold", "n_train", "n_test", "is_fitted"]].values.tolist()
    [[0, 60, 30, True], [1, 60, 30, True], [2, 60, 30, True]]
    >>> bool(result.metrics.loc[0, "value"] > 0.9), result.metrics.loc[0, "metric"]
    (True, 'fidelity_auc_out_of_fold')
    >>> result.attribution.by_axis["axis"].tolist()
    ['A', 'no axis']
    """
    models = check_models(tuple(models), explain)
    options = FoldOptions(
        inner_folds=inner_folds,
        calibrate=calibrate,
        search=search,
        trials=trials,
        sizes=tuple(sorted(set(sizes))),
        routine=align_routine(routine, panel),
        selection_draws=selection_draws,
    )
    check_options(options)
    fold_of, names = outer_folds(
        panel, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
    )
    tasks = [
        FoldTask(procedure, panel, fold_of, k, models, explain, existence, seed, options)
        for k in range(len(names))
    ]
    results = map_in_order(run_fold, tasks, jobs=jobs, advance=advance)
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    return join_folds(
        results,
        panel,
        people,
        names,
        models=models,
        axis_of=axis_of,
        explain=explain,
        resamples=resamples,
        seed=seed,
    )
