"""Location and scale of every batch, shrunk across analytes by empirical Bayes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.preparation.combat_design import batch_regression, constant_somewhere
from subtyping.preparation.combat_priors import shrink_batch

__all__ = ["BatchEffects", "learn_batch_effects"]

LEAST_ANALYTES = 2


@dataclass(frozen=True, eq=False)
class BatchEffects:
    """What a batch correction learns; zero (and one for spreads) where an analyte is left alone.

    Attributes
    ----------
    grand_mean, sd : ndarray of shape (n_analytes,)
    slopes : ndarray of shape (n_coded, n_analytes)
    gamma, delta : ndarray of shape (n_batches, n_analytes)
        Shrunk location, in units of `sd`, and shrunk variance.
    is_adjusted : ndarray of bool of shape (n_analytes,)
        False where an analyte does not vary within some batch.
    is_mean_only : bool
        Whether the scale is left alone.
    """

    grand_mean: np.ndarray
    sd: np.ndarray
    slopes: np.ndarray
    gamma: np.ndarray
    delta: np.ndarray
    is_adjusted: np.ndarray
    is_mean_only: bool


def learn_batch_effects(
    X: np.ndarray,
    at: np.ndarray,
    C: np.ndarray,
    names: Sequence[str],
    *,
    prior: str,
    mean_only: bool,
    reference: str | None,
    analytes: Sequence[str],
) -> BatchEffects:
    """Standardise, estimate each batch and shrink.

    Parameters
    ----------
    X : array of shape (n_samples, n_analytes)
        NaN where not measured.
    at : array of int of shape (n_samples,)
        Batch of each sample, as a position in `names`.
    C : array of shape (n_samples, n_coded)
        Covariates.
    names : sequence of str
        Batches.
    prior : {"parametric", "nonparametric"}
    mean_only : bool
        Leave the scale alone; done in any case where a batch has one sample.
    reference : str or None
        Batch that stays as it is.
    analytes : sequence of str
        Names, for messages.

    Returns
    -------
    BatchEffects

    Raises
    ------
    InputError
        If fewer than two analytes vary within the batches, or batch and covariates are confounded.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> at = np.repeat([0, 1], 20)
    >>> X = rng.normal(size=(40, 12)) + 2.0 * at[:, None]
    >>> found = learn_batch_effects(
    ...     X, at, np.empty((40, 0)), ["a", "b"], prior="parametric", mean_only=False,
    ...     reference=None, analytes=list("ABCDEFGHIJKL"))
    >>> bool(found.gamma[0].max() < 0 < found.gamma[1].min()), bool(found.is_adjusted.all())
    (True, True)
    """
    sizes = np.bincount(at, minlength=len(names))
    is_mean_only = mean_only or bool((sizes == 1).any())
    kept = ~constant_somewhere(X, at, sizes)
    n = len(kept)
    if kept.sum() < LEAST_ANALYTES:
        message = (
            f"{count_of(int(kept.sum()), 'analyte')} of {n} can be corrected; the "
            f"empirical-Bayes prior takes at least {LEAST_ANALYTES}. Remove plate locations "
            "instead."
        )
        raise InputError(message)
    spared = None if reference is None else list(names).index(reference)
    named = np.asarray(analytes)[kept].tolist()
    fit = batch_regression(X[:, kept], at, C, names, reference=spared, analytes=named)
    z = (X[:, kept] - fit.grand_mean - C @ fit.slopes) / fit.sd
    gamma, delta = np.zeros((len(names), kept.sum())), np.ones((len(names), kept.sum()))
    raw = batch_regression(z, at, C[:, :0], names, reference=spared).locations
    for i in range(len(names)):
        if i == spared:
            continue
        gamma[i], delta[i] = shrink_batch(z[at == i], raw[i], mean_only=is_mean_only, prior=prior)
    return BatchEffects(
        grand_mean=_spread(fit.grand_mean, kept, 0.0),
        sd=_spread(fit.sd, kept, 1.0),
        slopes=_spread(fit.slopes, kept, 0.0),
        gamma=_spread(gamma, kept, 0.0),
        delta=_spread(delta, kept, 1.0),
        is_adjusted=kept,
        is_mean_only=is_mean_only,
    )


def _spread(values: np.ndarray, kept: np.ndarray, blank: float) -> np.ndarray:
    """Return values of the corrected analytes in the columns of all, `blank` elsewhere."""
    out = np.full((*values.shape[:-1], len(kept)), blank)
    out[..., kept] = values
    return out
