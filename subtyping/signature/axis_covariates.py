"""The covariate sensitivity of the axes of a panel, scored without any adjustment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.axes import AxisDefinition, AxisScorer
from subtyping.panel.panel import Panel
from subtyping.preparation.preparation import Preparation
from subtyping.signature.covariate_sensitivity import CovariateSensitivity, covariate_sensitivity

__all__ = ["PEOPLE_ROLES", "axis_covariate_sensitivity"]

PEOPLE_ROLES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


def axis_covariate_sensitivity(
    panel: Panel,
    axes: Sequence[AxisDefinition],
    *,
    case: Sequence[str],
    reference: Sequence[str],
    comparison: Sequence[str] = (),
    preparation: Mapping[str, Any] | None = None,
    covariates: Sequence[str] = PEOPLE_ROLES,
    more: Mapping[str, pd.Series] | None = None,
    outcome: pd.Series | None = None,
    names: Mapping[str, str] | None = None,
) -> CovariateSensitivity:
    """Score the axes of a panel unadjusted, and hold case status against the covariates.

    A study's own scores are adjusted for age, sex and body mass index by slopes learnt in the
    reference people; held against these covariates once more they would look free of confounding
    or over-adjusted. So the panel is prepared anew with nothing adjusted for but plates.

    Parameters
    ----------
    panel : Panel
    axes : sequence of AxisDefinition
        The declared axis first; only it is scored.
    case, reference : sequence of str
    comparison : sequence of str, optional
        Further declared groups: with an `outcome` they are part of the correlation. People of no
        declared group never are.
    preparation : mapping, optional
        Keyword arguments of `Preparation`; ``adjust`` is set aside.
    covariates : sequence of str, optional
        Roles; those that were not declared are passed over.
    more : mapping of str to Series, optional
        Further covariates, by sample_id.
    outcome : pandas.Series, optional
        A scale (symptom score) to associate with instead of case status, by sample_id; case
        status then stays the group of the standardised difference.
    names : mapping of str to str, optional
        What the sentence calls a column.

    Returns
    -------
    CovariateSensitivity
        Values are the level, score and skew of the declared axis; those that do not exist (no
        skew without a level) are left out.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    >>> found = axis_covariate_sensitivity(
    ...     panel, define_axes("Th2"), case=["MDD"], reference=["HC"], covariates=["age", "bmi"]
    ... )
    >>> found.table["value"].unique().tolist(), found.table["adjustment"].unique().tolist()
    (['level', 'Th2_score', 'Th2_skew'], ['unadjusted', 'age', 'bmi', 'all'])
    """
    settings = {**(preparation or {}), "adjust": ()}
    prepared = Preparation(case, reference, **settings).fit_transform(panel)
    is_case, is_reference = panel.in_groups(case), panel.in_groups(reference)
    scorer = AxisScorer(axes, only_declared=True).fit(prepared, is_case, is_reference)
    values = scorer.transform(prepared).table.dropna(axis=1, how="all")
    status = pd.Series(np.where(is_case, 1.0, 0.0), index=panel.sample_ids)
    status = status.where(is_case | is_reference)
    declared = is_case | is_reference | panel.in_groups(comparison)
    held = {role: panel.samples[role] for role in covariates if role in panel.samples}
    held |= {name: column.reindex(panel.sample_ids) for name, column in (more or {}).items()}
    scale = status if outcome is None else outcome.reindex(panel.sample_ids).where(declared)
    called = {"outcome": "case status" if outcome is None else "the outcome", **(names or {})}
    found = covariate_sensitivity(
        values,
        scale,
        pd.DataFrame(held, index=panel.sample_ids),
        group=status,
        names=called,
    )
    if outcome is None:
        return found
    n, others = int(scale.notna().sum()), int(outcome.reindex(panel.sample_ids)[~declared].count())
    groups = ", ".join(dict.fromkeys(map(str, (*case, *reference, *comparison))))
    whom = f" Correlated in the {n:,} people of {groups} where {called['outcome']} is known"
    left = f"; {others:,} of no declared group are left out." if others else "."
    return replace(found, sentence=found.sentence + whom + left)
