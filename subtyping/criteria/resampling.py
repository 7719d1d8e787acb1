"""The whole procedure inside the bootstrap: labels, markers and thresholds chosen anew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.criteria.operating import OperatingCharacteristics, operating_characteristics
from subtyping.criteria.search import (
    Choice,
    best_pair,
    best_single,
    flag,
    refit_cuts,
    screen,
)
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["Fitted", "Procedure", "Resample", "Resampling", "choose_rules", "resample_rules"]

Floats = NDArray[np.float64]

_LEAST_WEIGHT = 2.0


class _Labels(Protocol):
    @property
    def table(self) -> pd.DataFrame: ...


class _Scores(Protocol):
    @property
    def values(self) -> pd.Series: ...


class Fitted(Protocol):
    """A labelling learnt on some people, which labels and scores any others."""

    @property
    def members(self) -> tuple[str, ...]:
        """Analytes of the axis the labels are made of."""
        ...

    def label(self, panel: Panel) -> _Labels:
        """Return labels with a ``table`` of ``sample_id, probability, label, reason``."""
        ...

    def score(self, panel: Panel) -> _Scores:
        """Return scores whose ``values`` are the skew of each sample, indexed by sample_id."""
        ...


class Procedure(Protocol):
    """Everything from raw panel to labels, learnt anew in each resample."""

    @property
    def case(self) -> tuple[str, ...]:
        """Groups among whom a subtype is sought."""
        ...

    @property
    def reference(self) -> tuple[str, ...]:
        """Healthy groups that scale the analytes."""
        ...

    def fit(self, panel: Panel, seed: int = 0) -> Fitted:
        """Learn preparation, axis scores and the label model from these samples alone."""
        ...


@dataclass(frozen=True, eq=False)
class Resampling:
    """What every resample needs.

    Attributes
    ----------
    panel : Panel
        Cases and reference people.
    procedure : Procedure
        What makes the labels.
    is_case : ndarray of bool of shape (n_samples,)
        The cases among the panel's samples.
    values : ndarray of shape (n_cases, n_markers)
        Candidate markers of the cases.
    target_prevalence_frac : float or None
        Prevalence where the rule will be used.
    max_markers : int
        Largest number of clauses.
    seed : int
        Root seed.
    probability : ndarray of shape (n_cases,)
        Memberships on everybody; empty on the continuous route.
    final : tuple of Choice
        Rules chosen on everybody; their thresholds are chosen anew on each resample.
    fixed : list of ndarray of shape (n_cases,)
        Flags of rules that were published and learn nothing.
    """

    panel: Panel
    procedure: Procedure
    is_case: NDArray[np.bool_]
    values: Floats
    target_prevalence_frac: float | None
    max_markers: int
    seed: int
    probability: Floats = field(default_factory=lambda: np.empty(0))
    final: tuple[Choice, ...] = ()
    fixed: list[Floats] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Resample:
    """One resample.

    Attributes
    ----------
    prevalence_frac : float
        Share of the resampled cases in the subtype, by the resample's own labels.
    chosen : tuple of Choice or None
        Rule of one marker, of two, as chosen on the resample.
    out_of_bag : tuple of OperatingCharacteristics or None
        Of those rules, in the cases the resample left out.
    refitted : tuple of Choice or None
        Final markers with the cuts this resample gives them.
    fixed : tuple of OperatingCharacteristics
        Of the published rules, in the resampled cases.
    """

    prevalence_frac: float
    chosen: tuple[Choice | None, ...]
    out_of_bag: tuple[OperatingCharacteristics | None, ...]
    refitted: tuple[Choice | None, ...]
    fixed: tuple[OperatingCharacteristics, ...] = field(default=())


def choose_rules(
    values: Floats, probability: Floats, weights: Floats, max_markers: int
) -> tuple[Choice | None, ...]:
    """Choose the best rule of one marker, then of two, for weighted memberships.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
    probability : ndarray of shape (n,)
        Membership; NaN takes no part.
    weights : ndarray of shape (n,)
        Counts of a resample, or ones.
    max_markers : {1, 2}

    Returns
    -------
    tuple of Choice or None
        One for each size; None where memberships leave nothing to tell apart.
    """
    positive = weights * np.nan_to_num(probability)
    negative = weights * np.nan_to_num(1 - probability)
    if min(positive.sum(), negative.sum()) < _LEAST_WEIGHT:
        return (None,) * max_markers
    columns, operators = screen(values, positive, negative)
    rules = [best_single(values, positive, negative, columns, operators)]
    if max_markers > 1:
        rules.append(best_pair(values, positive, negative, columns, operators))
    return tuple(rules)


def resample_rules(
    task: Resampling,
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> list[Resample]:
    """Repeat the whole procedure on resampled people, subjects staying whole.

    Parameters
    ----------
    task : Resampling
    resamples : int
        How many; resample *k* draws from its own stream, so the order and the number of workers
        do not matter.
    jobs : int, optional
        Workers; None uses every core.
    advance : callable, optional
        Called after each resample.

    Returns
    -------
    list of Resample
        Those in which the procedure could be fitted.
    """
    found = map_in_order(partial(_resample, task), range(resamples), jobs=jobs, advance=advance)
    return [one for one in found if one is not None]


def draw_people(
    panel: Panel, is_case: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw positions with replacement, cases and reference people apart, by subject.

    Parameters
    ----------
    panel : Panel
        Cases and reference people.
    is_case : ndarray of bool of shape (n_samples,)
        Which are cases.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int
        As many subjects of either side as there are; all samples of a drawn subject come along.
    """
    subject = panel.role("subject")
    unit = np.arange(len(is_case)) if subject is None else pd.factorize(subject)[0]
    unit = np.where(unit < 0, len(is_case) + np.arange(len(is_case)), unit)
    drawn: list[NDArray[np.int64]] = []
    for side in (is_case, ~is_case):
        rows = np.flatnonzero(side)
        people, starts = np.unique(unit[rows], return_index=True)
        people = people[np.argsort(starts)]
        picks = rng.integers(0, len(people), size=len(people))
        if len(people) == len(rows):
            drawn.append(rows[picks])
        else:
            drawn.extend(rows[unit[rows] == people[i]] for i in picks)
    return np.concatenate(drawn)


