"""What a threshold is chosen for."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from subtyping._validation import one_of
from subtyping.exceptions import InputError

__all__ = ["WAYS", "Aim"]

WAYS = ("youden", "sensitivity", "specificity", "cost", "net_benefit")
"""Ways of choosing a threshold."""

_NEEDS = {
    "sensitivity": "the least sensitivity, between 0 and 1",
    "specificity": "the least specificity, between 0 and 1",
    "cost": "what a missed member costs, in units of one enrolled in error, above 0",
    "net_benefit": "the threshold probability, between 0 and 1",
}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Aim:
    r"""One way of choosing a threshold, and the number it needs.

    Attributes
    ----------
    way : {"youden", "sensitivity", "specificity", "cost", "net_benefit"}
        ``youden``: largest Se + Sp - 1. ``sensitivity``: largest Sp with Se of at least `at`;
        ``specificity``: the mirror image. ``cost``: smallest
        :math:`r \pi (1 - Se) + (1 - \pi)(1 - Sp)`, with `at` = r. ``net_benefit``: largest
        :math:`\pi Se - (1 - \pi)(1 - Sp)\,t/(1-t)`, with `at` = t.
    at : float or None
        None for Youden.

    Raises
    ------
    InputError
        If the way is unknown, or `at` is missing, out of range or not wanted.

    Examples
    --------
    At a prevalence of one quarter, missing one is three times as bad: cost is Youden's index.

    >>> Aim("cost", 3.0).gain(0.25)
    1.0
    """

    way: str = "youden"
    at: float | None = None

    def __post_init__(self) -> None:
        one_of(self.way, WAYS, "criteria.choose_by")
        if self.way == "youden":
            if self.at is not None:
                message = f"criteria.choose_at is not used by 'youden'; got {self.at}."
                raise InputError(message)
            return
        is_number = isinstance(self.at, Real) and not isinstance(self.at, bool)
        number = float(self.at) if is_number and self.at is not None else float("nan")
        if not 0 < number < (float("inf") if self.way == "cost" else 1):
            message = (
                f"criteria.choose_by {self.way!r} needs choose_at: {_NEEDS[self.way]}; "
                f"got {self.at}."
            )
            raise InputError(message)

    @property
    def is_constraint(self) -> bool:
        """Whether it bounds one share and makes the other as large as it can be."""
        return self.way in ("sensitivity", "specificity")

    @property
    def text(self) -> str:
        """The way in words, for the provenance of a rule."""
        words = {
            "youden": "Youden index",
            "sensitivity": f"largest specificity with a sensitivity of at least {self.at}",
            "specificity": f"largest sensitivity with a specificity of at least {self.at}",
            "cost": f"least cost, a missed member counting {self.at} enrolled in error",
            "net_benefit": f"net benefit at a threshold probability of {self.at}",
        }
        return words[self.way]

    def gain(self, prevalence_frac: float) -> float:
        """Return the worth of sensitivity in units of specificity at a prevalence."""
        if self.way == "youden" or self.is_constraint or self.at is None:
            return 1.0
        odds = prevalence_frac / (1 - prevalence_frac)
        return odds * (self.at if self.way == "cost" else (1 - self.at) / self.at)

    def utility(self, sensitivity: Floats, positive_wrong: Floats, gain: float) -> Floats:
        """Return what each cut is worth; minus infinity where a constraint is not met.

        Parameters
        ----------
        sensitivity, positive_wrong : ndarray
            Shares of the positive and of the negative class that meet the rule.
        gain : float
            From `gain`.

        Returns
        -------
        ndarray
            ``gain * sensitivity - positive_wrong``, or for a constraint the free share less one.
        """
        if self.at is not None and self.way == "sensitivity":
            return np.where(sensitivity >= self.at, -positive_wrong, -np.inf)
        if self.at is not None and self.way == "specificity":
            return np.where(1 - positive_wrong >= self.at, sensitivity - 1, -np.inf)
        return np.asarray(gain * sensitivity - positive_wrong)
