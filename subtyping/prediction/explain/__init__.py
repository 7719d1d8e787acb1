"""Explanations beyond the ranking: correlated groups, dependence, zero crossings, one sample."""

from subtyping.prediction.explain.correlated import GROUP_CUT, CorrelatedGroups, correlated_groups
from subtyping.prediction.explain.dependence import Dependence, dependence
from subtyping.prediction.explain.drawing import fold_weights, folds_drawn
from subtyping.prediction.explain.fold_explanation import FoldExplanation
from subtyping.prediction.explain.names import NO_AXIS, SCALE_OF_MODEL
from subtyping.prediction.explain.ranking import rank_attributions, sum_attributions
from subtyping.prediction.explain.sample import SampleExplanation, explain_sample
from subtyping.prediction.explain.samples_table import (
    SAMPLE_COLUMNS,
    attribution_samples,
    attribution_tables,
)
from subtyping.prediction.explain.waterfall_text import waterfall_text
from subtyping.prediction.explain.zero_crossing import (
    SMALLEST_SHARE,
    ZeroCrossing,
    zero_crossing,
    zero_crossings,
)

__all__ = [
    "GROUP_CUT",
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
    "fold_weights",
    "folds_drawn",
    "rank_attributions",
    "sum_attributions",
    "waterfall_text",
    "zero_crossing",
    "zero_crossings",
]
