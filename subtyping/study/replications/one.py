"""One replication: a cohort is drawn, analysed as a study would, and held against the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.axes import AxisScorer
from subtyping.cohorts import SimulatedCohort, simulate_cohort
from subtyping.knowledge import handling_markers
from subtyping.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.signature.differential import differential_abundance
from subtyping.statistics.set_scores import fit_gsva
from subtyping.study.replications.alike import debiased_likeness, plain_likeness
from subtyping.study.replications.axis_calls import axis_calls
from subtyping.study.replications.plan import CASE, REFERENCE, ReplicationPlan, blocked_analytes
from subtyping.study.replications.population import population_differences
from subtyping.study.replications.undone import (
    undone_as_published,
    undone_by_blockade,
    undone_carelessly,
)

__all__ = ["OneReplication", "replicate_once"]

Q_BELOW, FOLD_ABOVE = 0.05, 0.585


@dataclass(frozen=True, eq=False)
class OneReplication:
    """One replication.

    Attributes
    ----------
    row : dict of str to object
        See the columns of `Replications.table`.
    analytes : pandas.DataFrame
        Indexed by analyte: ``truth_log2, estimate_log2, is_found, is_compared`` (by means).
    """

    row: dict[str, Any]
    analytes: pd.DataFrame


def replicate_once(task: tuple[ReplicationPlan, int]) -> OneReplication:
    """Draw and analyse replication k of a plan.

    Parameters
    ----------
    task : (ReplicationPlan, int)
        The plan and k.

    Returns
    -------
    OneReplication

    Examples
    --------
    >>> from subtyping.study.replications.plan import plan_replications
    >>> found = replicate_once((plan_replications("as_published", random_sets=3), 0))
    >>> found.row["n_findings"] == int(found.analytes["is_found"].sum())
    True
    """
    plan, k = task
    seed = child_seed(plan.seed, "replications", k)
    cohort = simulate_cohort(plan.design, seed=seed, **plan.settings)
    prepared = Preparation([CASE], [REFERENCE], **plan.preparation).fit_transform(cohort.panel)
    truth = population_differences(
        plan.design, seed=seed, covariates=plan.contrast["covariates"], **plan.settings
    ).table
    contrasts = _contrasts(cohort, prepared, plan)
    analytes = _against_truth(contrasts[CASE], truth)
    row: dict[str, Any] = {"replication": k, "seed": seed}
    row |= _found(analytes, truth, plan)
    row |= _called(cohort, prepared, plan)
    row |= plain_likeness(contrasts, truth, CASE)
    row |= debiased_likeness(
        prepared,
        cohort.panel.samples,
        truth,
        case=CASE,
        reference=REFERENCE,
        comparisons=cohort.groups["comparison"],
        covariates=plan.contrast["covariates"],
        batch=plan.contrast.get("batch", True),
        seed=seed,
    )
    row |= _undone(cohort, prepared, analytes, truth, plan)
    return OneReplication(row, analytes)


def _contrasts(
    cohort: SimulatedCohort, prepared: Prepared, plan: ReplicationPlan
) -> dict[str, pd.DataFrame]:
    """Return the contrast of every group with the healthy people, indexed by analyte."""
    groups = [CASE, *cohort.groups["comparison"]]
    table = differential_abundance(
        prepared.log2,
        prepared.detected,
        cohort.panel.samples,
        contrasts={group: ((group,), (REFERENCE,)) for group in groups},
        limits=prepared.limits,
        below_lod=cohort.panel.below_lod,
        **plan.contrast,
    ).table
    return {group: table[table["contrast"] == group].set_index("analyte") for group in groups}


def _against_truth(contrast: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    compared = ~contrast["is_mostly_below_detection"].to_numpy(dtype=bool)
    estimate = contrast["log2_fc"].to_numpy(dtype=float)
    found = compared & (contrast["q_value"].to_numpy() < Q_BELOW) & (np.abs(estimate) > FOLD_ABOVE)
    return pd.DataFrame(
        {
            "truth_log2": truth.loc[contrast.index, CASE].to_numpy(),
            "estimate_log2": estimate,
            "is_found": found,
            "is_compared": compared,
        },
        index=contrast.index,
    )


def _found(analytes: pd.DataFrame, truth: pd.DataFrame, plan: ReplicationPlan) -> dict[str, Any]:
    """Hold the findings against the truth: power, exaggeration, sign, handling."""
    compared = analytes[analytes["is_compared"]]
    size = compared["truth_log2"].abs()
    hits = compared[compared["is_found"]]
    right = np.sign(hits["estimate_log2"]) == np.sign(hits["truth_log2"])
    by_handling = truth["from_handling"].abs() > 0.5 * truth[CASE].abs()
    real = size >= plan.least_true_log2
    return {
        "n_compared": len(compared),
        "n_truly_different": int(real.sum()),
        "n_findings": len(hits),
        "n_true_findings": int((compared["is_found"] & real).sum()),
        "n_handling_findings": int(hits.index.isin(handling_markers()).sum()),
        "n_findings_due_to_handling": int(by_handling.reindex(hits.index).sum()),
        "n_axis_findings": int(hits.index.isin(blocked_analytes(plan.axis)).sum()),
        "power": _share(compared.loc[real, "is_found"]),
        "power_beyond_rule": _share(compared.loc[size > FOLD_ABOVE, "is_found"]),
        "exaggeration": _ratio(hits["estimate_log2"].abs(), hits["truth_log2"].abs()),
        "wrong_sign_frac": _share(~right),
    }


def _called(
    cohort: SimulatedCohort, prepared: Prepared, plan: ReplicationPlan
) -> dict[str, float | bool]:
    """Ask each score whether the cases are skewed."""
    is_case = cohort.panel.in_groups([CASE])
    is_reference = cohort.panel.in_groups([REFERENCE])
    scored = AxisScorer([plan.axis]).fit(prepared, is_case, is_reference).transform(prepared)
    people = is_case | is_reference
    table = scored.table[people]
    skew = table[f"{plan.axis.name}_skew"].to_numpy()
    scores = {
        "zscore": table[f"{plan.axis.name}_score"].to_numpy(),
        "gsva": _gsva(prepared, scored.used_members)[people],
        "skew": skew,
        "skew_given_handling": skew,
    }
    return axis_calls(scores, is_case[people], prepared.handling.to_numpy()[people])


def _gsva(prepared: Prepared, members: Sequence[str]) -> np.ndarray:
    """Score the axis as the index study did: GSVA of everybody in the study at once."""
    X = prepared.z.to_numpy()
    columns = np.flatnonzero(prepared.z.columns.isin(list(members)))
    return np.asarray(fit_gsva(X, [columns]).score(X)[:, 0])


def _undone(
    cohort: SimulatedCohort,
    prepared: Prepared,
    analytes: pd.DataFrame,
    truth: pd.DataFrame,
    plan: ReplicationPlan,
) -> dict[str, Any]:
    """Ask models of a drug what of the findings would be undone, and hold it against the truth."""
    is_case, is_reference = (cohort.panel.in_groups([group]) for group in (CASE, REFERENCE))
    people = is_case | is_reference
    findings = analytes.loc[analytes["is_found"], "estimate_log2"]
    row = undone_carelessly(
        prepared.z[people],
        is_case[people],
        findings,
        blocked_analytes(plan.axis),
        random_sets=plan.random_sets,
        seed=cohort.seed,
        fold_above=FOLD_ABOVE,
    )
    row |= undone_as_published(findings, plan.axis.name)
    row |= undone_by_blockade(
        prepared,
        is_case,
        is_reference,
        plan.axis.name,
        sets=plan.random_sets,
        seed=cohort.seed,
    )
    mine = truth.loc[findings.index]
    row["true_axis_share_pct"] = 100 * _ratio(mine["from_th2"].abs(), mine[CASE].abs())
    return row


def _share(mask: pd.Series) -> float:
    return float(mask.mean()) if len(mask) else float("nan")


def _ratio(top: pd.Series, bottom: pd.Series) -> float:
    total = float(bottom.sum())
    return float(top.sum()) / total if total > 0 else float("nan")
