"""An eligibility rule as data: what a protocol would write, and who meets it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping._validation import one_of
from subtyping.criteria.claims import SEAL, checked_evidence, evidence_seal, supported_claim
from subtyping.criteria.clause import Clause, checked_clauses, clause_met
from subtyping.criteria.routine_limits import Routine
from subtyping.criteria.rule_json import (
    SCHEMA_VERSION,
    named_texts,
    read_json,
    rule_fields,
    strict_json,
)
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["DETECTION_POLICIES", "NOT_PORTABLE", "Clause", "EligibilityRule"]

BELOW_COUNTS_AS_BELOW = "below detection counts as below any threshold above the limit"
DETECTION_POLICIES = (BELOW_COUNTS_AS_BELOW,)
NOT_PORTABLE = "not portable: needs bridging or an absolute assay"
MOST_CLAUSES = 3
_JOINERS = ("and", "or")


@dataclass(frozen=True, repr=False)
class EligibilityRule:
    """A rule of one to three clauses; with none, everybody is eligible.

    Attributes
    ----------
    clauses : tuple of Clause
        What is measured and where the thresholds lie.
    joiner : {"and", "or"}, default "and"
        How clauses are joined.
    platform : str or None
        Assay platform the thresholds come from, where known.
    detection_policy : str
        What a value below detection counts as: one of `DETECTION_POLICIES`, the policies that
        `apply` follows.
    claim : {"candidate", "replicated", "prognostic", "predictive"}, default "candidate"
        What the data allow; cross-sectional data allow no more than a candidate. A claim that the
        provenance does not support is lowered to candidate when the rule is made, see
        `with_evidence`.
    target_condition : str
        What the rule is meant to find.
    provenance : tuple of (str, str)
        Names and values: source, seed, package version, ...
    notes : tuple of str
        What was changed when the rule was made or read; no part of the rule.

    Examples
    --------
    >>> rule = EligibilityRule(
    ...     (Clause("CCL17", ">=", 10.21, "NPX"), Clause("CCL13", ">=", 14.9, "NPX"))
    ... )
    >>> rule.text
    'CCL17 >= 10.21 NPX and CCL13 >= 14.9 NPX'
    >>> EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
    Eligible if CRP > 3 mg/L (claim: candidate)
    >>> EligibilityRule.from_json(rule.to_json()) == rule
    True
    >>> EligibilityRule(()).text
    'everybody'
    """

    clauses: tuple[Clause, ...]
    joiner: str = "and"
    platform: str | None = None
    detection_policy: str = BELOW_COUNTS_AS_BELOW
    claim: str = "candidate"
    target_condition: str = ""
    provenance: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clauses", checked_clauses(self.clauses, MOST_CLAUSES))
        object.__setattr__(self, "provenance", named_texts(self.provenance))
        one_of(self.joiner, _JOINERS, "A rule's joiner")
        one_of(self.detection_policy, DETECTION_POLICIES, "A rule's detection policy")
        for name, text in (("platform", self.platform or ""), ("target", self.target_condition)):
            if not isinstance(text, str) or not text.isprintable():
                message = f"A rule's {name} must be text on one line; got {str(text)[:40]!r}."
                raise InputError(message)
        claim, note = supported_claim(self.claim, self.definition, dict(self.provenance))
        object.__setattr__(self, "claim", claim)
        if note:
            object.__setattr__(self, "notes", (*self.notes, note))

    def __repr__(self) -> str:
        said = f"if {self.text}" if self.clauses else self.text
        marks = [f"claim: {self.claim}", self.platform, self.portability_mark]
        return f"Eligible {said} ({'; '.join(mark for mark in marks if mark)})"

    @property
    def text(self) -> str:
        """The rule as a protocol would write it."""
        return f" {self.joiner} ".join(clause.text for clause in self.clauses) or "everybody"

    @property
    def markers(self) -> tuple[str, ...]:
        """Markers in the order of the clauses."""
        return tuple(clause.marker for clause in self.clauses)

    @property
    def definition(self) -> dict[str, Any]:
        """What evidence is tied to: everything that decides who is eligible, and for what."""
        names = ("marker", "operator", "threshold", "unit", "source")
        return {
            "clauses": [{name: getattr(one, name) for name in names} for one in self.clauses],
            "joiner": self.joiner,
            "platform": self.platform,
            "detection_policy": self.detection_policy,
            "target_condition": self.target_condition,
        }

    @property
    def portability(self) -> str:
        """What stands between the thresholds and another laboratory; empty for routine markers."""
        units = {clause.unit for clause in self.clauses if clause.source == "panel"}
        if "NPX" in units or "log2" in units:
            unit = "NPX" if "NPX" in units else "log2"
            return f"A threshold in {unit} is relative to its run, so the rule is {NOT_PORTABLE}."
        if units:
            return "A threshold in pg/mL holds for this assay platform only."
        return ""

    @property
    def portability_mark(self) -> str:
        """The mark a rule in NPX (or log2) carries wherever it is printed; else empty."""
        units = {clause.unit for clause in self.clauses if clause.source == "panel"}
        return NOT_PORTABLE if units & {"NPX", "log2"} else ""

    def apply(self, panel: Panel, routine: Routine | None = None) -> pd.Series:
        """Return who is eligible.

        A value below detection counts as below any threshold above the limit of detection. With
        the threshold at or under the limit, or no limit known, the number of the file is used,
        and the answer is missing where the file gives none. A value above the upper limit
        counts as above; with a threshold over that limit the answer is missing. Clauses are joined
        by three-valued logic: a clause that fails settles an "and" whatever is missing in the
        others.

        Parameters
        ----------
        panel : Panel
            Samples to judge, in the unit of the clauses.
        routine : pandas.DataFrame or RoutineValues, optional
            Routine markers in their canonical units, indexed by sample_id. With their limits
            (`subtyping.panel.routine.RoutineValues`), ``<5`` is below 5, and missing where the
            threshold lies under 5.

        Returns
        -------
        pandas.Series of boolean
            True, False or NA for each sample of the panel.

        Raises
        ------
        InputError
            If a marker is absent, the panel has another unit or comes from another platform.

        Examples
        --------
        >>> import numpy as np
        >>> from subtyping.panel import Panel, ReadingReport
        >>> values = pd.DataFrame({"CCL17": [9.0, 11.0, np.nan]}, index=["a", "b", "c"])
        >>> nothing = values.notna() & False
        >>> panel = Panel(
        ...     values, "NPX", nothing, nothing, values * np.nan,
        ...     pd.DataFrame(index=["CCL17"]), pd.DataFrame(index=values.index),
        ...     ReadingReport("x.csv", "wide", None, 3, 3, pd.DataFrame()),
        ... )
        >>> EligibilityRule((Clause("CCL17", ">=", 10.21, "NPX"),)).apply(panel).tolist()
        [False, True, <NA>]
        """
        self.check_platform(panel)
        met = pd.Series(
            self.joiner == "and" or not self.clauses, index=panel.sample_ids, dtype="boolean"
        )
        for clause in self.clauses:
            one = clause_met(clause, panel, routine)
            met = met & one if self.joiner == "and" else met | one
        return met.rename("is_eligible")

    def check_platform(self, panel: Panel) -> None:
        """Raise InputError where rule and panel come from two platforms."""
        if self.platform and panel.platform and self.platform != panel.platform:
            message = (
                f"The rule comes from {self.platform} and the panel from {panel.platform}; "
                "thresholds do not carry between platforms."
            )
            raise InputError(message)

    def with_evidence(self, claim: str, evidence: Mapping[str, str]) -> "EligibilityRule":
        """Return the rule with a higher claim and the evidence that carries it.

        Parameters
        ----------
        claim : {"replicated", "prognostic", "predictive"}
        evidence : mapping of str to str
            What `subtyping.criteria.claims.EVIDENCE` lists for the claim.

        Returns
        -------
        EligibilityRule
            Sealed: a change of a threshold or of the evidence takes the claim away again.

        Raises
        ------
        InputError
            If something is missing, or the data are those the rule was made from.

        Examples
        --------
        >>> rule = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
        >>> data = {"derivation_sha256": "a" * 64, "replication_sha256": "b" * 64,
        ...         "replication_conclusion": "replicated"}
        >>> proved = rule.with_evidence("replicated", data)
        >>> proved.claim, replace(proved, joiner="or").claim
        ('replicated', 'candidate')
        """
        known = dict(self.provenance) | checked_evidence(claim, evidence)
        known[SEAL] = evidence_seal(self.definition, known)
        raised = replace(self, claim=claim, provenance=tuple(known.items()), notes=())
        if raised.claim != claim:
            raise InputError(raised.notes[-1])
        return raised

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain values, for JSON."""
        plain = asdict(self)
        del plain["notes"]
        plain["clauses"] = [asdict(clause) for clause in self.clauses]
        plain["provenance"] = dict(self.provenance)
        return {"schema_version": SCHEMA_VERSION, **plain}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "EligibilityRule":
        """Return the rule that `to_dict` wrote.

        Raises
        ------
        InputError
            If a key is unknown, a clause is incomplete, a value has another type, or the text
            does not say what the clauses say.
        """
        given = rule_fields(plain)
        said = given.pop("rule_text", None)
        given["clauses"] = tuple(Clause(**clause) for clause in given["clauses"])
        given["provenance"] = tuple(given["provenance"].items())
        rule = cls(**given)
        if said is not None and said != rule.text:
            message = (
                f"The rule's text says {said!r} and its clauses say {rule.text!r}; one of them "
                "was changed by hand."
            )
            raise InputError(message)
        return rule

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the rule as JSON text, and write it to `path` where given."""
        plain = {"rule_text": self.text, **self.to_dict()}
        text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if path is not None:
            Path(path).write_text(text, encoding="utf-8", newline="\n")
        return text

    @classmethod
    def from_json(cls, source: str | Path) -> "EligibilityRule":
        """Return the rule of a JSON text, or of a file where a Path is given.

        Raises
        ------
        InputError
            If it is not strict JSON or no rule; a rule without clauses must say ``everybody``.
        """
        plain = read_json(source) if isinstance(source, Path) else strict_json(source)
        rule = cls.from_dict(plain)
        if not rule.clauses and plain.get("rule_text") != rule.text:
            message = (
                "The rule has no clauses. A rule that enrols everybody must say so: "
                '"rule_text": "everybody".'
            )
            raise InputError(message)
        return rule
