"""What a drug would undo of a signature: a hypothesis, not a prediction of response."""

from subtyping.signature.reversal.metrics import (
    Improvement,
    ShareBack,
    connectivity,
    cosine,
    percent_improvement,
    share_brought_back,
)
from subtyping.signature.reversal.observed import observed_reversal
from subtyping.signature.reversal.published import published_reversal
from subtyping.signature.reversal.result import Reversal

__all__ = [
    "Improvement",
    "Reversal",
    "ShareBack",
    "connectivity",
    "cosine",
    "observed_reversal",
    "percent_improvement",
    "published_reversal",
    "share_brought_back",
]
