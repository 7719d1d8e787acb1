"""What a search for a rule makes as large as it can be: an aim, weighed at a prevalence."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from subtyping.criteria.aims import Aim

__all__ = ["YOUDEN", "Wanted"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Wanted:
    """An aim and the worth of sensitivity under it.

    Attributes
    ----------
    aim : Aim
        Youden's index by default.
    gain : float, default 1
        Worth of sensitivity in units of specificity, from `Aim.gain`.

    Examples
    --------
    >>> Wanted(Aim("cost", 3.0), gain=2.0).utility(np.array([0.5]), np.array([0.25])).tolist()
    [0.75]
    """

    aim: Aim = field(default_factory=Aim)
    gain: float = 1.0

    def utility(self, sensitivity: Floats, positive_wrong: Floats) -> Floats:
        """Return what cuts with these shares are worth, as `Aim.utility`."""
        return self.aim.utility(sensitivity, positive_wrong, self.gain)


YOUDEN = Wanted()
"""Sensitivity plus specificity less one."""
