"""Stability and split-half replication of the two classes among cases, beside continuum twins."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from subtyping._random import stream
from subtyping._validation import count_of
from subtyping.axes.scorer import AxisScorer
from subtyping.discovery.labelling import LEAST_CASES, FittedLabelling
from subtyping.discovery.line import Line
from subtyping.exceptions import InputError
from subtyping.statistics.agreement import adjusted_rand, best_jaccard, prediction_strength
from subtyping.statistics.mixtures import fit_two_groups_many

__all__ = ["Stability", "stability", "stability_lines"]

SUBSAMPLE_FRAC = 0.632  # distinct people of a bootstrap sample
N_ITER = 120
STATISTICS = (
    ("stability", "Jaccard of the less stable class"),
    ("split-half strength", "prediction strength"),
    ("split-half agreement", "adjusted Rand index"),
)


@dataclass(frozen=True, eq=False)
class Stability:
    """How well the two classes of a labelling are found again.

    Attributes
    ----------
    jaccard : ndarray of shape (n_resamples, 2)
        Recovery of the lower and the upper class in each subsample.
    strength, rand : ndarray of shape (n_splits,)
        Prediction strength and adjusted Rand index between what one half finds in itself and
        what the other half's rule says of it, mean of both directions.
    """

    jaccard: np.ndarray
    strength: np.ndarray
    rand: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """Jaccard of the less stable class, prediction strength, adjusted Rand index: means."""
        jaccard = self.jaccard.mean(axis=0).min()
        return np.array([jaccard, self.strength.mean(), self.rand.mean()])

    @property
    def intervals(self) -> np.ndarray:
        """Central 95 % over the resamples of each, of shape (3, 2)."""
        worst = self.jaccard[:, int(self.jaccard.mean(axis=0).argmin())]
        return np.array([np.quantile(v, (0.025, 0.975)) for v in (worst, self.strength, self.rand)])


def stability(fitted: FittedLabelling, seed: int, n_resamples: int = 50) -> Stability:
    """Refit axis and mixture on subsamples and on halves of the people.

    The classes are the cases more and less likely than one half to belong to the upper component.
    Cases and reference people are drawn apart. Preparation stays as it was: it needs the panel,
    and moves every value of a resample alike.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int, default 50
        Subsamples of 63.2 %; half as many splits.

    Returns
    -------
    Stability

    Raises
    ------
    InputError
        If half of the cases are fewer than 8, or the axis cannot be scored in a resample.

    Notes
    -----
    A continuum is cut at nearly the same place in every resample too: high numbers say that the
    procedure is steady, not that there are classes. They mean something only beside a twin.

    References
    ----------
    Ullmann T, Hennig C, Boulesteix AL (2022). Validation of cluster analysis results on
    validation data: a systematic framework. WIREs Data Mining and Knowledge Discovery 12, e1444.
    doi:10.1002/widm.1444.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.discovery import LabellingProcedure
    >>> panel = simulate_cohort("th2_subtype", seed=3, separation=6.0).panel
    >>> fitted = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2")).fit(panel)
    >>> bool(stability(fitted, seed=1, n_resamples=6).values.min() > 0.7)
    True
    """
    cases, reference = np.flatnonzero(fitted.is_case), np.flatnonzero(fitted.is_reference)
    if len(cases) // 2 < LEAST_CASES or len(reference) < 4:
        message = (
            f"Half of the cases must be at least {LEAST_CASES} people, and there must be four "
            f"reference people; the groups have {len(cases)} and {len(reference)}."
        )
        raise InputError(message)
    n_splits = max(1, n_resamples // 2)
    parts = []
    for r in range(n_resamples):
        rng = stream(seed, "discovery", "stability", r)
        drawn = (rng.permutation(group) for group in (cases, reference))
        parts.append([each[: round(SUBSAMPLE_FRAC * len(each))] for each in drawn])
    for s in range(n_splits):
        rng = stream(seed, "discovery", "split half", s)
        shuffled = [rng.permutation(group) for group in (cases, reference)]
        parts += [[each[h : len(each) // 2 * 2 : 2] for each in shuffled] for h in (0, 1)]
    upper = [_is_upper(fitted, parts[:n_resamples]), _is_upper(fitted, parts[n_resamples:])]
    whole = (fitted.model.probability(_values(fitted.scores.values)) >= 0.5).astype(int)
    jaccard = [
        best_jaccard(whole[case], found[case], 2)
        for (case, _), found in zip(parts[:n_resamples], upper[0], strict=True)
    ]
    halves = zip(parts[n_resamples:], upper[1], upper[1][_other(n_splits)], strict=True)
    both = np.array([_replication(case, own, other) for (case, _), own, other in halves])
    by_split = both.reshape(n_splits, 2, 2).mean(axis=1)
    return Stability(np.array(jaccard), by_split[:, 0], by_split[:, 1])


def _other(n_splits: int) -> np.ndarray:
    """Places of the other halves: 1, 0, 3, 2, ..."""
    return np.arange(2 * n_splits) ^ 1


def _replication(case: np.ndarray, own: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    found, said = own[case], other[case]
    return prediction_strength(found, said), adjusted_rand(found, said)


def _values(values: object) -> np.ndarray:
    return np.asarray(values, dtype=float)


def _is_upper(fitted: FittedLabelling, parts: list[list[np.ndarray]]) -> np.ndarray:
    """Class of every sample by the rule learnt in each part, (n_parts, n_samples)."""
    scored = np.array([_scored(fitted, case, reference) for case, reference in parts])
    taught = np.array([row[case] for row, (case, _) in zip(scored, parts, strict=True)])
    found, _ = fit_two_groups_many(np.sort(taught, axis=1), n_iter=N_ITER)
    upper = np.empty(scored.shape, dtype=int)
    for r, (row, model) in enumerate(zip(scored, found.each(), strict=True)):
        upper[r] = model.probability(row) >= 0.5
    return upper


def _scored(fitted: FittedLabelling, case: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Values of every sample on the axis learnt in some people."""
    rows = np.concatenate([case, reference])
    taught = replace(fitted.prepared, z=fitted.prepared.z.iloc[rows])
    is_case = np.arange(len(rows)) < len(case)
    scorer = AxisScorer(fitted.procedure.axes, only_declared=True)
    return _values(scorer.fit(taught, is_case, ~is_case).transform(fitted.prepared).values)