def _resample(task: Resampling, k: int) -> Resample | None:
    rows = draw_people(task.panel, task.is_case, stream(task.seed, "criteria", k))
    seed = child_seed(task.seed, "criteria labels", k)
    cases = task.panel.take(task.is_case)
    try:
        labels = task.procedure.fit(task.panel.resample(rows), seed=seed).label(cases).table
    except (InputError, np.linalg.LinAlgError):
        return None
    probability = membership(labels, cases.sample_ids)
    counts = np.bincount(rows, minlength=len(task.is_case))[task.is_case].astype(float)
    chosen = choose_rules(task.values, probability, counts, task.max_markers)
    if chosen[0] is None:
        return None
    outside = (counts == 0).astype(float)
    known = ~np.isnan(probability)
    prevalence = float(np.average(probability[known], weights=counts[known]))
    target = prevalence if task.target_prevalence_frac is None else task.target_prevalence_frac

    def judge(flags: Floats, weights: Floats) -> OperatingCharacteristics:
        return operating_characteristics(
            flags, probability, weights=weights, target_prevalence_frac=target
        )

    positive = counts * np.nan_to_num(probability)
    negative = counts * np.nan_to_num(1 - probability)
    return Resample(
        prevalence,
        chosen,
        tuple(None if rule is None else judge(flag(task.values, rule), outside) for rule in chosen),
        tuple(refit_cuts(task.values, positive, negative, rule) for rule in task.final),
        tuple(judge(flags, counts) for flags in task.fixed),
    )


def membership(labels: pd.DataFrame, sample_ids: pd.Index) -> Floats:
    """Return the membership probability of each sample, in order.

    Parameters
    ----------
    labels : pandas.DataFrame
        ``sample_id, probability``.
    sample_ids : pandas.Index
        Samples wanted.

    Returns
    -------
    ndarray of shape (n_samples,)
        NaN where no probability was given.
    """
    column = labels.set_index("sample_id")["probability"]
    return column.reindex(sample_ids.astype(str)).to_numpy(dtype=float)
