"""Pure kernels on arrays."""

from subtyping.statistics.areas import auc, delong_interval
from subtyping.statistics.cutpoints import YoudenCut, youden_cut
from subtyping.statistics.design import DesignReport, design_report
from subtyping.statistics.detection_rate import DetectionRate, compare_detection
from subtyping.statistics.duplicate_correlation import DuplicateCorrelation, duplicate_correlation
from subtyping.statistics.factor import OneFactor, fit_one_factor, split_half_reliability
from subtyping.statistics.factor_mixture import (
    FactorMixture,
    fit_factor_mixture,
    fit_factor_mixture_many,
)
from subtyping.statistics.imputation import ImputationModel, imputation_model
from subtyping.statistics.intervals import percentile_interval, wilson_interval
from subtyping.statistics.joint_test import JointTest, held_out_gain, joint_test
from subtyping.statistics.mixture_test import FittedShape, MixtureTest, mixture_test
from subtyping.statistics.mixtures import fit_two_groups, fit_two_groups_many
from subtyping.statistics.moderated_t import ModeratedT, moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg
from subtyping.statistics.roc import RocCurves, roc_curves
from subtyping.statistics.ros import Ros, plotting_positions, regression_on_order_statistics
from subtyping.statistics.rubin import Pooled, pool_imputations
from subtyping.statistics.shapes import ShapeLibrary, mixture_shapes, unimodal_shapes
from subtyping.statistics.taxometrics import Taxometrics, taxometrics
from subtyping.statistics.tobit import Tobit, tobit
from subtyping.statistics.truncated_normal import (
    CensoredNormal,
    draw_below,
    fit_censored_normal,
    mean_below,
)
from subtyping.statistics.two_groups import TwoGroups
from subtyping.statistics.variance_prior import VariancePrior, variance_prior

__all__ = [
    "CensoredNormal",
    "DesignReport",
    "DetectionRate",
    "DuplicateCorrelation",
    "FactorMixture",
    "FittedShape",
    "ImputationModel",
    "JointTest",
    "MixtureTest",
    "ModeratedT",
    "OneFactor",
    "Pooled",
    "RocCurves",
    "Ros",
    "ShapeLibrary",
    "Taxometrics",
    "Tobit",
    "TwoGroups",
    "VariancePrior",
    "YoudenCut",
    "auc",
    "benjamini_hochberg",
    "compare_detection",
    "delong_interval",
    "design_report",
    "draw_below",
    "duplicate_correlation",
    "fit_censored_normal",
    "fit_factor_mixture",
    "fit_factor_mixture_many",
    "fit_one_factor",
    "fit_two_groups",
    "fit_two_groups_many",
    "held_out_gain",
    "imputation_model",
    "joint_test",
    "mean_below",
    "mixture_shapes",
    "mixture_test",
    "moderated_t",
    "percentile_interval",
    "plotting_positions",
    "pool_imputations",
    "regression_on_order_statistics",
    "roc_curves",
    "split_half_reliability",
    "taxometrics",
    "tobit",
    "unimodal_shapes",
    "variance_prior",
    "wilson_interval",
    "youden_cut",
]
