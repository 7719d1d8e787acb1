"""Are two tubes of one sample in the panel under two ids?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.preparation.quality.log_values import LogValues

__all__ = ["DuplicateProfiles", "duplicate_profiles"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MIN_SAMPLES, MIN_ANALYTES = 20, 10
NEIGHBOURS = 5
CORRELATION_WANTED = 0.9
DEPARTURE_WANTED = -4.0
NOISE, ANALYTES_FOR_NOISE = 0.1, 20
CHUNK = 400
COLUMNS = ["sample_id", "other_id", "correlation", "difference_sd", "departure", "is_duplicate"]


@dataclass(frozen=True, eq=False)
class DuplicateProfiles:
    """Pairs of samples by how near they are, nearest first.

    Attributes
    ----------
    table : pandas.DataFrame
        ``sample_id, other_id, correlation, difference_sd, departure, is_duplicate`` of the
        nearest pairs: correlation of the standardised profiles, median absolute difference in
        robust SD of the analytes, and where its logarithm stands among the distances of all
        samples to their nearest neighbour, in robust SD.
    usual_difference_sd : float
        Median distance of a sample to its nearest neighbour.
    n_analytes : int
        Well detected analytes compared.
    """

    table: pd.DataFrame
    usual_difference_sd: float
    n_analytes: int

    @property
    def pairs(self) -> pd.DataFrame:
        """Pairs that are duplicates."""
        return self.table[self.table["is_duplicate"]].reset_index(drop=True)


def duplicate_profiles(log: LogValues) -> DuplicateProfiles | None:
    """Find pairs of samples that are as alike as two wells of one sample.

    Of each sample the five most correlated others are compared by the median over analytes of
    the absolute difference, in robust SD. A pair is a duplicate if the correlation is at least
    .9 and its distance is nowhere near how far samples lie from their nearest neighbour (4
    robust SD below the median on the log scale, or within .1 SD where 20 analytes are compared).

    Parameters
    ----------
    log : LogValues
        Only well detected analytes are compared: below detection there is noise.

    Returns
    -------
    DuplicateProfiles or None
        None with fewer than 20 samples or 10 well detected analytes.

    Notes
    -----
    Repeats of one sample on plates that were not bridged can differ by more and be missed; two
    visits of one person a day apart can be as alike as repeats.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> panel = simulate_cohort("null", seed=1, n_case=90).panel
    >>> len(duplicate_profiles(log_values(panel)).pairs)
    0
    """
    z = log.robust_z
    n, p = z.shape
    if n < MIN_SAMPLES or p < MIN_ANALYTES:
        return None
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    unit = z / np.where(norms > 0, norms, 1.0)
    first, second = _near_pairs(unit)
    difference = _median_difference(z, first, second)
    nearest = np.full(n, np.inf)
    np.minimum.at(nearest, first, difference)
    np.minimum.at(nearest, second, difference)
    logged = np.log(np.maximum(nearest, 1e-9))
    low, middle, high = np.quantile(logged, [0.25, 0.5, 0.75])
    departure = (np.log(np.maximum(difference, 1e-9)) - middle) / max((high - low) / 1.349, 1e-9)
    correlation = _row_products(unit, first, second)
    is_near = (departure <= DEPARTURE_WANTED) | ((difference <= NOISE) & (p >= ANALYTES_FOR_NOISE))
    table = pd.DataFrame(
        {
            "sample_id": log.sample_ids[first],
            "other_id": log.sample_ids[second],
            "correlation": correlation,
            "difference_sd": difference,
            "departure": departure,
            "is_duplicate": is_near & (correlation >= CORRELATION_WANTED),
        }
    ).sort_values(["difference_sd", "sample_id", "other_id"], kind="stable")
    return DuplicateProfiles(
        table=table.head(max(n, int(table["is_duplicate"].sum()))).reset_index(drop=True)[COLUMNS],
        usual_difference_sd=float(np.exp(middle)),
        n_analytes=p,
    )


def _median_difference(z: Floats, first: Ints, second: Ints) -> Floats:
    """Return the median absolute difference of each pair of rows, a few pairs at a time."""
    parts = _in_parts(first, second)
    return np.concatenate([np.median(np.abs(z[one] - z[other]), axis=1) for one, other in parts])


def _row_products(unit: Floats, first: Ints, second: Ints) -> Floats:
    """Return the inner product of each pair of rows, a few pairs at a time."""
    parts = _in_parts(first, second)
    return np.concatenate([(unit[one] * unit[other]).sum(axis=1) for one, other in parts])


def _in_parts(first: Ints, second: Ints) -> list[tuple[Ints, Ints]]:
    """Cut the pairs into parts of bounded size."""
    starts = range(0, len(first), CHUNK)
    return [(first[i : i + CHUNK], second[i : i + CHUNK]) for i in starts]


def _near_pairs(unit: Floats) -> tuple[Ints, Ints]:
    """Return each sample with its most correlated others, every pair once."""
    n = len(unit)
    k = min(NEIGHBOURS, n - 1)
    codes = []
    for start in range(0, n, CHUNK):
        rows = np.arange(start, min(start + CHUNK, n))
        cosine = unit[rows] @ unit.T
        cosine[np.arange(len(rows)), rows] = -np.inf
        near = np.argpartition(-cosine, k - 1, axis=1)[:, :k]
        one, other = np.repeat(rows, k), near.ravel()
        codes.append(np.minimum(one, other) * n + np.maximum(one, other))
    pairs = np.unique(np.concatenate(codes))
    return pairs // n, pairs % n
