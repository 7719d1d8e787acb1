"""What random comparable targets would do in a pathway's place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.signature.blockade.change import clamp_gap, reach_of, set_slopes, slopes_change
from subtyping.signature.blockade.comparable import connectivity_traits, matched_sets
from subtyping.signature.blockade.fitted import Fitted
from subtyping.signature.blockade.patients import patient_shares
from subtyping.statistics.conditional_network import clamp_weights

__all__ = ["Targets", "Twin", "random_twin"]

Array = NDArray[np.float64]
N_SETS_OF_PATIENTS = 49


@dataclass(frozen=True, eq=False)
class Targets:
    """What random sets stand in for.

    Attributes
    ----------
    at : ndarray of int
        Positions of the clamped analytes.
    as_score : bool
        Whether their mean is clamped, or each.
    pool, judged : ndarray of bool of shape (n_analytes,)
        Where the sets come from; what is judged.
    level : ndarray of shape (n_analytes,) or None
        Weights of the general level that is kept.
    """

    at: NDArray[np.int_]
    as_score: bool
    pool: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    level: Array | None

    def level_without(self, members: NDArray[np.int_]) -> Array:
        """Return the level without a set."""
        kept = np.zeros(len(self.judged)) if self.level is None else self.level.copy()
        kept[members] = 0.0
        return np.asarray(kept / max(kept.sum(), 1e-12))


@dataclass(frozen=True, eq=False)
class Twin:
    """Percent (n_sets,) and mean patient share (n_sets, n_doses) of the random sets."""

    percent: Array
    shares: Array


def random_twin(fitted: Fitted, targets: Targets, *, with_patients: bool) -> Twin:
    """Clamp random sets of equal size, variance and connectivity, displaced as the pathway is.

    The mean distance of a set to the healthy level is that of the pathway, in SD within groups:
    a pathway that stands far off would otherwise beat every set by that alone. A set is neither
    judged itself nor part of the level that is kept.

    Parameters
    ----------
    fitted : Fitted
    targets : Targets
    with_patients : bool
        Whether patient shares are computed too (49 sets at most).

    Returns
    -------
    Twin
        Empty where the pool is too small.
    """
    people, n_analytes = fitted.people, len(fitted.people.names)
    traits = connectivity_traits(fitted.covariances.mean(axis=0))
    rng = stream(fitted.seed, "blockade", "sets", *[people.names[k] for k in targets.at])
    sets = matched_sets(traits, targets.at, np.flatnonzero(targets.pool), fitted.n_null, rng)
    if not len(sets):
        return Twin(np.empty(0), np.empty((0, len(fitted.doses))))
    own = clamp_weights(n_analytes, targets.at, as_score=targets.as_score)
    own_sd = set_slopes(fitted.covariances, own[None])[1][0]
    rows = np.stack(
        [clamp_weights(n_analytes, members, as_score=targets.as_score) for members in sets]
    )
    levels = None
    if targets.level is not None:
        levels = np.stack([targets.level_without(members) for members in sets])
    slopes, sd = set_slopes(fitted.covariances, rows, levels)
    gap = clamp_gap(fitted.first, own)[0] / own_sd * sd
    masks = np.tile(targets.judged, (len(sets), 1))
    np.put_along_axis(masks, sets, values=False, axis=1)
    change = slopes_change(slopes, gap)
    reach = reach_of(fitted.first, fitted.first_signature, change, masks[:, None])
    shares = [
        patient_shares(
            people,
            slopes[s],
            rows[s],
            fitted.first_signature.is_chosen[0] & masks[s],
            intervals=fitted.intervals,
            doses=fitted.doses,
            mean_gap=gap[s],
        ).mean()
        for s in range(min(len(sets), N_SETS_OF_PATIENTS) if with_patients else 0)
    ]
    return Twin(reach.percent, np.array(shares).reshape(-1, len(fitted.doses)))
