"""Pure kernels on arrays."""

from subtyping.statistics.cutpoints import (
    RocCurves,
    YoudenCut,
    auc,
    delong_interval,
    roc_curves,
    youden_cut,
)
from subtyping.statistics.design import DesignReport, design_report
from subtyping.statistics.factor import OneFactor, fit_one_factor, split_half_reliability
from subtyping.statistics.factor_mixture import (
    FactorMixture,
    fit_factor_mixture,
    fit_factor_mixture_many,
)
from subtyping.statistics.intervals import percentile_interval, wilson_interval
from subtyping.statistics.joint_test import JointTest, held_out_gain, joint_test
from subtyping.statistics.mixture_test import FittedShape, MixtureTest, mixture_test
from subtyping.statistics.mixtures import TwoGroups, fit_two_groups, fit_two_groups_many
from subtyping.statistics.moderated_t import ModeratedT, moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg
from subtyping.statistics.shapes import ShapeLibrary, mixture_shapes, unimodal_shapes
from subtyping.statistics.taxometrics import Taxometrics, taxometrics

__all__ = [
    "DesignReport",
    "FactorMixture",
    "FittedShape",
    "JointTest",
    "MixtureTest",
    "ModeratedT",
    "OneFactor",
    "RocCurves",
    "ShapeLibrary",
    "Taxometrics",
    "TwoGroups",
    "YoudenCut",
    "auc",
    "benjamini_hochberg",
    "delong_interval",
    "design_report",
    "fit_factor_mixture",
    "fit_factor_mixture_many",
    "fit_one_factor",
    "fit_two_groups",
    "fit_two_groups_many",
    "held_out_gain",
    "joint_test",
    "mixture_shapes",
    "mixture_test",
    "moderated_t",
    "percentile_interval",
    "roc_curves",
    "split_half_reliability",
    "taxometrics",
    "unimodal_shapes",
    "wilson_interval",
    "youden_cut",
]
