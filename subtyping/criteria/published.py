"""Published criteria and no criterion at all, on the same people."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.criteria.limits import frozen_limits
from subtyping.criteria.operating import OperatingCharacteristics, operating_characteristics
from subtyping.criteria.people import People
from subtyping.criteria.rows import (
    describe,
    screened_per_member,
    screening_cost,
    share_with_interval,
)
from subtyping.criteria.rule import Clause, EligibilityRule

__all__ = ["comparator_row", "published_rules"]

Floats = NDArray[np.float64]

_OBTAINED = (
    "fixed rule against the labels, in the cases who have its marker; these labels stand for the "
    "latent class as far as they are not made of that marker"
)


def published_rules(
    published: pd.DataFrame, routine: pd.DataFrame | None
) -> list[tuple[str, EligibilityRule]]:
    """Return the published criteria these people can be judged by, and "enrol everybody".

    Parameters
    ----------
    published : pandas.DataFrame
        ``criterion, marker, operator, threshold, unit, context, source``.
    routine : pandas.DataFrame or None
        Routine markers in canonical units, indexed by sample_id.

    Returns
    -------
    list of (note, EligibilityRule)
        Criteria on analytes of other platforms are left out: their thresholds do not carry.
    """
    held = set() if routine is None else {str(c) for c in routine.columns}
    rules = []
    for row in published.to_dict("records"):
        if row["marker"] not in held:
            continue
        clause = Clause(row["marker"], row["operator"], float(row["threshold"]), row["unit"],
                        source="routine")  # fmt: skip
        provenance = (("criterion", str(row["criterion"])), ("source", str(row["source"])))
        note = f"Published: {row['context']}. {row['source']}."
        target = f"as published: {row['context']}"
        rule = EligibilityRule((clause,), target_condition=target, provenance=provenance)
        rules.append((note, rule))
    everybody = EligibilityRule(
        (), target_condition="every case", provenance=(("criterion", "enrol_everybody"),)
    )
    rules.append(("No criterion: every case is enrolled.", everybody))
    return rules


def comparator_row(
    note: str,
    rule: EligibilityRule,
    people: People,
    membership: tuple[Floats, str, float | None] | None,
    draws: list[OperatingCharacteristics],
) -> dict[str, Any]:
    """Return the row of a rule that learnt nothing from these people.

    Parameters
    ----------
    note : str
        Where the rule comes from.
    rule : EligibilityRule
    people : People
    membership : tuple of (probability, target condition, target prevalence) or None
        Membership of the cases where there is a subtype; else the rule is its own target.
    draws : list of OperatingCharacteristics
        The rule in each resample (empty where there is no subtype).
    """
    met = rule.apply(people.cases, people.routine)
    share = share_with_interval("positive_frac", met)
    row: dict[str, Any] = {"n_case": int(met.notna().sum()), "note": note}
    if membership is None:
        row |= describe(rule, "published") | share | screening_cost(share)
        row |= {f"prevalence_frac{end}": share[f"positive_frac{end}"]
                for end in ("", "_ci_low", "_ci_high")}  # fmt: skip
        row["target_condition"] = "meeting the criterion itself; no subtype was established"
        row["obtained"] = "share of cases"
    else:
        probability, target, prevalence = membership
        flags = met.to_numpy(dtype=float, na_value=np.nan)
        labelled = ~np.isnan(probability)
        # The prevalence of all cases, as proposed rules are judged at, whoever lacks the marker.
        share_of_all = float(np.average(probability[labelled], weights=np.ones(labelled.sum())))
        at = share_of_all if prevalence is None else prevalence
        seen = operating_characteristics(flags, probability, target_prevalence_frac=at)
        row |= describe(rule, "published")
        judged = probability[labelled & ~np.isnan(flags)]
        found = np.array([(one.sensitivity, one.specificity) for one in draws]).reshape(-1, 2)
        found = found[np.isfinite(found).all(axis=1)]
        row |= frozen_limits(
            seen,
            list(map(tuple, found - found.mean(axis=0))) if len(found) else [],
            [one.prevalence_frac for one in draws],
            float(judged.sum()),
            float((1 - judged).sum()),
            is_declared=prevalence is not None,
        )
        row |= screened_per_member(row)
        row |= {f"fidelity_{name}{end}": row[f"{name}{end}"]
                for name in ("sensitivity", "specificity")
                for end in ("", "_ci_low", "_ci_high")}  # fmt: skip
        row["target_condition"] = target
        row["obtained"] = _OBTAINED
    return row | people.reference_share(rule)
