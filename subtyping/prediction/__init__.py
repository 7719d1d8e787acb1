"""The same people from the whole panel: out-of-fold fidelity, calibration and attribution."""

from subtyping.prediction.attribution import NO_AXIS, Attribution
from subtyping.prediction.calibration import calibration_table, recalibration
from subtyping.prediction.fidelity import FIDELITY_METRICS, auc_within_folds
from subtyping.prediction.folds import split_people
from subtyping.prediction.models import MODELS
from subtyping.prediction.prediction import Prediction, predict_membership
from subtyping.prediction.procedure import FittedProcedure, Procedure

__all__ = [
    "FIDELITY_METRICS",
    "MODELS",
    "NO_AXIS",
    "Attribution",
    "FittedProcedure",
    "Prediction",
    "Procedure",
    "auc_within_folds",
    "calibration_table",
    "predict_membership",
    "recalibration",
    "split_people",
]
