"""Scores of immune axes by six methods, each frozen in reference people."""

from subtyping.axes.set_scores.compare import SetScoreComparison, compare_set_scores
from subtyping.axes.set_scores.models import COMPETITIVE_METHODS, SET_SCORE_METHODS
from subtyping.axes.set_scores.result import SetScores
from subtyping.axes.set_scores.score_sets import score_sets
from subtyping.axes.set_scores.scorer import SetScorer

__all__ = [
    "COMPETITIVE_METHODS",
    "SET_SCORE_METHODS",
    "SetScoreComparison",
    "SetScorer",
    "SetScores",
    "compare_set_scores",
    "score_sets",
]
