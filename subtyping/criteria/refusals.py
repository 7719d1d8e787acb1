"""Rules that stand on the floor of the assay: refused, told, and another one chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from subtyping.criteria.candidates import Candidates
from subtyping.criteria.noise import Noise
from subtyping.criteria.portability import judge_portability
from subtyping.criteria.rows import as_rule
from subtyping.criteria.search import Choice
from subtyping.criteria.sentences import criteria_sentence
from subtyping.criteria.task import Resampling
from subtyping.panel.panel import Panel

__all__ = ["REFUSED_COLUMNS", "Cleared", "clear_of_floor", "refused_sentence"]

REFUSED_COLUMNS = ("rule_text", "marker", "limit", "limit_kind", "margin_sd", "reason")


@dataclass(frozen=True, eq=False)
class Cleared:
    """Candidates on which no rule that would be chosen is refused.

    Attributes
    ----------
    task : Resampling or None
        None where no candidate is left.
    candidates : Candidates
    refused : pandas.DataFrame
        ``rule_text, marker, limit, limit_kind, margin_sd, reason``: a row for each clause that
        had a rule refused, see `judge_portability`.
    """

    task: Resampling | None
    candidates: Candidates
    refused: pd.DataFrame

    @staticmethod
    def nothing() -> pd.DataFrame:
        """Return the table of the refused without rows."""
        return pd.DataFrame(columns=list(REFUSED_COLUMNS))


def clear_of_floor(
    task: Resampling,
    candidates: Candidates,
    people: Panel,
    choose: Callable[[Resampling], Sequence[Choice | None]],
    noise: Noise,
) -> Cleared:
    """Leave out, one choice after the other, the analytes whose cut would be refused.

    The rules are chosen on everybody; where one is refused its near-floor analytes leave the
    candidates and the choice is made again, until every chosen rule stands clear. Only then are
    resamples drawn, from the candidates that are left: which those are is not repeated in them.
    Where nothing is refused, nothing changes.

    Parameters
    ----------
    task : Resampling
    candidates : Candidates
        What the columns of the task are.
    people : Panel
        The cases.
    choose : callable
        Returns the rules that would be reported, from the task.
    noise : Noise
        ``lloq`` and ``cv_pct`` are read.

    Returns
    -------
    Cleared
    """
    told: list[pd.DataFrame] = []
    left: Resampling | None = task
    while left is not None:
        near: set[str] = set()
        for choice in choose(left):
            if choice is None:
                continue
            rule = as_rule(choice, candidates, people.platform, "", task.seed)
            found = judge_portability(rule, people, lloq=noise.lloq, cv_pct=noise.cv_pct)
            if found.is_refused:
                clauses = found.table[found.table["is_refused"]]
                near |= set(clauses["marker"])
                told.append(clauses.assign(rule_text=rule.text)[list(REFUSED_COLUMNS)])
        if not near:
            break
        kept = [k for k, name in enumerate(candidates.names) if name not in near]
        left, candidates = (left.only(kept) if kept else None), _only(candidates, kept)
    if not told:
        return Cleared(left, candidates, Cleared.nothing())
    return Cleared(left, candidates, pd.concat(told, ignore_index=True))


def _only(candidates: Candidates, kept: list[int]) -> Candidates:
    parts = {
        name: tuple(getattr(candidates, name)[k] for k in kept)
        for name in ("names", "units", "sources")
    }
    return replace(candidates, values=candidates.values[:, kept], **parts)


def refused_sentence(
    refused: pd.DataFrame, table: pd.DataFrame, kind: str, what: str, n: tuple[int | None, int]
) -> str:
    """Return the sentence of the criteria with the rules that were refused, and why.

    Parameters
    ----------
    refused : pandas.DataFrame
        As `Cleared.refused`.
    table : pandas.DataFrame
        Criteria table.
    kind, what
        As in `criteria_sentence`.
    n : tuple of (cases that would be needed or None, resamples)

    Returns
    -------
    str
    """
    texts = list(dict.fromkeys(refused["rule_text"]))
    is_left = not texts or (table["kind"] != "published").any()
    said = criteria_sentence(table, kind if is_left else "refused", what, *n)
    if not texts:
        return said
    was = "was refused" if len(texts) == 1 else "were refused"
    return f"{said} {' and '.join(texts)} {was}. {' '.join(dict.fromkeys(refused['reason']))}"
