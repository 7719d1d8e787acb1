"""Scores of sets of analytes: what is learnt from reference people, and applied to anyone."""

from subtyping.statistics.set_scores.combined_z import CombinedZ, fit_combined_z
from subtyping.statistics.set_scores.gsva import KERNELS, Gsva, fit_gsva
from subtyping.statistics.set_scores.mean_z import MeanZ, fit_mean_z
from subtyping.statistics.set_scores.plage import Plage, fit_plage
from subtyping.statistics.set_scores.ssgsea import SsGsea, fit_ssgsea

__all__ = [
    "KERNELS",
    "CombinedZ",
    "Gsva",
    "MeanZ",
    "Plage",
    "SsGsea",
    "fit_combined_z",
    "fit_gsva",
    "fit_mean_z",
    "fit_plage",
    "fit_ssgsea",
]
