"""All members at once: is their common factor one population, or a mixture of two?"""

from dataclasses import dataclass

import numpy as np

from subtyping.exceptions import InputError
from subtyping.statistics.factor import OneFactor, fit_one_factor
from subtyping.statistics.factor_mixture import fit_factor_mixture_many
from subtyping.statistics.mixture_test import MixtureTest, mixture_test

__all__ = ["JointTest", "held_out_gain", "joint_test"]

LEAST_PEOPLE = 20
LOG_2PI = float(np.log(2.0 * np.pi))
STRAY = 0.01
STRAY_SPREAD = 1.5


@dataclass(frozen=True, eq=False)
class JointTest:
    """One unimodal common factor against a factor mixture.

    Attributes
    ----------
    test : MixtureTest
        Of the factor scores.
    model : OneFactor
        Common factor of the standardised members.
    weights : ndarray of shape (k,)
        Weight of each standardised member in the score; not negative, they sum to 1.
    held_out_gain : float
        Log-likelihood of people left out, factor mixture less one unimodal factor, summed.
    """

    test: MixtureTest
    model: OneFactor
    weights: np.ndarray
    held_out_gain: float


def joint_test(
    X: np.ndarray, generator: np.random.Generator, *, n_bootstrap: int = 199, n_folds: int = 5
) -> JointTest:
    r"""Test one unimodal common factor of all members against a factor mixture.

    Members :math:`x = \mu + \lambda f + e` with normal, independent errors :math:`e` depend on
    the law of :math:`f` only through the Bartlett score
    :math:`t = \lambda'\Psi^{-1}(x - \mu) / \lambda'\Psi^{-1}\lambda`, which is :math:`f` plus
    normal noise. The test of a mixture against one unimodal law of the factor, skewed,
    heavy-tailed or bounded, is therefore `mixture_test` of :math:`t`, with its parametric
    bootstrap. Loadings come from a one-factor model of the members among the same people, which
    is right for their covariance whatever the law of :math:`f`; a member with a loading below
    zero gets no weight. Beside it stands the log-likelihood of people left out (`held_out_gain`).

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Members of one axis; at least 20 people and two members, without gaps.
    generator : numpy.random.Generator
    n_bootstrap : int, default 199
    n_folds : int, default 5

    Returns
    -------
    JointTest

    Raises
    ------
    InputError
        If there are too few people or members, a member is constant, or there are gaps.

    Notes
    -----
    The bootstrap takes the loadings as known. They favour shared variance, not bimodality, so
    this costs little (see the tests). With two members both weigh the same once standardised.
    Against the plain mean of the members it gains where their reliabilities differ.

    References
    ----------
    Lubke G, Neale MC (2006). Distinguishing between latent classes and continuous factors:
    resolution by maximum likelihood? Multivariate Behavioral Research 41, 499-532.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> f = rng.normal(size=300) + 5 * (np.arange(300) < 90)
    >>> joint = joint_test(f[:, None] + rng.normal(size=(300, 4)) * [0.5, 0.5, 2.0, 8.0], rng)
    >>> joint.test.p_value < 0.03, joint.held_out_gain > 0, bool(joint.weights[3] < 0.05)
    (True, True, True)
    """
    Z = _standardised(X)
    model = fit_one_factor(Z)
    weights = np.maximum(model.loadings / model.uniquenesses, 0.0)
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(Z.shape[1], 1 / Z.shape[1])
    test = mixture_test((Z * weights).sum(axis=1), generator, n_bootstrap=n_bootstrap)
    return JointTest(
        test=test,
        model=model,
        weights=weights,
        held_out_gain=held_out_gain(Z, generator, n_folds=n_folds),
    )


def held_out_gain(X: np.ndarray, generator: np.random.Generator, *, n_folds: int = 5) -> float:
    r"""Return how much better a factor mixture predicts people left out than one factor does.

    :math:`\sum_i \log p_{mixture}(x_i) - \log p_{factor}(x_i)`, each model learnt without the fold
    of person i. The one factor has the better (in its training people) of a normal law and the
    best unimodal shape of `unimodal_shapes`, with a hundredth of stray people spread wider.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Members, ``k >= 2``.
    generator : numpy.random.Generator
        Deals people to folds.
    n_folds : int, default 5

    Returns
    -------
    float
        In natural log units; positive speaks for the mixture.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> noise = rng.normal(size=(300, 4))
    >>> gain = held_out_gain(6.0 * (np.arange(300) < 90)[:, None] + noise, rng)
    >>> gain > held_out_gain(rng.normal(size=(300, 1)) + 0.7 * noise, rng)
    True
    """
    X = np.asarray(X, dtype=float)
    fold = generator.permutation(np.arange(len(X)) % n_folds)
    training = (fold[None, :] != np.arange(n_folds)[:, None]).astype(float)
    copies = np.repeat(X[None], n_folds, axis=0)
    mixed = fit_factor_mixture_many(copies, training).log_density(copies)
    gain = 0.0
    for number in range(n_folds):
        out = fold == number
        one = _one_factor_log_density(X[~out], X[out], generator)
        gain += float(mixed[number, out].sum() - one.sum())
    return gain


def _standardised(X: np.ndarray) -> np.ndarray:
    values = np.asarray(X, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2 or len(values) < LEAST_PEOPLE:
        message = (
            f"A joint test needs an array of at least {LEAST_PEOPLE} people x 2 members; got shape "
            f"{values.shape}."
        )
        raise InputError(message)
    if not np.isfinite(values).all():
        message = "A joint test needs values without gaps; leave out people with missing members."
        raise InputError(message)
    sd = values.std(axis=0)
    if (sd <= 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0))).any():
        message = "A joint test needs members that vary; leave out those that are constant."
        raise InputError(message)
    return np.asarray((values - values.mean(axis=0)) / sd)


def _one_factor_log_density(
    train: np.ndarray, test: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Log density of `test` under one factor learnt from `train`, its law the better of two."""
    model = fit_one_factor(train)
    information = float((model.loadings**2 / model.uniquenesses).sum())
    v = 1.0 / max(information, 1e-12)
    t_train, t_test = model.score(train), model.score(test)
    sd = np.sqrt(1.0 + v)
    shape = mixture_test(t_train, generator, n_bootstrap=1).unimodal
    centre, spread = float(np.median(t_train)), STRAY_SPREAD * float(np.std(t_train))

    def unimodal(t: np.ndarray) -> np.ndarray:
        density = (1 - STRAY) * shape.density(t) + STRAY * np.exp(_log_normal(t - centre, spread))
        return np.asarray(np.log(density))

    is_normal = _log_normal(t_train, sd).sum() >= unimodal(t_train).sum()
    law = _log_normal(t_test, sd) if is_normal else unimodal(t_test)
    left = test - model.mean - np.outer(t_test, model.loadings)
    rest = -0.5 * (left * left / model.uniquenesses).sum(axis=1)
    k = test.shape[1]
    constant = 0.5 * (np.log(v) - np.log(model.uniquenesses).sum() - (k - 1) * LOG_2PI)
    return np.asarray(law + rest + constant)


def _log_normal(x: np.ndarray, sd: float) -> np.ndarray:
    return np.asarray(-0.5 * (x / sd) ** 2 - np.log(sd) - 0.5 * LOG_2PI)
