"""How alike are two signatures whose errors are shared, noisy and correlated over analytes?"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["SharedErrors", "shared_errors"]

Floats = NDArray[np.float64]

_TOLERANCE = 1e-9
_LEAST_FREE = 1e-6


@dataclass(frozen=True, eq=False)
class SharedErrors:
    """Standardised effects of several contrasts of one model, and the moments of their errors.

    Attributes
    ----------
    effects : ndarray of shape (n_contrasts, n_analytes)
        Estimated contrasts over the residual SD of the analyte.
    errors : ndarray of shape (n_contrasts, n_contrasts, n_analytes)
        Estimated covariance of the errors of `effects`, analyte by analyte.
    raw : ndarray of shape (n_contrasts, n_contrasts)
        Moments of the estimated effects over analytes.
    noise : ndarray of shape (n_contrasts, n_contrasts)
        What errors alone add to `raw` on average.
    corrected : ndarray of shape (n_contrasts, n_contrasts)
        ``raw - noise``: the moments of the true effects.
    sd : ndarray of shape (n_analytes,)
        Residual SD of each analyte, in the unit of ``Y``.
    weights : ndarray of shape (n_contrasts, n_samples)
        What each sample weighs in each contrast; the same for every analyte.
    residuals : ndarray of shape (n_samples, n_analytes)
        Residuals over SD, scaled to unbiased squares; row means taken away where `is_centred`.
    is_centred : bool
        Whether moments are taken about the mean over analytes.
    """

    effects: Floats
    errors: Floats
    raw: Floats
    noise: Floats
    corrected: Floats
    sd: Floats
    weights: Floats
    residuals: Floats
    is_centred: bool

    @property
    def deviations(self) -> Floats:
        """Effects as they enter the moments: about their mean over analytes where centred."""
        if not self.is_centred:
            return self.effects
        return self.effects - self.effects.mean(axis=1, keepdims=True)

    def part(self, *places: int) -> "SharedErrors":
        """Return the fit of these contrasts alone."""
        at = list(places)
        pick = np.ix_(at, at)
        return replace(
            self,
            effects=self.effects[at],
            errors=self.errors[pick],
            raw=self.raw[pick],
            noise=self.noise[pick],
            corrected=self.corrected[pick],
            weights=self.weights[at],
        )

    def correlation(self, first: int = 0, second: int = 1) -> float:
        """Return the corrected correlation of two contrasts, kept within -1 and 1.

        Returns
        -------
        float
            NaN where a corrected variance is not above zero.
        """
        return _ratio(self.corrected, first, second)

    def uncorrected(self, first: int = 0, second: int = 1) -> float:
        """Return the plain correlation of the estimated effects."""
        return _ratio(self.raw, first, second)

    def reliability(self, contrast: int = 0) -> float:
        """Return the share of the variance of estimated effects that is no error (0 at least)."""
        total = self.raw[contrast, contrast]
        return max(0.0, float(self.corrected[contrast, contrast] / total)) if total > 0 else 0.0


def shared_errors(
    Y: ArrayLike,
    design: ArrayLike,
    contrasts: ArrayLike,
    *,
    centred: bool = True,
    measured: ArrayLike | None = None,
) -> SharedErrors:
    r"""Estimate the moments of the true effects of contrasts that share people.

    All groups stand in one linear model :math:`Y = X B + E`; contrast *k* is
    :math:`\hat b_{kj} = \sum_i w_{ki} y_{ij}` with :math:`w_k = X (X'X)^{-1} c_k`, divided by the
    residual SD of analyte *j*. Two contrasts against the same reference people have correlated
    errors, so the covariance of :math:`\hat b_1` and :math:`\hat b_2` over analytes is above zero
    where nothing is alike, and their variances hold the variance of the error. Both are taken off:

    .. math:: C_{kl} = \frac1p \sum_j \hat b_{kj} \hat b_{lj} - \frac1p \sum_j \hat V_{klj}, \qquad
        \hat V_{klj} = \sum_i w_{ki} w_{li} \frac{\hat e_{ij}^2}{1 - h_i}

    which is :math:`c_k'(X'X)^{-1} c_l s_j^2` where all people vary alike, and remains right where
    a disease is more variable than health. Centred moments use effects and residuals about their
    mean over analytes, person by person, so the error of that mean, to which correlated analytes
    contribute together, is taken off as well.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Values, usually log2; a missing value must hold its fitted value.
    design : array of shape (n_samples, n_columns)
        Of full column rank.
    contrasts : array of shape (n_contrasts, n_columns)
        One contrast of the coefficients in each row.
    centred : bool, default True
        Moments about the mean over analytes (Pearson) or about zero (cosine).
    measured : array of bool of shape (n_samples, n_analytes), optional
        Which values were measured. The errors of an analyte are enlarged as the people who lack
        it ask for.

    Returns
    -------
    SharedErrors

    Raises
    ------
    InputError
        If shapes do not match, values are missing, the design is rank deficient or leaves no
        residual degrees of freedom, or an analyte does not vary.

    Notes
    -----
    Centred and uncentred answer different questions. Uncentred asks whether the same analytes lie
    on the same side of health; a shift of all analytes (dilution, total protein, a general level
    of inflammation) makes any two signatures alike. Centred asks whether the same analytes differ
    *more than the others*.

    References
    ----------
    MacKinnon JG, White H (1985). Some heteroskedasticity-consistent covariance matrix estimators
    with improved finite sample properties. doi:10.1016/0304-4076(85)90158-7

    Examples
    --------
    Two diseases that do not differ from health, nor from each other, beside 12 healthy people:

    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2], 12)
    >>> X = np.column_stack([np.ones(36), group == 1, group == 2]).astype(float)
    >>> fit = shared_errors(rng.normal(size=(36, 4000)), X, [[0, 1, 0], [0, 0, 1]])
    >>> round(fit.uncorrected(), 1)  # 1/n over 2/n: false likeness
    0.5
    >>> bool(abs(fit.corrected).max() < 0.01)
    True
    """
    values, X, C = _checked(Y, design, contrasts)
    Q, R = np.linalg.qr(X)
    sizes = np.abs(np.diag(R))
    if sizes.min() <= _TOLERANCE * sizes.max():
        message = (
            f"The design matrix of {X.shape[1]} columns is rank deficient; drop the columns that "
            "the others already express."
        )
        raise InputError(message)
    weights = np.linalg.solve(R.T, C.T).T @ Q.T
    rest = values - Q @ (Q.T @ values)
    n_known = np.full(values.shape[1], float(len(X)))
    if measured is not None:
        n_known = np.asarray(measured, dtype=bool).sum(axis=0).astype(float)
    sd = np.sqrt((rest**2).sum(axis=0) / np.maximum(n_known - X.shape[1], 1.0))
    if (sd <= _TOLERANCE * np.maximum(1.0, np.abs(values).max(axis=0))).any():
        message = f"{int((sd <= _TOLERANCE).sum())} analytes do not vary within groups; leave out."
        raise InputError(message)
    effects = weights @ values / sd
    free = np.maximum(1 - (Q**2).sum(axis=1), _LEAST_FREE)
    residuals = rest / sd / np.sqrt(free)[:, None] * (len(X) / np.maximum(n_known, 1.0))
    products = weights[:, None, :] * weights[None, :, :]
    errors = products @ residuals**2
    moved, entering = effects, residuals
    if centred:
        moved = effects - effects.mean(axis=1, keepdims=True)
        entering = residuals - residuals.mean(axis=1, keepdims=True)
    p = values.shape[1]
    raw = moved @ moved.T / p
    noise = products @ ((entering**2).sum(axis=1) / p)
    return SharedErrors(
        effects, errors, raw, noise, raw - noise, sd, weights, entering, is_centred=centred
    )


def _ratio(moments: Floats, first: int, second: int) -> float:
    one, two = moments[first, first], moments[second, second]
    if not (one > 0 and two > 0):
        return float("nan")
    return float(np.clip(moments[first, second] / np.sqrt(one * two), -1.0, 1.0))


def _checked(Y: ArrayLike, design: ArrayLike, contrasts: ArrayLike) -> tuple[Floats, ...]:
    values, X = np.asarray(Y, dtype=float), np.asarray(design, dtype=float)
    C = np.atleast_2d(np.asarray(contrasts, dtype=float))
    if values.ndim != 2 or X.ndim != 2 or len(values) != len(X) or C.shape[1] != X.shape[1]:
        message = (
            "Y (samples x analytes), design (samples x columns) and contrasts (contrasts x "
            f"columns) must match; got {values.shape}, {X.shape} and {C.shape}."
        )
        raise InputError(message)
    if values.shape[1] < 2:
        message = f"A likeness needs at least two analytes; got {values.shape[1]}."
        raise InputError(message)
    if not (np.isfinite(values).all() and np.isfinite(X).all()):
        message = "Y and the design must hold no missing values; fill or leave them out first."
        raise InputError(message)
    if len(X) <= X.shape[1]:
        message = (
            f"{len(X)} samples leave no residual degrees of freedom beside {X.shape[1]} columns; "
            "adjust for fewer covariates."
        )
        raise InputError(message)
    return values, X, C
