"""The scores of one drug against one signature, in one draw or in thousands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.signature.reversal.metrics import connectivity, cosine, percent_improvement
from subtyping.signature.reversal.result import DECIDING

__all__ = ["Moves", "deciding_scores", "p_value", "verdict"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ALPHA = 0.05
LEAST_IMPROVEMENT = 10.0  # percent of the signature; less is not called a reversal


@dataclass(frozen=True, eq=False)
class Moves:
    """What a drug does in z units: numbers, directions, standard errors (any may be unknown).

    Attributes
    ----------
    effect, direction, se : ndarray of shape (..., n_analytes)
        0 where nothing is known of an analyte. `se` is NaN where effects come without noise.
    has_numbers : bool
        Whether `effect` holds anything; if not, only the direction can be scored.
    """

    effect: Floats
    direction: Floats
    se: Floats
    has_numbers: bool = True

    def at(self, rows: NDArray[np.int64], scale: Floats | None = None) -> "Moves":
        """Return the drug with its labels exchanged; `scale` keeps log2 effects as they are."""
        stretch = 1.0 if scale is None else scale[rows] / scale
        return Moves(
            self.effect[..., rows] * stretch,
            self.direction[..., rows],
            self.se[..., rows] * stretch,
            self.has_numbers,
        )


def deciding_scores(b: Floats, t: Floats, selected: Mask, drug: Moves) -> dict[str, Floats]:
    """Return the scores that decide, over whatever leading dimensions the arrays have.

    Parameters
    ----------
    b, t : ndarray of shape (..., n_analytes)
        Signature in z units and its t statistics.
    selected : ndarray of bool of shape (..., n_analytes)
        Dysregulated analytes; the improvement is theirs.
    drug : Moves

    Returns
    -------
    dict of str to ndarray
        ``improvement_pct`` (capped), ``improvement_uncapped_pct, cosine, connectivity``.
    """
    has_noise = bool(np.isfinite(drug.se).any())
    moved = drug.effect if has_noise else drug.direction
    found = {"connectivity": connectivity(t, moved, np.nan_to_num(drug.se) if has_noise else None)}
    if not drug.has_numbers:
        blank = np.full(found["connectivity"].shape, np.nan)
        return {**found, **dict.fromkeys(("improvement_pct", "improvement_uncapped_pct",
                                          "cosine"), blank)}  # fmt: skip
    improvement = percent_improvement(np.where(selected, b, np.nan), b + drug.effect)
    found["improvement_pct"] = np.asarray(improvement.capped)
    found["improvement_uncapped_pct"] = np.asarray(improvement.uncapped)
    found["cosine"] = cosine(b, drug.effect)
    return found


def p_value(value: float, null: Floats) -> float:
    """Return (1 + draws at least as large) / (1 + draws); a draw without a value counts as none.

    Examples
    --------
    >>> p_value(2.0, np.array([0.0, 1.0, 2.0, np.nan]))
    0.4
    """
    if not np.isfinite(value):
        return float("nan")
    return float((1 + (null >= value).sum()) / (1 + len(null)))


def verdict(values: dict[str, float], p_values: dict[str, float]) -> tuple[str, tuple[str, ...]]:
    """Return ``reverses`` where every deciding metric is beyond its nulls and it is not trifling.

    At least 10 % of the signature must be taken away: with few analytes covered of many, less can
    be beyond chance.

    Parameters
    ----------
    values, p_values : dict of str to float
        By metric; missing or NaN does not agree.

    Returns
    -------
    verdict : {"reverses", "not shown"}
    agreeing : tuple of str

    Examples
    --------
    >>> verdict({"cosine": 0.4, "connectivity": 0.2}, {"cosine": 0.01, "connectivity": 0.3})
    ('not shown', ('cosine',))
    """
    agreeing = tuple(
        name
        for name in DECIDING
        if values.get(name, np.nan) > 0 and p_values.get(name, np.nan) <= ALPHA
    )
    is_large = values.get("improvement_pct", np.nan) >= LEAST_IMPROVEMENT
    return ("reverses" if is_large and len(agreeing) == len(DECIDING) else "not shown"), agreeing
