"""From the raw panel to the analysis matrix: fit on derivation people, transform anyone."""

from subtyping.preparation.bridge_normaliser import BridgeNormaliser
from subtyping.preparation.bridge_report import BridgeReport, BridgeRules
from subtyping.preparation.bridging import bridge_panels, bridged_panel, shared_samples
from subtyping.preparation.combat import ComBat
from subtyping.preparation.control_scaling import ControlScaler
from subtyping.preparation.detection_report import DetectionReport, detection_report
from subtyping.preparation.handling import HandlingReport, handling_report
from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.preparation.plate_scaling import PlateComBat, PlateMedian, plate_step
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.preparation.steps import CovariateAdjuster, PlateAdjuster, ReferenceScaler

__all__ = [
    "BridgeNormaliser",
    "BridgeReport",
    "BridgeRules",
    "ComBat",
    "ControlScaler",
    "CovariateAdjuster",
    "DetectionReport",
    "HandlingAdjuster",
    "HandlingReport",
    "PlateAdjuster",
    "PlateComBat",
    "PlateMedian",
    "Preparation",
    "Prepared",
    "ReferenceScaler",
    "bridge_panels",
    "bridged_panel",
    "detection_report",
    "handling_report",
    "plate_step",
    "shared_samples",
]