def stability_lines(
    fitted: FittedLabelling,
    twins: Sequence[FittedLabelling],
    seed: int,
    n_resamples: int = 50,
) -> list[Line]:
    """Take the lines of evidence on stability: they annotate, beside their twins, never decide.

    Parameters
    ----------
    fitted : FittedLabelling
    twins : sequence of FittedLabelling
        The same procedure fitted to draws from a continuum of this cohort
        (`subtyping.cohorts.fit_continuum`). Without twins no number is given.
    seed : int
        The twins are resampled with the same streams.
    n_resamples : int, default 50

    Returns
    -------
    list of Line
        Clusterwise Jaccard, prediction strength and adjusted Rand index of split halves;
        ``null_twin`` is the median over twins, the interval that over resamples. NaN with the
        reason where there is no twin or there are too few cases.
    """
    if not twins:
        return _absent("Stability is not shown without continuum twins beside it.")
    try:
        mine = stability(fitted, seed, n_resamples)
    except InputError as error:
        return _absent(f"Stability is not applicable. {error}")
    drawn = []
    for twin in twins:
        with suppress(InputError):
            drawn.append(stability(twin, seed, n_resamples).values)
    if not drawn:
        return _absent("Stability is not shown: no continuum twin of this cohort can be labelled.")
    null = np.median(drawn, axis=0)
    count = count_of(len(drawn), "continuum twin")
    values, intervals = mine.values, mine.intervals
    said = [
        (
            f"over {n_resamples} subsamples the less stable of the two classes is found again "
            f"with a mean Jaccard of {values[0]:.2f}; on {count} {null[0]:.2f}."
        ),
        (
            f"of the pairs of a class in one half, the other half's rule keeps together "
            f"{values[1]:.0%} (the worse class); on {count} {null[1]:.0%}."
        ),
        (
            f"what one half finds in itself and what the other half's rule says of it agree with "
            f"an adjusted Rand index of {values[2]:.2f}; on {count} {null[2]:.2f}."
        ),
    ]
    return [
        Line(
            line=line,
            statistic=statistic,
            value=float(values[i]),
            sentence=f"Stability annotates and does not decide: {said[i]}",
            ci_low=float(intervals[i, 0]),
            ci_high=float(intervals[i, 1]),
            null_twin=float(null[i]),
        )
        for i, (line, statistic) in enumerate(STATISTICS)
    ]


def _absent(reason: str) -> list[Line]:
    return [Line(line, statistic, float("nan"), reason) for line, statistic in STATISTICS]
