"""Scores of drugs turned into the tables of a reversal."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.signature.reversal.drug_vector import PLAIN, DrugVector
from subtyping.signature.reversal.metrics import percent_improvement
from subtyping.signature.reversal.published_scores import METRICS, DrugScores, null_summary
from subtyping.signature.reversal.result import COLUMNS, DECIDING, Reversal
from subtyping.signature.reversal.scores import verdict
from subtyping.signature.reversal.signature_of_cases import CaseSignature

__all__ = ["Entry", "analyte_rows", "assembled", "scored_entry", "unscored_entry"]

NAN = float("nan")
UNADJUSTED = "reverses, not placebo-adjusted"
OBSERVED = "observed"
OTHER_CLASS = "drugs of another class"
LEAST_DRUGS = 19
VERDICTS = ("drug", "model", "handling", "verdict", "agreeing", "reason")
NULLS = ("drug", "model", "handling", "metric", "null", "median", "q95", "p_value", "draws")
ANALYTES = (
    "drug", "model", "analyte", "is_signature", "log2_fc", "effect", "after", "improvement_pct",
    "is_wrong_way", "is_overshoot", "source",
)  # fmt: skip
PATIENTS = ("drug", "model", "sample_id", "n_outside", "n_back", "n_pushed_out", "share")


@dataclass(frozen=True, eq=False)
class Entry:
    """One drug under one model, with or without handling markers."""

    drug: str
    model: str
    drug_class: str
    handling: str
    n_covered: int
    n_signature: int
    n_known: int
    n_panel: int
    reason: str = ""
    has_numbers: bool = True
    values: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    nulls: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    patients: pd.DataFrame = field(default_factory=pd.DataFrame)

    def p_of(self, metric: str) -> float:
        """Return the largest p-value of a metric over its nulls."""
        found = [summary["p_value"] for summary in self._of(metric)]
        return max((p for p in found if np.isfinite(p)), default=NAN)

    def twin_of(self, metric: str) -> float:
        """Return the largest median of a metric over its nulls."""
        found = [summary["median"] for summary in self._of(metric)]
        return max((x for x in found if np.isfinite(x)), default=NAN)

    def _of(self, metric: str) -> list[dict[str, float]]:
        return [by[metric] for by in self.nulls.values() if metric in by]

    def decision(self) -> tuple[str, tuple[str, ...]]:
        """Return verdict and agreeing metrics."""
        if not self.values:
            return "not applicable", ()
        found, agreeing = verdict(self.values, {name: self.p_of(name) for name in DECIDING})
        if found == "reverses" and self.model in (PLAIN, OBSERVED):
            found = UNADJUSTED
        return (found if self.has_numbers else "not applicable"), agreeing

    def told(self) -> str:
        """Return what a score says, in a sentence."""
        covered = f"{self.n_covered} of {self.n_signature} dysregulated analytes covered"
        found, agreeing = self.decision()
        if not self.has_numbers:
            value, p = self.values["connectivity"], self.p_of("connectivity")
            return (
                f"{self.drug} ({self.model}, {covered}): only directions are known; connectivity "
                f"{value:.2f} (null {self.twin_of('connectivity'):.2f}, p {p:.3g})."
            )
        value, twin = self.values["improvement_pct"], self.twin_of("improvement_pct")
        low, high = self.intervals["improvement_pct"]
        names = ", ".join(agreeing) if agreeing else "none"
        lead = f"{self.drug} ({self.model}, {covered})"
        verb = {
            "reverses": f"{lead} reverses the signature beyond chance",
            UNADJUSTED: f"{lead} reverses the signature, the placebo's part included",
        }.get(found, f"Reversal by {lead} is not shown")
        interval = f"{low:.0f} to {high:.0f}" if np.isfinite(low + high) else "no interval"
        return (
            f"{verb}: {value:.0f} % of it is taken away ({interval}; null "
            f"{twin:.0f}); metrics beyond their nulls: {names}."
        )


def _counts(known: NDArray[np.bool_], signature: CaseSignature) -> tuple[int, int, int, int]:
    """Covered, dysregulated, known and all analytes."""
    hit = signature.is_dysregulated
    return int((known & hit).sum()), int(hit.sum()), int(known.sum()), len(hit)


def unscored_entry(drug: DrugVector, signature: CaseSignature, handling: str, reason: str) -> Entry:
    """Return the entry of a drug that cannot be scored, with the reason."""
    counts = _counts(np.isfinite(drug.direction), signature)
    return Entry(drug.drug, drug.model, drug.drug_class, handling, *counts, reason=reason)


def scored_entry(
    drug: DrugVector, signature: CaseSignature, handling: str, scores: DrugScores
) -> Entry:
    """Return the entry of a drug with scores."""
    has_numbers = bool(np.isfinite(scores.values.get("improvement_pct", NAN)))
    known = np.isfinite(drug.effect) if has_numbers else np.isfinite(drug.direction)
    nulls = {
        name: {
            metric: null_summary(scores.values[metric], draws)
            for metric, draws in by_metric.items()
            if np.isfinite(scores.values.get(metric, NAN))
        }
        for name, by_metric in scores.nulls.items()
    }
    return Entry(
        drug.drug, drug.model, drug.drug_class, handling, *_counts(known, signature),
        reason="" if has_numbers else "only directions are known",
        has_numbers=has_numbers, values=dict(scores.values), intervals=dict(scores.intervals),
        nulls=nulls, patients=scores.patients,
    )  # fmt: skip


def analyte_rows(drug: DrugVector, signature: CaseSignature) -> pd.DataFrame:
    """Return the analytes a drug is known to move, and those it moves the wrong way.

    Wrong way: away from the reference, in a dysregulated analyte. Overshoot: past the reference
    by more than the difference was.
    """
    known = np.isfinite(drug.effect) | np.isfinite(drug.direction)
    b, d = signature.log2_fc, drug.effect
    direction = np.where(np.isfinite(d), np.sign(d), drug.direction)
    table = pd.DataFrame(
        {
            "analyte": signature.analytes,
            "is_signature": signature.is_dysregulated,
            "log2_fc": b,
            "effect": d,
            "after": b + d,
            "improvement_pct": percent_improvement(b, b + d).per_analyte if len(b) else b,
            "is_wrong_way": signature.is_dysregulated & (np.sign(b) * direction > 0),
            "is_overshoot": signature.is_dysregulated & (np.sign(b) * (b + d) < -np.abs(b)),
            "source": drug.source,
        }
    )
    table.insert(0, "model", drug.model)
    table.insert(0, "drug", drug.drug)
    return table[known]


def assembled(
    entries: Sequence[Entry],
    analytes: Sequence[pd.DataFrame],
    sentence: str,
    notes: tuple[str, ...],
) -> Reversal:
    """Return the tables of all entries."""
    verdicts = [{**_key(e), "verdict": e.decision()[0], "agreeing": ", ".join(e.decision()[1]),
                 "reason": e.reason} for e in entries]  # fmt: skip
    nulls = [
        {**_key(e), "metric": metric, "null": null, **summary}
        for e in entries
        for null, by_metric in [*e.nulls.items(), (OTHER_CLASS, _other_class(e, entries))]
        for metric, summary in by_metric.items()
    ]
    first = "with" if any(e.handling == "with" for e in entries) else "without"
    patients = [
        e.patients.assign(drug=e.drug, model=e.model)
        for e in entries
        if e.handling == first and len(e.patients)
    ]
    return Reversal(
        table=pd.DataFrame([row for e in entries for row in _rows(e)], columns=list(COLUMNS)),
        verdicts=pd.DataFrame(verdicts, columns=list(VERDICTS)),
        nulls=pd.DataFrame(nulls, columns=list(NULLS)),
        analytes=_stacked(analytes, ANALYTES),
        patients=_stacked(patients, PATIENTS),
        sentence=sentence,
        notes=notes,
    )


def _stacked(tables: Sequence[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    kept = [table for table in tables if len(table)]
    if not kept:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(kept, ignore_index=True)[list(columns)]


def _key(entry: Entry) -> dict[str, str]:
    return {"drug": entry.drug, "model": entry.model, "handling": entry.handling}


def _rows(entry: Entry) -> list[dict[str, object]]:
    counts = {name: getattr(entry, name) for name in
              ("n_covered", "n_signature", "n_known", "n_panel")}  # fmt: skip
    same = {**_key(entry), **counts, "reason": entry.reason}
    if not entry.values:
        return [{**same, "metric": "all"}]
    shown = [*METRICS, *(name for name in entry.values if name not in METRICS)]
    rows: list[dict[str, object]] = []
    for metric in shown:
        value = entry.values.get(metric, NAN)
        if not np.isfinite(value) and metric not in DECIDING:
            continue
        low, high = entry.intervals.get(metric, (NAN, NAN)) if np.isfinite(value) else (NAN, NAN)
        rows.append(
            {**same, "metric": metric, "value": value, "ci_low": low, "ci_high": high,
             "null_twin": entry.twin_of(metric), "p_value": entry.p_of(metric)}
        )  # fmt: skip
    return rows


def _other_class(entry: Entry, entries: Sequence[Entry]) -> dict[str, dict[str, float]]:
    """Return how the drugs of other classes score; a p-value needs at least 19 of them."""
    others = [
        e
        for e in entries
        if e.values
        and e.drug_class != entry.drug_class
        and (e.model, e.handling) == (entry.model, entry.handling)
    ]
    found = {}
    for metric in DECIDING:
        scores = np.array([e.values.get(metric, NAN) for e in others])
        scores = scores[np.isfinite(scores)]
        if not len(scores) or not np.isfinite(entry.values.get(metric, NAN)):
            continue
        found[metric] = null_summary(entry.values[metric], scores)
        if len(scores) < LEAST_DRUGS:
            found[metric]["p_value"] = NAN
    return found
