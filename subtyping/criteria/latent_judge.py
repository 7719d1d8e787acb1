"""Rules judged against the latent class and against the labels, with the labels of a resample."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.criteria.choosing import choose_rules, on_scale
from subtyping.criteria.latent import latent_membership
from subtyping.criteria.operating import OperatingCharacteristics, operating_characteristics
from subtyping.criteria.search import Choice, flag
from subtyping.criteria.task import Fitted, Resampling
from subtyping.panel.panel import Panel

__all__ = ["Judge", "Judged", "judge_of", "membership"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """A rule against the latent class and against the labels, in the same people."""

    latent: OperatingCharacteristics
    fidelity: OperatingCharacteristics


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges rules with the labels learnt on some people, weighted by how often each was drawn.

    Attributes
    ----------
    task : Resampling
    probability, score : ndarray of shape (n_cases,)
        Memberships and scores of every case, by that labelling.
    counts : ndarray of shape (n_cases,)
        How often each was drawn.
    """

    task: Resampling
    probability: Floats
    score: Floats
    counts: Floats
    known: dict[tuple[int, ...], Floats] = field(default_factory=dict)

    def membership(self, choice: Choice | None) -> Floats:
        """Return membership of the latent class, the rule's own analytes modelled jointly."""
        columns = self.task.members_of(choice)
        if columns not in self.known:
            logs = self.task.is_log or (False,) * self.task.values.shape[1]
            x = [on_scale(self.task.values[:, k], is_log=logs[k]) for k in columns]
            markers = np.column_stack(x) if x else np.empty((len(self.score), 0))
            self.known[columns] = latent_membership(
                self.probability, self.score, markers, self.counts
            )[0]
        return self.known[columns]

    def choose(self) -> tuple[Choice | None, ...]:
        """Return the rules of each size that these labels and counts would choose."""
        task = self.task
        return choose_rules(
            task.values,
            self.probability,
            self.counts,
            task.max_markers,
            aim=task.aim,
            target_prevalence_frac=task.target_prevalence_frac,
            is_log=task.is_log or None,
        )

    def judge(self, choice: Choice | None, weights: Floats) -> Judged | None:
        """Return how a rule does among weighted people who have all of its markers.

        Those who lack one are left out: another clause may settle their answer, but only one way
        ("or" if it is met, "and" if it is not), and who is settled would be no fair sample.
        """
        if choice is None:
            return None
        missing = np.isnan(self.task.values[:, list(choice.columns)]).any(axis=1)
        flags = np.where(missing, np.nan, flag(self.task.values, choice))
        return Judged(
            self.against(flags, self.membership(choice), weights),
            self.against(flags, self.probability, weights),
        )

    def against(
        self, flags: Floats, membership: Floats, weights: Floats
    ) -> OperatingCharacteristics:
        """Return how flags do against memberships, at the declared prevalence or the labels'."""
        target = self.task.target_prevalence_frac
        return operating_characteristics(
            flags,
            membership,
            weights=weights,
            target_prevalence_frac=self.prevalence_frac if target is None else target,
        )

    @property
    def prevalence_frac(self) -> float:
        """Share of the drawn people in the subtype, by the labels."""
        known = ~np.isnan(self.probability)
        return float(np.average(self.probability[known], weights=self.counts[known]))


def judge_of(task: Resampling, fitted: Fitted, cases: Panel, counts: Floats) -> Judge:
    """Return the judge that a labelling makes of the cases.

    Parameters
    ----------
    task : Resampling
    fitted : Fitted
    cases : Panel
    counts : ndarray of shape (n_cases,)

    Returns
    -------
    Judge
    """
    scores = fitted.score(cases)
    probability = membership(fitted.label(cases, scores=scores).table, cases.sample_ids)
    score = scores.values.reindex(cases.sample_ids).to_numpy(dtype=float)
    return Judge(task, probability, score, counts)


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
