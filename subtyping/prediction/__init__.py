"""The same people from the panel, or from less of it; and outcomes from outside the panel."""

from subtyping.prediction.attribution import NO_AXIS, Attribution
from subtyping.prediction.calibration import calibration_table, recalibration
from subtyping.prediction.calibrators import CALIBRATORS
from subtyping.prediction.fidelity import FIDELITY_METRICS, auc_within_folds
from subtyping.prediction.folds import split_people
from subtyping.prediction.leakage import LeakReport, examine_leaks
from subtyping.prediction.left_out import LEFT_OUT, outer_folds
from subtyping.prediction.membership_result import Prediction
from subtyping.prediction.models import DEFAULT_MODELS, MODELS
from subtyping.prediction.outcome import OUTCOME_KINDS, predict_outcome
from subtyping.prediction.outcome_result import OutcomePrediction
from subtyping.prediction.panel_metrics import numbers_of, with_twin_numbers
from subtyping.prediction.prediction import predict_membership
from subtyping.prediction.procedure import FittedProcedure, Procedure
from subtyping.prediction.split_panel import split_panel_fidelity
from subtyping.prediction.split_panel_result import SPLIT_PANEL_METRICS, SplitPanelFidelity

__all__ = [
    "CALIBRATORS",
    "DEFAULT_MODELS",
    "FIDELITY_METRICS",
    "LEFT_OUT",
    "MODELS",
    "NO_AXIS",
    "OUTCOME_KINDS",
    "SPLIT_PANEL_METRICS",
    "Attribution",
    "FittedProcedure",
    "LeakReport",
    "OutcomePrediction",
    "Prediction",
    "Procedure",
    "SplitPanelFidelity",
    "auc_within_folds",
    "calibration_table",
    "examine_leaks",
    "numbers_of",
    "outer_folds",
    "predict_membership",
    "predict_outcome",
    "recalibration",
    "split_panel_fidelity",
    "split_people",
    "with_twin_numbers",
]
