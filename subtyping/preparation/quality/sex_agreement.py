"""Do the proteins agree with the sex that the samples table declares?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.knowledge.sex_linked import sex_linked_table
from subtyping.preparation.quality.log_values import LogValues

__all__ = ["SexAgreement", "sex_agreement"]

Floats = NDArray[np.float64]

MIN_PER_SEX = 10
POSTERIOR_LIMIT = 0.01
FEMALE, MALE = ("f", "w"), ("m",)


@dataclass(frozen=True, eq=False)
class SexAgreement:
    """What sex-linked proteins say of the declared sex.

    Attributes
    ----------
    markers : tuple of str
        Sex-linked proteins measured.
    auc : float
        How well they tell the two declared sexes apart here (apparent).
    table : pandas.DataFrame
        ``sample_id, declared, posterior``: probability of the declared sex, equal priors.
    limit : float
        Posterior under which a sample contradicts its declared sex: at most .01, and so low that
        markers this good put any clean sample of the cohort below it in one cohort of a hundred.
    reversed_markers : tuple of str
        Markers that separate the sexes the wrong way round: codes swapped, perhaps.
    """

    markers: tuple[str, ...]
    auc: float
    table: pd.DataFrame
    limit: float
    reversed_markers: tuple[str, ...]

    @property
    def samples(self) -> tuple[str, ...]:
        """Samples whose proteins speak against the declared sex, the clearest first."""
        found = self.table[self.table["posterior"] < self.limit]
        return tuple(found.sort_values("posterior", kind="stable")["sample_id"])


def sex_agreement(log: LogValues, sex: pd.Series) -> SexAgreement | None:
    """Classify each sample by a linear discriminant of its sex-linked proteins.

    Parameters
    ----------
    log : LogValues
    sex : pandas.Series of shape (n_samples,)
        Two levels; texts that start with f or w are women, with m men; other codes are
        compared without a direction.

    Returns
    -------
    SexAgreement or None
        None where no protein of `sex_linked_table` is well detected, or fewer than ten people
        are declared of either sex.

    Notes
    -----
    The discriminant is learnt from the declared sexes, so it needs most of them to be right.
    What it separates is a matter of the panel: with an `auc` under .95 single people cannot be
    judged.

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> rng = np.random.default_rng(0)
    >>> sex = pd.Series(["male", "female"] * 20)
    >>> truth = sex.where(sex.index != 7, "male")  # one man is declared a woman
    >>> psa = pd.DataFrame({"KLK3": 4.0 * (truth == "male") + rng.normal(0, 0.5, 40)})
    >>> panel = panel_from_frame(psa, psa[[]])
    >>> sex_agreement(log_values(panel), sex).samples
    ('7',)
    """
    table = sex_linked_table().set_index("analyte")
    names = pd.Index(log.analytes)
    columns = np.flatnonzero(names.isin(table.index) & log.well_detected)
    known = sex.notna().to_numpy() & (sex.astype(str).str.strip() != "").to_numpy()
    levels = sorted(sex[known].astype(str).str.strip().unique())
    if not len(columns) or len(levels) != 2:
        return None
    declared = sex.astype(str).str.strip().to_numpy()
    second = declared == levels[1]
    if min(second[known].sum(), (~second[known]).sum()) < MIN_PER_SEX:
        return None
    x = log.filled[:, columns]
    log_odds, separation = _discriminant(x, second, known)
    away = np.where(second, -log_odds, log_odds)[known]
    return SexAgreement(
        markers=tuple(map(str, names[columns])),
        auc=_auc(log_odds[known], second[known]),
        table=pd.DataFrame(
            {
                "sample_id": log.sample_ids[known],
                "declared": declared[known],
                "posterior": 1 / (1 + np.exp(np.clip(away, -500, 500))),
            }
        ),
        limit=_limit(separation, int(known.sum())),
        reversed_markers=_reversed(x[known], second[known], levels, table.loc[names[columns]]),
    )


def _discriminant(
    x: Floats, second: NDArray[np.bool_], known: NDArray[np.bool_]
) -> tuple[Floats, float]:
    """Return log odds of the second level, and the distance of the two centres in SD."""
    one, two = x[known & ~second], x[known & second]
    middle_one, middle_two = np.median(one, axis=0), np.median(two, axis=0)
    centred = np.vstack([one - middle_one, two - middle_two])
    spread = 1.4826 * np.median(np.abs(centred), axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    shaped = np.clip(centred / spread, -3, 3)
    covariance = np.atleast_2d(np.cov(shaped, rowvar=False)) + 0.05 * np.eye(x.shape[1])
    weights = np.linalg.solve(covariance, (middle_two - middle_one) / spread)
    squared = float(weights @ ((middle_two - middle_one) / spread))
    odds = ((x - (middle_one + middle_two) / 2) / spread) @ weights
    return odds, float(np.sqrt(max(squared, 0.0)))


def _limit(separation: float, n: int) -> float:
    """Return the posterior that one clean sample of n falls below in one cohort of a hundred."""
    tail = stats.norm.isf(POSTERIOR_LIMIT / n)
    odds = max(tail * separation - separation**2 / 2, np.log(1 / POSTERIOR_LIMIT - 1))
    return float(1 / (1 + np.exp(min(odds, 500.0))))


def _auc(score: Floats, is_second: NDArray[np.bool_]) -> float:
    """Return how often one of the second level scores higher than one of the first."""
    ranks = stats.rankdata(score)
    n = int(is_second.sum())
    return float((ranks[is_second].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def _reversed(
    x: Floats, second: NDArray[np.bool_], levels: list[str], known: pd.DataFrame
) -> tuple[str, ...]:
    """Return the markers that are far higher in the sex they should be lower in."""
    female = [level.casefold().startswith(FEMALE) for level in levels]
    male = [level.casefold().startswith(MALE) for level in levels]
    if not ((female[0] and male[1]) or (male[0] and female[1])):
        return ()
    is_female = second if female[1] else ~second
    wrong = []
    for column, (name, row) in zip(x.T, known.iterrows(), strict=True):
        auc = _auc(column, is_female)
        expected = auc if row["higher_in"] == "female" else 1 - auc
        if expected < 0.1:
            wrong.append(str(name))
    return tuple(wrong)
