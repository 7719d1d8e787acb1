"""Is it the same people next time? Membership and score over repeated visits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from subtyping.discovery import Assignment, FittedLabelling, Verdict
from subtyping.discovery.assignment import unclear_assignment
from subtyping.statistics.repeatability import cohen_kappa, icc_agreement
from subtyping.study.cohort import StudyCohort

__all__ = ["LEAST_PEOPLE", "Visits", "describe_visits", "repeated_visits"]

LEAST_PEOPLE = 20
COLUMNS = (
    "people",
    "visits",
    "statistic",
    "value",
    "ci_low",
    "ci_high",
    "n_subjects",
    "sentence",
)


@dataclass(frozen=True, eq=False)
class Visits:
    """How far people agree with themselves at another visit.

    Attributes
    ----------
    table : pandas.DataFrame
        ``people, visits, statistic, value, ci_low, ci_high, n_subjects, sentence``; statistic is
        ``kappa of label`` (subtype, other, unclear) or ``ICC(2,1) of the value``.
    samples : pandas.DataFrame
        ``sample_id, subject, visit, probability, label, reason, value``: every visit.
    sentence : str
    """

    table: pd.DataFrame
    samples: pd.DataFrame
    sentence: str


def describe_visits(
    cohort: StudyCohort, fitted: FittedLabelling, verdict: Verdict
) -> Visits | None:
    """Assign every visit of the study's people with the frozen labelling and compare them.

    The labelling was learnt on the samples the study uses, which are among the visits compared:
    agreement with the visit it was learnt on is a little better than between two new visits.

    Parameters
    ----------
    cohort : StudyCohort
    fitted : FittedLabelling
    verdict : Verdict
        Where it is not discrete nobody has a label, and only the score is compared.

    Returns
    -------
    Visits or None
        None where fewer than 20 people have two visits.
    """
    panel = cohort.visits if cohort.visits is not None else cohort.panel
    if "subject" not in panel.samples or not panel.samples["subject"].duplicated().any():
        return None
    values = fitted.score(panel).values
    if verdict.is_discrete:
        labelled: Assignment = fitted.label(panel)
    else:
        labelled = unclear_assignment(panel.sample_ids, verdict.kind)
    table = labelled.table.assign(value=values.to_numpy())
    masks = {
        "cases": panel.in_groups(cohort.case),
        "cases and reference people": panel.in_groups([*cohort.case, *cohort.reference]),
    }
    return repeated_visits(panel.samples, table, masks)


def repeated_visits(
    samples: pd.DataFrame, assigned: pd.DataFrame, people: Mapping[str, np.ndarray] | None = None
) -> Visits | None:
    """Compare the labels and values of people who were sampled more than once.

    Parameters
    ----------
    samples : pandas.DataFrame
        Indexed by sample_id, with ``subject`` and perhaps ``visit``; without it the samples of a
        person are numbered in their order.
    assigned : pandas.DataFrame
        ``sample_id, probability, label, reason, value`` in the same order.
    people : mapping of str to array of bool, optional
        Whom to report on; all people by default.

    Returns
    -------
    Visits or None
        None where fewer than 20 people have two visits. Each visit is compared with the first and
        with the one before it; of several samples of a person at one visit the first counts.

    Examples
    --------
    >>> ids = [f"s{i}" for i in range(40)]
    >>> samples = pd.DataFrame({"subject": [f"p{i % 20}" for i in range(40)],
    ...                         "visit": ["V1"] * 20 + ["V2"] * 20}, index=ids)
    >>> label = ["subtype"] * 5 + ["other"] * 15 + ["subtype"] * 4 + ["other"] * 16
    >>> assigned = pd.DataFrame({"sample_id": ids, "probability": 0.5, "label": label,
    ...                          "reason": "", "value": [*range(20), *range(20)]})
    >>> repeated_visits(samples, assigned).table[["visits", "statistic", "value"]].round(2)
          visits              statistic  value
    0  V1 and V2         kappa of label   0.86
    1  V1 and V2  ICC(2,1) of the value   1.00
    """
    if "subject" not in samples:
        return None
    each = assigned.assign(
        subject=samples["subject"].to_numpy(), visit=_visits(samples), row=np.arange(len(samples))
    )
    known = each[each["subject"].notna() & each["visit"].notna()]
    known = known.drop_duplicates(["subject", "visit"])
    rows: list[dict[str, object]] = []
    for name, mask in (people or {"all people": np.ones(len(samples), dtype=bool)}).items():
        mine = known[mask[known["row"].to_numpy()]]
        for first, second in _pairs(list(dict.fromkeys(known["visit"]))):
            rows += _compared(name, mine, first, second)
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    wanted = ["sample_id", "subject", "visit", "probability", "label", "reason", "value"]
    return Visits(table, each[wanted].reset_index(drop=True), " ".join(table["sentence"].iloc[:2]))


def _visits(samples: pd.DataFrame) -> np.ndarray:
    """Return the visit of each sample: its name, or its number among the person's samples."""
    if "visit" in samples:
        return samples["visit"].to_numpy(dtype=object)
    number = samples.groupby("subject", dropna=False, sort=False).cumcount() + 1
    return number.astype(str).to_numpy(dtype=object)


def _pairs(visits: list[str]) -> list[tuple[str, str]]:
    """Pair each visit with the first and with the one before it, numbers in names in order."""
    ordered = sorted(visits, key=_natural)
    pairs = [(ordered[0], later) for later in ordered[1:]]
    pairs += list(pairwise(ordered))
    return list(dict.fromkeys(pairs))


def _natural(text: str) -> list[tuple[int, float, str]]:
    parts = re.split(r"(\d+)", str(text).casefold())
    return [(0, float(part), "") if part.isdigit() else (1, 0.0, part) for part in parts if part]


def _compared(name: str, people: pd.DataFrame, first: str, second: str) -> list[dict[str, object]]:
    """Return kappa and ICC of two visits; nothing with fewer than 20 people at both."""
    one = people[people["visit"] == first].set_index("subject")
    two = people[people["visit"] == second].set_index("subject")
    both = one.index.intersection(two.index, sort=False)
    n, title = len(both), f"{first} and {second}"
    if n < LEAST_PEOPLE:
        return []
    labels = one.loc[both, "label"].to_numpy(), two.loc[both, "label"].to_numpy()
    kappa = cohen_kappa(*labels)
    said = f"Label at visits {title}, {n} {name}: "
    if np.isfinite(kappa.value):
        kept = float(np.mean(labels[0] == labels[1]))
        said += (
            f"kappa {kappa.value:.2f} ({kappa.ci_low:.2f} to {kappa.ci_high:.2f}), "
            f"{kept:.0%} with the same label."
        )
    else:
        only = str(labels[0][0])
        said += f"everybody is {only} at both, so kappa is not applicable."
    scores = np.column_stack([one.loc[both, "value"], two.loc[both, "value"]]).astype(float)
    whole = np.isfinite(scores).all(axis=1)
    icc, n_scored = icc_agreement(scores[whole]), int(whole.sum())
    told = f"Score at visits {title}, {n_scored} {name}: "
    told += (
        f"ICC(2,1) {icc.value:.2f} ({icc.ci_low:.2f} to {icc.ci_high:.2f})."
        if np.isfinite(icc.value)
        else "no repeatability can be given."
    )
    parts = (("kappa of label", kappa, n, said), ("ICC(2,1) of the value", icc, n_scored, told))
    return [
        dict(zip(COLUMNS, (name, title, what, e.value, e.ci_low, e.ci_high, m, words), strict=True))
        for what, e, m, words in parts
    ]
