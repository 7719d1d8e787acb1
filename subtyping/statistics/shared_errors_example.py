"""The cohort of the examples on signatures that share errors."""

import numpy as np

from subtyping.statistics.error_draws import ErrorDraws, draw_errors
from subtyping.statistics.shared_errors import SharedErrors, shared_errors

__all__ = ["example_signatures"]


def example_signatures(
    *, n_draws: int = 200, how: str = "bootstrap"
) -> tuple[SharedErrors, ErrorDraws]:
    """Return three diseases held against one healthy group, the second as the first.

    Four groups of 20 people, 200 analytes; the third disease has a signature of its own.

    Parameters
    ----------
    n_draws : int, default 200
    how : {"bootstrap", "permutation", "signs"}
        As in `draw_errors`.

    Returns
    -------
    fit : SharedErrors
    draws : ErrorDraws

    Examples
    --------
    >>> fit, draws = example_signatures()
    >>> fit.effects.shape, round(fit.correlation(0, 1), 1), draws.linear.shape
    ((3, 200), 1.0, (200, 3, 3))
    """
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2, 3], 20)
    X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    truth = rng.normal(size=(2, 200))[[0, 0, 1]]
    Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    fit = shared_errors(Y, X, np.eye(4)[1:])
    return fit, draw_errors(fit, group, rng, n_draws=n_draws, how=how)
