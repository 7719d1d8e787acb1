"""Four models of membership behind one face: fit and predict_proba."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from subtyping._random import child_seed, stream
from subtyping._validation import one_of
from subtyping.prediction.folds import deal_people
from subtyping.prediction.trees import tree_model

__all__ = [
    "DEFAULT_MODELS",
    "MODELS",
    "SMALLEST_CLASS",
    "fit_model",
    "has_converged",
    "why_not_fit",
]

MODELS = ("elastic_net", "gradient_boosting", "random_forest", "shallow_tree")
"""Models of membership in the order of reports; the shallow tree is the baseline to read."""

DEFAULT_MODELS = MODELS[:2]
"""Models fitted where none are named."""

SMALLEST_CLASS = 3
"""Fewest people the smaller class may have in a training part; below it no model is fitted."""

_INNER_FOLDS = 5
_MAX_ITERATIONS = 10_000


def _is_subtype_person(people: np.ndarray, is_subtype: np.ndarray) -> np.ndarray:
    """Mark the samples of people with at least one sample labelled subtype."""
    return np.isin(people, np.unique(people[is_subtype]))


def _smaller_class(people: np.ndarray, is_subtype: np.ndarray) -> int:
    """Count people in the smaller class."""
    carrier = _is_subtype_person(people, is_subtype)
    return min(len(np.unique(people[carrier])), len(np.unique(people[~carrier])))


def why_not_fit(people: np.ndarray, is_subtype: np.ndarray) -> str:
    """Say why no model can be learnt from these labels; an empty string where one can.

    Parameters
    ----------
    people : ndarray of shape (n_samples,)
        Person of each training sample.
    is_subtype : ndarray of bool, shape (n_samples,)
        Training labels.

    Returns
    -------
    str

    Examples
    --------
    >>> people = np.array(list("abcdef"))
    >>> why_not_fit(people, np.zeros(6, bool))
    'the training labels are all one class'
    >>> why_not_fit(people, np.array([1, 0, 0, 0, 0, 0], bool))
    'the smaller class has 1 of 6 people in training, at least 3 are needed'
    >>> why_not_fit(people, np.array([1, 1, 1, 0, 0, 0], bool))
    ''
    """
    if is_subtype.all() or not is_subtype.any():
        return "the training labels are all one class"
    smaller = _smaller_class(people, is_subtype)
    if smaller < SMALLEST_CLASS:
        return (
            f"the smaller class has {smaller} of {len(np.unique(people))} people in training, "
            f"at least {SMALLEST_CLASS} are needed"
        )
    return ""


def fit_model(
    name: str,
    X: np.ndarray,
    is_subtype: np.ndarray,
    people: np.ndarray,
    *,
    seed: int,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    r"""Fit one model of membership.

    ``elastic_net`` standardises the analytes and minimises the logistic loss plus an elastic-net
    penalty, :math:`\sum_i \ell(y_i, x_i'\beta) + C^{-1}(\rho|\beta|_1 +
    \tfrac{1-\rho}{2}|\beta|_2^2)`; without settings :math:`\rho` is one half and C is chosen by
    inner cross-validation of the log loss, whose folds keep a person together and hold both
    classes. ``gradient_boosting`` is a histogram gradient boosting of 100 trees of at most 8
    leaves, depth 3, learning rate .1, without early stopping. ``random_forest`` grows 100 trees
    with leaves of at least 3 samples, looking at the square root of the analytes at each split.
    ``shallow_tree`` asks at most three questions; its leaves hold at least 5 samples.

    Parameters
    ----------
    name : {"elastic_net", "gradient_boosting", "random_forest", "shallow_tree"}
        Which model.
    X : ndarray of shape (n_samples, n_analytes)
        Prepared analytes, finite.
    is_subtype : ndarray of bool, shape (n_samples,)
        Training labels, both classes present (see `why_not_fit`).
    people : ndarray of shape (n_samples,)
        Person of each sample.
    seed : int
        Root seed of this fit.
    settings : mapping, optional
        Arguments of the scikit-learn estimator that replace those above; for ``elastic_net``
        ``C`` and ``l1_ratio``, which are then not searched for.

    Returns
    -------
    scikit-learn estimator
        Fitted, with ``predict_proba``; the elastic net and the boosting also have
        ``decision_function`` (log-odds). An elastic net that stopped at its iteration limit is
        usable and says so in its ``n_iter_``.

    Raises
    ------
    InputError
        If `name` is none of the models.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 4))
    >>> y = X[:, 0] > 0
    >>> for name in MODELS:
    ...     model = fit_model(name, X, y, np.arange(60), seed=1)
    ...     print(name, bool(model.predict_proba(X)[y, 1].mean() > 0.7))
    elastic_net True
    gradient_boosting True
    random_forest True
    shallow_tree True
    """
    one_of(name, MODELS, "A prediction model")
    y = np.asarray(is_subtype, dtype=int)
    if name == "elastic_net":
        return _fit_elastic_net(X, y, people, seed, settings)
    return tree_model(name, seed=seed, settings=settings, is_number=False).fit(X, y)


def has_converged(model: Any) -> bool:
    """Whether a model of `fit_model` finished before its iteration limit.

    Parameters
    ----------
    model : scikit-learn estimator
        Fitted; trees have a fixed number of iterations and always finish.

    Returns
    -------
    bool

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(40, 2))
    >>> has_converged(fit_model("elastic_net", X, X[:, 0] > 0, np.arange(40), seed=1))
    True
    """
    last = model[-1] if hasattr(model, "steps") else None
    return last is None or int(np.max(last.n_iter_)) < _MAX_ITERATIONS


def _fit_elastic_net(
    X: np.ndarray,
    y: np.ndarray,
    people: np.ndarray,
    seed: int,
    settings: Mapping[str, Any] | None,
) -> Any:
    """Standardise and fit, with the settings given or with C chosen by inner folds of people."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if settings is None:
        logistic = _searched(y, np.asarray(people), seed)
    else:
        from sklearn.linear_model import LogisticRegression

        logistic = LogisticRegression(
            **({"l1_ratio": 0.5} | dict(settings)),
            solver="saga",
            max_iter=_MAX_ITERATIONS,
            tol=1e-3,
            random_state=child_seed(seed, "elastic_net"),
        )
    with warnings.catch_warnings():
        # A path that stops early is read from n_iter_ (has_converged) and recorded with the fold.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return make_pipeline(StandardScaler(), logistic).fit(X, y)


def _searched(y: np.ndarray, people: np.ndarray, seed: int) -> Any:
    """Return a logistic regression that chooses C by inner folds of people."""
    from sklearn.linear_model import LogisticRegressionCV

    carrier = _is_subtype_person(people, y == 1)
    inner = min(_INNER_FOLDS, _smaller_class(people, y == 1))
    fold = deal_people(people, carrier.astype(str), inner, stream(seed, "inner_folds"))
    return LogisticRegressionCV(
        Cs=np.logspace(-2, 0.5, 6),
        l1_ratios=(0.5,),
        solver="saga",
        cv=[(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(inner)],
        scoring="neg_log_loss",
        use_legacy_attributes=False,
        max_iter=_MAX_ITERATIONS,
        tol=1e-3,
        random_state=child_seed(seed, "elastic_net"),
    )
