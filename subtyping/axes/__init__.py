"""Immune axes: scores against a frozen reference, coherence, level and skew."""

from subtyping.axes.definition import AxisDefinition, define_axes
from subtyping.axes.level import AxisModel, fit_axis_model
from subtyping.axes.scorer import AxisScorer
from subtyping.axes.scores import AxisScores

__all__ = [
    "AxisDefinition",
    "AxisModel",
    "AxisScorer",
    "AxisScores",
    "define_axes",
    "fit_axis_model",
]
