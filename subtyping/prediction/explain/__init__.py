"""Explanations beyond the ranking: correlated groups, dependence, zero crossings, one sample."""

from subtyping.prediction.explain.correlated import GROUP_CUT, CorrelatedGroups, correlated_groups
from subtyping.prediction.explain.dependence import Dependence, dependence
from subtyping.prediction.explain.fold_explanation import FoldExplanation
from subtyping.prediction.explain.names import NO_AXIS, SCALE_OF_MODEL
from subtyping.prediction.explain.ranking import (
    rank_attributions,
    rank_limits,
    sum_attributions,
)
from subtyping.prediction.explain.refits import refit_explanations
from subtyping.prediction.explain.refitted import pairs_of_refits, sizes_of_refits
from subtyping.prediction.explain.sample import SampleExplanation, explain_sample
from subtyping.prediction.explain.samples_table import (
    SAMPLE_COLUMNS,
    attribution_samples,
    attribution_tables,
)
from subtyping.prediction.explain.waterfall_text import waterfall_text
from subtyping.prediction.explain.zero_crossing import (
    LEAST_FOUND,
    SMALLEST_SHARE,
    ZeroCrossing,
    zero_crossing,
    zero_crossings,
)

__all__ = [
    "GROUP_CUT",
    "LEAST_FOUND",
    "NO_AXIS",
    "SAMPLE_COLUMNS",
    "SCALE_OF_MODEL",
    "SMALLEST_SHARE",
    "CorrelatedGroups",
    "Dependence",
    "FoldExplanation",
    "SampleExplanation",
    "ZeroCrossing",
    "attribution_samples",
    "attribution_tables",
    "correlated_groups",
    "dependence",
    "explain_sample",
    "pairs_of_refits",
    "rank_attributions",
    "rank_limits",
    "refit_explanations",
    "sizes_of_refits",
    "sum_attributions",
    "waterfall_text",
    "zero_crossing",
    "zero_crossings",
]
