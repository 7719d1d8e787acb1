"""From the raw panel to the analysis matrix: fit on derivation people, transform anyone."""

from subtyping.preparation.detection_report import DetectionReport, detection_report
from subtyping.preparation.handling import HandlingReport, handling_report
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.preparation.steps import CovariateAdjuster, PlateAdjuster, ReferenceScaler

__all__ = [
    "CovariateAdjuster",
    "DetectionReport",
    "HandlingReport",
    "PlateAdjuster",
    "Preparation",
    "Prepared",
    "ReferenceScaler",
    "detection_report",
    "handling_report",
]
