"""An eligibility rule as data: what a protocol would write, and who meets it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import list_some, nearest, one_of
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import to_canonical
from subtyping.panel.panel import UNITS, Panel

__all__ = ["Clause", "EligibilityRule"]

PROTOCOL_NAMES = {"crp": "CRP", "ige": "IgE"}
_OPERATORS = (">=", "<=", ">", "<")
_JOINERS = ("and", "or")
_CLAIMS = ("candidate", "replicated", "prognostic", "predictive")


@dataclass(frozen=True)
class Clause:
    """One marker against one threshold.

    Attributes
    ----------
    marker : str
        An analyte of the panel, or a routine marker such as ``crp``.
    operator : {">=", "<=", ">", "<"}
        How the marker compares with the threshold.
    threshold : float
        Threshold in `unit`.
    unit : str
        The panel's unit (``pg/mL``, ``NPX``, ``log2``) or any unit of the routine marker.
    source : {"panel", "routine"}, default "panel"
        Where the marker is measured.

    Examples
    --------
    >>> Clause("CCL17", ">=", 10.21, "NPX").text
    'CCL17 >= 10.21 NPX'
    """

    marker: str
    operator: str
    threshold: float
    unit: str
    source: str = "panel"

    def __post_init__(self) -> None:
        one_of(self.operator, _OPERATORS, "A clause's operator")
        one_of(self.source, ("panel", "routine"), "A clause's source")
        if not np.isfinite(self.threshold):
            message = f"The threshold of {self.marker} must be a number; got {self.threshold}."
            raise InputError(message)
        if self.source == "panel":
            one_of(self.unit, UNITS, f"The unit of {self.marker}")

    @property
    def text(self) -> str:
        """The clause as a protocol would write it."""
        name = PROTOCOL_NAMES.get(self.marker, self.marker)
        unit = self.unit if self.unit.startswith("/") else f" {self.unit}"
        return f"{name} {self.operator} {self.threshold:.6g}{unit}"

    def compare(self, values: pd.Series, threshold: float | None = None) -> pd.Series:
        """Return True, False or NA for each value (NA where missing)."""
        numbers = values.to_numpy(dtype=float)
        cut = self.threshold if threshold is None else threshold
        met = {
            ">=": numbers >= cut,
            "<=": numbers <= cut,
            ">": numbers > cut,
            "<": numbers < cut,
        }[self.operator]
        return pd.Series(met, index=values.index, dtype="boolean").mask(values.isna())

    @property
    def is_upward(self) -> bool:
        """Whether high values meet the clause."""
        return self.operator in (">=", ">")


@dataclass(frozen=True)
class EligibilityRule:
    """A rule of one or several clauses; with none, everybody is eligible.

    Attributes
    ----------
    clauses : tuple of Clause
        What is measured and where the thresholds lie.
    joiner : {"and", "or"}, default "and"
        How clauses are joined.
    platform : str or None
        Assay platform the thresholds come from, where known.
    detection_policy : str
        What a value below detection counts as.
    claim : {"candidate", "replicated", "prognostic", "predictive"}, default "candidate"
        What the data allow; cross-sectional data allow no more than a candidate.
    target_condition : str
        What the rule is meant to find.
    provenance : tuple of (str, str)
        Names and values: source, seed, package version, ...

    Examples
    --------
    >>> rule = EligibilityRule(
    ...     (Clause("CCL17", ">=", 10.21, "NPX"), Clause("CCL13", ">=", 14.9, "NPX"))
    ... )
    >>> rule.text
    'CCL17 >= 10.21 NPX and CCL13 >= 14.9 NPX'
    >>> EligibilityRule.from_dict(rule.to_dict()) == rule
    True
    >>> EligibilityRule(()).text
    'everybody'
    """

    clauses: tuple[Clause, ...]
    joiner: str = "and"
    platform: str | None = None
    detection_policy: str = "below detection counts as below any threshold above the limit"
    claim: str = "candidate"
    target_condition: str = ""
    provenance: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        one_of(self.joiner, _JOINERS, "A rule's joiner")
        one_of(self.claim, _CLAIMS, "A rule's claim")

    @property
    def text(self) -> str:
        """The rule as a protocol would write it."""
        return f" {self.joiner} ".join(clause.text for clause in self.clauses) or "everybody"

    @property
    def markers(self) -> tuple[str, ...]:
        """Markers in the order of the clauses."""
        return tuple(clause.marker for clause in self.clauses)

    @property
    def portability(self) -> str:
        """What stands between the thresholds and another laboratory; empty for routine markers."""
        units = {clause.unit for clause in self.clauses if clause.source == "panel"}
        if "NPX" in units or "log2" in units:
            unit = "NPX" if "NPX" in units else "log2"
            return (
                f"A threshold in {unit} is relative to its run: not portable without bridging "
                "samples or an absolute assay."
            )
        if units:
            return "A threshold in pg/mL holds for this assay platform only."
        return ""

    def apply(self, panel: Panel, routine: pd.DataFrame | None = None) -> pd.Series:
        """Return who is eligible.

        A value below detection counts as below any threshold above the limit of detection. With
        the threshold at or under the limit, or no limit known, the number of the file is used,
        and the answer is missing where the file gives none. A value above the upper limit
        counts as above. Clauses are joined by three-valued logic: a clause that fails settles an
        "and" whatever is missing in the others.

        Parameters
        ----------
        panel : Panel
            Samples to judge, in the unit of the clauses.
        routine : pandas.DataFrame, optional
            Routine markers in their canonical units, indexed by sample_id.

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
        if self.platform and panel.platform and self.platform != panel.platform:
            message = (
                f"The rule comes from {self.platform} and the panel from {panel.platform}; "
                "thresholds do not carry between platforms."
            )
            raise InputError(message)
        met = pd.Series(
            self.joiner == "and" or not self.clauses, index=panel.sample_ids, dtype="boolean"
        )
        for clause in self.clauses:
            one = _on_panel(clause, panel) if clause.source == "panel" else _on_routine(
                clause, routine, panel.sample_ids
            )  # fmt: skip
            met = met & one if self.joiner == "and" else met | one
        return met.rename("is_eligible")

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain values, for JSON."""
        plain = asdict(self)
        plain["clauses"] = [asdict(clause) for clause in self.clauses]
        plain["provenance"] = dict(self.provenance)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "EligibilityRule":
        """Return the rule that `to_dict` wrote.

        Raises
        ------
        InputError
            If a key is unknown or a clause is incomplete.
        """
        fields = list(cls.__dataclass_fields__)
        for key in plain:
            one_of(key, fields, "A key of an eligibility rule")
        given = dict(plain)
        try:
            clauses: Sequence[Mapping[str, Any]] = given.pop("clauses")
            given["clauses"] = tuple(Clause(**clause) for clause in clauses)
        except (KeyError, TypeError) as error:
            message = (
                "An eligibility rule needs `clauses`, each with marker, operator, threshold and "
                f"unit; got {sorted(plain)}."
            )
            raise InputError(message) from error
        given["provenance"] = tuple(dict(given.get("provenance", {})).items())
        return cls(**given)


def _on_panel(clause: Clause, panel: Panel) -> pd.Series:
    if clause.marker not in panel.values.columns:
        message = (
            f"The rule needs {clause.marker}, which the panel does not hold."
            f"{nearest(clause.marker, panel.values.columns)}"
        )
        raise InputError(message)
    if clause.unit != panel.unit:
        message = (
            f"The threshold of {clause.marker} is in {clause.unit} and the panel in {panel.unit}. "
            "A threshold holds only in the unit and platform it was set in."
        )
        raise InputError(message)
    values = panel.values[clause.marker].astype(float)
    below = panel.below_lod[clause.marker].to_numpy(dtype=bool)
    beyond = panel.above_uloq[clause.marker].to_numpy(dtype=bool) & values.isna().to_numpy()
    limit = panel.lod[clause.marker].to_numpy(dtype=float)
    surely_below = below & (clause.threshold > limit)
    met = clause.compare(values)
    met[surely_below] = not clause.is_upward
    met[beyond] = clause.is_upward
    return met


def _on_routine(clause: Clause, routine: pd.DataFrame | None, ids: pd.Index) -> pd.Series:
    held = [] if routine is None else [str(name) for name in routine.columns]
    if routine is None or clause.marker not in held:
        message = (
            f"The rule needs the routine marker {clause.marker}, which was not given; "
            f"there is {list_some(held) or 'none'}. Map its column under `routine`."
            f"{nearest(clause.marker, held)}"
        )
        raise InputError(message)
    threshold = to_canonical(clause.marker, clause.threshold, clause.unit)
    return clause.compare(routine[clause.marker].reindex(ids), threshold)
