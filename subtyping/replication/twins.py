"""The comparisons of a replication, on new people and on continua that resemble them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping.cohorts import fit_continuum
from subtyping.cohorts.continuum import Continuum
from subtyping.discovery.derivation import group_profile
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.replication.frozen import FrozenSubtype
from subtyping.replication.measures import (
    HALF,
    frozen_share,
    label_kappa,
    membership_kappa,
    partition_agreement,
    profile_correlation,
)
from subtyping.statistics.mixtures import fit_two_groups
from subtyping.statistics.two_groups import TwoGroups

__all__ = ["Comparison", "Refit", "compare_with_refit", "replication_twins"]


@dataclass(frozen=True)
class Comparison:
    """How far the frozen subtype and the grouping of the new people go together.

    Attributes
    ----------
    membership_kappa, kappa, ari : float
        Agreement of the frozen labels with the refitted ones: by posteriors, by labels, by pairs.
    prevalence_frac : float
        Share of the subtype among the new cases, both groups as frozen.
    labelled_frac : float
        Share of the new cases the frozen assigner puts above one half.
    separation : float
        Of the refitted mixture.
    profile_outside, profile_inside : float
        Correlation of the group difference per analyte, derivation against new people, over the
        analytes of the level and over the members of the axis.
    """

    membership_kappa: float
    kappa: float
    ari: float
    prevalence_frac: float
    labelled_frac: float
    separation: float
    profile_outside: float
    profile_inside: float


@dataclass(frozen=True, eq=False)
class Refit:
    """The new cases, as the frozen subtype and as a grouping of their own see them.

    Attributes
    ----------
    panel : Panel
        The new cases.
    z : pandas.DataFrame of shape (n_case, n_analytes)
        On the derivation's reference scale.
    level : ndarray of shape (n_case,)
        Frozen; NaN where there is none.
    probability : ndarray of shape (n_case,)
        Frozen membership.
    values : ndarray of shape (n_case,)
        What the new mixture was fitted to.
    model : TwoGroups
        The new mixture.
    comparison : Comparison
    """

    panel: Panel
    z: pd.DataFrame
    level: np.ndarray
    probability: np.ndarray
    values: np.ndarray
    model: TwoGroups
    comparison: Comparison


def compare_with_refit(
    frozen: FrozenSubtype,
    panel: Panel,
    procedure: LabellingProcedure,
    *,
    refits_scale: bool,
    refitted: FittedLabelling | None = None,
) -> Refit:
    """Hold the frozen labels of new cases against a grouping learnt from the new people.

    Parameters
    ----------
    frozen : FrozenSubtype
    panel : Panel
    procedure : LabellingProcedure
        The procedure of the derivation with the groups of the new panel.
    refits_scale : bool
        Whether the new panel has reference people to learn preparation, level and slope from;
        otherwise only the mixture is learnt anew, on the frozen skew.
    refitted : FittedLabelling, optional
        The procedure as it was learnt from `panel` before.

    Returns
    -------
    Refit
    """
    is_case = panel.in_groups(procedure.case)
    prepared = frozen.prepare(panel, procedure)
    held = frozen.values(prepared)[is_case]
    probability = frozen.mixture.probability(held)
    if refits_scale:
        fitted = procedure.fit(panel) if refitted is None else refitted
        values, model = fitted.scores.values.to_numpy()[is_case], fitted.model
    else:
        values, model = held, fit_two_groups(held)
    anew = model.probability(values)
    z = prepared.z[is_case]
    level = frozen.axis.scores(z)["level"].to_numpy()
    outside, inside = profile_correlations(frozen, z.to_numpy(), level, probability)
    return Refit(
        panel=panel.take(is_case),
        z=z,
        level=level,
        probability=probability,
        values=values,
        model=model,
        comparison=Comparison(
            membership_kappa=membership_kappa(probability, anew),
            kappa=label_kappa(probability, anew),
            ari=partition_agreement(probability > HALF, anew > HALF),
            prevalence_frac=float(frozen_share(probability, frozen.mixture.weight)),
            labelled_frac=float((probability > HALF).mean()),
            separation=model.separation,
            profile_outside=outside,
            profile_inside=inside,
        ),
    )


def profile_correlations(
    frozen: FrozenSubtype, z: np.ndarray, level: np.ndarray, probability: np.ndarray
) -> tuple[float, float]:
    """Correlate the group profile of new cases with the derivation's, outside and inside the axis.

    Parameters
    ----------
    frozen : FrozenSubtype
    z : ndarray of shape (n_case, n_analytes)
    level, probability : ndarray of shape (n_case,)

    Returns
    -------
    outside, inside : float
        NaN where the card has no profile, or fewer than three analytes are there.
    """
    if frozen.profile is None:
        return float("nan"), float("nan")
    names = [str(name) for name in frozen.profile.index]
    new = pd.Series(group_profile(z, level, probability), index=names)
    members = set(frozen.axis.members)
    outside = [name for name in frozen.axis.level_analytes if name in frozen.profile.index]
    inside = [name for name in names if name in members]
    if not outside:
        outside = [name for name in names if name not in members]
    old, new_values = frozen.profile, new
    first, second = (
        profile_correlation(old[part].to_numpy(), new_values[part].to_numpy())
        for part in (outside, inside)
    )
    return first, second


@dataclass(frozen=True, eq=False)
class _TwinTask:
    """One draw and what it is compared with; carries its own seed."""

    continuum: Continuum
    frozen: FrozenSubtype
    procedure: LabellingProcedure
    refits_scale: bool
    seed: int
    k: int


def _run_twin(task: _TwinTask) -> dict[str, float]:
    """Compare one draw of the continuum; empty where the procedure cannot be done on it."""
    panel = task.continuum.draw(task.seed, task.k)
    try:
        found = compare_with_refit(
            task.frozen, panel, task.procedure, refits_scale=task.refits_scale
        )
    except InputError:
        return {"membership_kappa": float("nan")}
    return asdict(found.comparison)


def replication_twins(
    frozen: FrozenSubtype,
    panel: Panel,
    procedure: LabellingProcedure,
    *,
    refits_scale: bool,
    draws: int,
    seed: int,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Make the same comparisons where there is no subtype.

    A continuum with the margins, covariance, plates, detection limits and n of the new people is
    drawn from; the frozen subtype is laid over every draw and the procedure learns anew from it.

    Parameters
    ----------
    frozen : FrozenSubtype
    panel : Panel
        The new people.
    procedure : LabellingProcedure
    refits_scale : bool
        See `compare_with_refit`. Without reference people the continuum is fitted to the cases.
    draws : int
    seed : int
    jobs : int, optional
        Workers; the numbers do not depend on it.
    advance : callable, optional
        Called once for each draw.

    Returns
    -------
    pandas.DataFrame
        One row for each draw: ``draw`` and the fields of `Comparison`; NaN where the procedure
        could not be done.
    """
    reference = procedure.reference or procedure.case
    people = panel.take(panel.in_groups([*procedure.case, *reference]))
    continuum = fit_continuum(people, case=procedure.case, reference=reference)
    tasks = [_TwinTask(continuum, frozen, procedure, refits_scale, seed, k) for k in range(draws)]
    rows = map_in_order(_run_twin, tasks, jobs=jobs, advance=advance)
    columns = ["draw", *Comparison.__dataclass_fields__]
    return pd.DataFrame([{"draw": k, **row} for k, row in enumerate(rows)], columns=columns).astype(
        dict.fromkeys(columns[1:], float)
    )
