"""Make probabilities honest: a map from a model's probability to one, learnt inside training."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from subtyping._validation import one_of
from subtyping.prediction.calibration import log_odds, recalibration

__all__ = ["CALIBRATORS", "Calibrator", "fit_calibrator"]

CALIBRATORS = ("platt", "isotonic")

_LEAST_SLOPE = 0.01


@dataclass(frozen=True, eq=False)
class Calibrator:
    """A monotone map from a model's probability to a calibrated one.

    Attributes
    ----------
    kind : {"platt", "isotonic"}
    intercept, slope : float
        Of the logistic map on log-odds (``platt``); NaN otherwise.
    steps : object or None
        The fitted isotonic regression on log-odds (``isotonic``).
    """

    kind: str
    intercept: float = float("nan")
    slope: float = float("nan")
    steps: Any = None

    def apply(self, probability: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, one for each given."""
        eta = log_odds(np.asarray(probability, dtype=float))
        if self.kind == "platt":
            told: np.ndarray = expit(self.intercept + self.slope * eta)
        else:
            told = self.steps.predict(eta)
        return told


def fit_calibrator(kind: str, probability: np.ndarray, outcome: np.ndarray) -> Calibrator | None:
    r"""Learn a calibrator from probabilities of people the model had not seen.

    ``platt`` fits :math:`\operatorname{logit} P = a + b \operatorname{logit} p` to targets drawn in
    from 0 and 1, :math:`1/(n_0+2)` and :math:`(n_1+1)/(n_1+2)`, so that separated classes have a
    finite fit; b is at least .01, which keeps the order of people where the inner predictions
    point the wrong way. ``isotonic`` fits a non-decreasing step function within the same two
    targets; it needs more people and ties some of them.

    Parameters
    ----------
    kind : {"platt", "isotonic"}
    probability : ndarray of shape (n,)
        Predictions of inner held-out people of the training part.
    outcome : ndarray of bool, shape (n,)
        Their labels.

    Returns
    -------
    Calibrator or None
        None where one class is missing or the probabilities do not vary.

    Raises
    ------
    InputError
        If `kind` is unknown.

    References
    ----------
    Zadrozny B, Elkan C. Transforming classifier scores into accurate multiclass probability
    estimates. KDD 2002:694-699. https://doi.org/10.1145/775047.775151

    Examples
    --------
    Probabilities whose log-odds are twice too large:

    >>> rng = np.random.default_rng(0)
    >>> eta = rng.normal(size=4000)
    >>> y = rng.uniform(size=4000) < 1 / (1 + np.exp(-eta))
    >>> found = fit_calibrator("platt", 1 / (1 + np.exp(-2 * eta)), y)
    >>> round(found.slope, 1)
    0.5
    >>> fit_calibrator("platt", np.array([0.1, 0.9]), np.array([True, True])) is None
    True
    """
    one_of(kind, CALIBRATORS, "prediction.calibrate")
    p, y = np.asarray(probability, dtype=float), np.asarray(outcome, dtype=bool)
    n1, n0 = int(y.sum()), int((~y).sum())
    if not (n1 and n0) or np.ptp(p) < 1e-12:
        return None
    low, high = 1 / (n0 + 2), (n1 + 1) / (n1 + 2)
    if kind == "platt":
        line = recalibration(p, np.where(y, high, low))[0]
        if not np.isfinite(line).all():
            return None
        if line[1] < _LEAST_SLOPE:
            share = (n1 + 1) / (n1 + n0 + 2)
            middle = float(log_odds(p).mean())
            line = np.array([log_odds(np.array(share)) - _LEAST_SLOPE * middle, _LEAST_SLOPE])
        return Calibrator(kind, float(line[0]), float(line[1]))
    from sklearn.isotonic import IsotonicRegression

    steps = IsotonicRegression(y_min=low, y_max=high, out_of_bounds="clip")
    return Calibrator(kind, steps=steps.fit(log_odds(p), y.astype(float)))
