"""Is the group one of cases, or of everybody?"""

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line

__all__ = ["specificity_line"]


def specificity_line(fitted: FittedLabelling, seed: int, n_resamples: int) -> Line:
    """Compare how often cases and reference people fall into the group.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int

    Returns
    -------
    Line
        ``value`` is the prevalence ratio, cases over reference people.
    """
    probability = fitted.model.probability(fitted.scores.values.to_numpy())
    case, reference = probability[fitted.is_case], probability[fitted.is_reference]
    rng = stream(seed, "discovery", "specificity")

    def means(x: np.ndarray) -> np.ndarray:
        return x[rng.integers(0, len(x), (n_resamples, len(x)))].mean(axis=1)

    floor = 0.5 / len(reference)
    ratios = means(case) / np.maximum(means(reference), floor)
    low, high = np.quantile(ratios, [0.025, 0.975])
    ratio = float(case.mean() / max(reference.mean(), floor))
    specific = "more often than" if low > 1 else "not clearly more often than"
    return Line(
        "specificity",
        "prevalence ratio, cases over reference people",
        ratio,
        f"Cases fall into the group {specific} reference people ({case.mean():.0%} against "
        f"{reference.mean():.0%}).",
        ci_low=float(low),
        ci_high=float(high),
    )
