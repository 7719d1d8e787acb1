"""The markers of proposed rules: attribution against value in assay units, threshold beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause, column_of
from subtyping.criteria.rule import EligibilityRule
from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import Attribution
from subtyping.prediction.explain import Dependence, dependence

__all__ = [
    "Proposals",
    "ThresholdDependence",
    "assay_values",
    "proposed_clauses",
    "threshold_dependences",
]


class Proposals(Protocol):
    """What is read of `Criteria`: rules, and a table that tells proposed from published ones."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per rule, with ``kind``."""
        ...

    @property
    def rules(self) -> tuple[EligibilityRule, ...]:
        """The rules in the order of the rows."""
        ...


@dataclass(frozen=True, eq=False)
class ThresholdDependence:
    """How the attribution of a marker depends on its value, and the threshold proposed for it.

    Attributes
    ----------
    dependence : Dependence
        In the unit of the threshold.
    threshold : float
    label : str
        Marker and operator, such as ``CCL17 >=``.
    grey : tuple of float, or None
        Ends of the grey zone, where the clause has one.
    rule_text : str
        The first proposed rule the marker stands in.
    """

    dependence: Dependence
    threshold: float
    label: str
    grey: tuple[float, float] | None
    rule_text: str


def threshold_dependences(
    attribution: Attribution | None, panel: Panel, criteria: Proposals, *, most: int = 3
) -> tuple[ThresholdDependence, ...]:
    """Return value against attribution for the markers of the proposed rules, in assay units.

    Parameters
    ----------
    attribution : Attribution or None
        SHAP values out of fold; None where nothing was explained.
    panel : Panel
        In the unit of the rules.
    criteria : Criteria
        Only proposed rules are read, not published ones.
    most : int, default 3
        Most markers, in the order of the rules.

    Returns
    -------
    tuple of ThresholdDependence
        Routine markers that are no analytes of the panel were not explained and are left out.

    Notes
    -----
    Attributions are of z-scores, adjusted for covariates; against assay units the points of one
    model therefore scatter around its steps.

    Examples
    --------
    >>> threshold_dependences(None, None, None)
    ()
    """
    if attribution is None:
        return ()
    found: list[ThresholdDependence] = []
    for name, (clause, rule) in proposed_clauses(criteria, panel).items():
        if name not in attribution.data.columns or len(found) == most:
            continue
        values = assay_values(panel, name)
        grey = None
        if clause.grey_low is not None and clause.grey_high is not None:
            grey = (clause.grey_low, clause.grey_high)
        shown = dependence(attribution, name, values=values, unit=panel.unit)
        label = f"{clause.name} {clause.operator}"
        found.append(ThresholdDependence(shown, clause.threshold, label, grey, rule.text))
    return tuple(found)


def proposed_clauses(
    criteria: Proposals, panel: Panel
) -> dict[str, tuple[Clause, EligibilityRule]]:
    """Return the first clause of a proposed rule that uses each marker, and the rule.

    Parameters
    ----------
    criteria : Criteria
    panel : Panel

    Returns
    -------
    dict
        By analyte of the panel, or by the name of the routine marker, in the order of the rules.
    """
    found: dict[str, tuple[Clause, EligibilityRule]] = {}
    for clause, rule in _clauses(criteria):
        name = column_of(clause, panel) if clause.source == "panel" else clause.marker
        found.setdefault(name, (clause, rule))
    return found


def assay_values(panel: Panel, analyte: str) -> pd.Series:
    """Return the values of an analyte, the limit where only "below" or "above" it is known.

    Parameters
    ----------
    panel : Panel
    analyte : str
        A column of the panel.

    Returns
    -------
    pandas.Series
        Index ``sample_id``; NaN where not measured. Above the upper limit, with a number or
        without, stands the largest value there is, so that the order is kept.
    """
    values = panel.values[analyte].astype(float)
    below = panel.below_lod[analyte].to_numpy(dtype=bool) & values.isna().to_numpy()
    beyond = panel.above_uloq[analyte].to_numpy(dtype=bool)
    most = float(np.nanmax(values)) if values.notna().any() else np.nan
    return values.mask(below, panel.lod[analyte].astype(float)).mask(beyond, most)


def _clauses(criteria: Proposals) -> Iterator[tuple[Clause, EligibilityRule]]:
    """Every clause of the proposed rules."""
    for rule, kind in zip(criteria.rules, criteria.table["kind"], strict=True):
        if kind != "published":
            for clause in rule.clauses:
                yield clause, rule
