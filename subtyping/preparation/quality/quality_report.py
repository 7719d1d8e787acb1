"""Every question about the quality of a panel, asked once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.panel.panel import Panel
from subtyping.preparation.quality.completeness import Completeness, completeness
from subtyping.preparation.quality.detection_differences import (
    DetectionDifferences,
    detection_differences,
)
from subtyping.preparation.quality.distinct_values import DistinctValues, distinct_values
from subtyping.preparation.quality.duplicate_profiles import DuplicateProfiles, duplicate_profiles
from subtyping.preparation.quality.group_imbalance import GroupImbalance, group_imbalance
from subtyping.preparation.quality.haemolysis import Haemolysis, haemolysis
from subtyping.preparation.quality.log_values import LogValues, log_values
from subtyping.preparation.quality.measurement_flags import MeasurementFlags, measurement_flags
from subtyping.preparation.quality.mixed_scales import MixedScales, mixed_scales
from subtyping.preparation.quality.pasted_values import PastedValues, pasted_values
from subtyping.preparation.quality.plate_effect import PlateEffect, plate_effect
from subtyping.preparation.quality.robust_distances import RobustDistances, robust_distances
from subtyping.preparation.quality.sample_outliers import SampleOutliers, sample_outliers
from subtyping.preparation.quality.sex_agreement import SexAgreement, sex_agreement
from subtyping.preparation.quality.unit_plausibility import UnitPlausibility, unit_plausibility
from subtyping.statistics.design import as_hours, season_of

__all__ = ["QualityReport", "examine_quality"]

Mask = NDArray[np.bool_]

SCALE_ROLES = ("batch", "site", "visit", "group")
GROUPS = "case status"


@dataclass(frozen=True, eq=False)
class QualityReport:
    """What was found on the quality of a panel; None where a question cannot be asked.

    Attributes
    ----------
    completeness, distinct_values, measurement_flags
        Of every panel: missing values; constants and ties; flags of the file itself.
    outliers, distances
        Samples that stand out.
    duplicates, pasted
        Profiles, and numbers, that occur twice.
    plates
        Variance between plates, after the groups.
    detection
        Detection by case status (``case status``) and by plate (``batch``).
    haemolysis, sex
        What marker proteins say of the tube and of the person.
    unit, scales
        Whether the numbers look like their unit, and everywhere alike.
    imbalance : dict of str to GroupImbalance
        Cases against reference people: ``storage, season, draw_time, visit, matrix``.
    """

    completeness: Completeness
    distinct_values: DistinctValues
    measurement_flags: MeasurementFlags
    outliers: SampleOutliers | None = None
    distances: RobustDistances | None = None
    duplicates: DuplicateProfiles | None = None
    pasted: PastedValues | None = None
    plates: PlateEffect | None = None
    detection: DetectionDifferences | None = None
    haemolysis: Haemolysis | None = None
    sex: SexAgreement | None = None
    unit: UnitPlausibility | None = None
    scales: MixedScales | None = None
    imbalance: dict[str, GroupImbalance] = field(default_factory=dict)


def examine_quality(
    panel: Panel, *, case: Sequence[str] = (), reference: Sequence[str] = ()
) -> QualityReport:
    """Ask every question that a panel and its samples table can answer.

    Nothing is fitted, adjusted or left out: the panel is looked at as it was read.

    Parameters
    ----------
    panel : Panel
    case, reference : sequence of str, optional
        Declared groups; without them nothing is compared between groups.

    Returns
    -------
    QualityReport

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=90).panel
    >>> found = examine_quality(panel, case=["MDD"], reference=["HC"])
    >>> len(found.duplicates.pairs), found.haemolysis is None
    (0, True)
    """
    log = log_values(panel)
    samples = panel.samples
    has_groups = bool(case and reference) and "group" in samples
    is_case = panel.in_groups(case) if has_groups else None
    is_reference = panel.in_groups(reference) if has_groups else None
    plates = samples.get("batch")
    usable = log.detected & ~panel.above_uloq.to_numpy(dtype=bool)
    return QualityReport(
        completeness=completeness(panel),
        distinct_values=distinct_values(panel),
        measurement_flags=measurement_flags(panel),
        outliers=sample_outliers(log, _panel_names(panel)),
        distances=robust_distances(log),
        duplicates=duplicate_profiles(log),
        pasted=pasted_values(panel.values, usable),
        plates=None if plates is None else plate_effect(log, plates, samples.get("group")),
        detection=_detection(panel, log, is_case, is_reference),
        haemolysis=haemolysis(log, is_case, is_reference),
        sex=sex_agreement(log, samples["sex"]) if "sex" in samples else None,
        unit=unit_plausibility(panel),
        scales=mixed_scales(log, {role: samples[role] for role in SCALE_ROLES if role in samples}),
        imbalance=_imbalance(samples, is_case, is_reference),
    )


def _panel_names(panel: Panel) -> list[object] | None:
    """Return the panel of each analyte where the file says it."""
    return list(panel.analytes["panel"]) if "panel" in panel.analytes else None


def _detection(
    panel: Panel, log: LogValues, is_case: Mask | None, is_reference: Mask | None
) -> DetectionDifferences | None:
    """Compare detection between the groups and between plates."""
    factors: dict[str, pd.Series] = {}
    if is_case is not None and is_reference is not None:
        names = np.where(is_case, "cases", np.where(is_reference, "reference", ""))
        factors[GROUPS] = pd.Series(names).replace("", None)
    if "batch" in panel.samples:
        factors["batch"] = panel.samples["batch"]
    measured = log.detected | panel.below_lod.to_numpy(dtype=bool)
    return detection_differences(log.detected, measured, log.analytes, factors)


def _imbalance(
    samples: pd.DataFrame, is_case: Mask | None, is_reference: Mask | None
) -> dict[str, GroupImbalance]:
    """Compare how and when the groups were sampled."""
    if is_case is None or is_reference is None:
        return {}
    factors = {role: samples[role] for role in ("visit", "matrix") if role in samples}
    factors = {role: column.astype(object) for role, column in factors.items()}
    if "storage" in samples:
        factors["storage"] = pd.to_numeric(samples["storage"], errors="coerce")
    if "draw_time" in samples:
        factors["draw_time"] = as_hours(samples["draw_time"])
    if "date" in samples:
        factors["season"] = season_of(samples["date"])
    return group_imbalance(factors, is_case, is_reference)
