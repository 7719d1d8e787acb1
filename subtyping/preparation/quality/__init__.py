"""What can be wrong with a panel before anything is analysed: one question a file."""

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
from subtyping.preparation.quality.quality_report import QualityReport, examine_quality
from subtyping.preparation.quality.robust_distances import RobustDistances, robust_distances
from subtyping.preparation.quality.sample_outliers import SampleOutliers, sample_outliers
from subtyping.preparation.quality.sex_agreement import SexAgreement, sex_agreement
from subtyping.preparation.quality.unit_plausibility import UnitPlausibility, unit_plausibility

__all__ = [
    "Completeness",
    "DetectionDifferences",
    "DistinctValues",
    "DuplicateProfiles",
    "GroupImbalance",
    "Haemolysis",
    "LogValues",
    "MeasurementFlags",
    "MixedScales",
    "PastedValues",
    "PlateEffect",
    "QualityReport",
    "RobustDistances",
    "SampleOutliers",
    "SexAgreement",
    "UnitPlausibility",
    "completeness",
    "detection_differences",
    "distinct_values",
    "duplicate_profiles",
    "examine_quality",
    "group_imbalance",
    "haemolysis",
    "log_values",
    "measurement_flags",
    "mixed_scales",
    "pasted_values",
    "plate_effect",
    "robust_distances",
    "sample_outliers",
    "sex_agreement",
    "unit_plausibility",
]
