"""Is the group one of cases, or of everybody?"""

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.statistics.mixtures import fit_two_groups_many

__all__ = ["specificity_line"]


def specificity_line(fitted: FittedLabelling, seed: int, n_resamples: int) -> Line:
    """Compare how often cases and reference people fall into the group.

    Both are resampled, and the mixture is fitted again to each resample of the cases: where the
    line between the groups lies is as uncertain as who was sampled.

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
    values = fitted.scores.values.to_numpy()
    case, reference = values[fitted.is_case], values[fitted.is_reference]
    rng = stream(seed, "discovery", "specificity")

    def resampled(x: np.ndarray) -> np.ndarray:
        return np.asarray(x[rng.integers(0, len(x), (n_resamples, len(x)))])

    cases, others = resampled(case), resampled(reference)
    found, _ = fit_two_groups_many(np.sort(cases, axis=1), near=fitted.model)
    floor = 0.5 / len(reference)
    shares = np.array(
        [
            (one.probability(cases[k]).mean(), one.probability(others[k]).mean())
            for k, one in enumerate(found.each())
        ]
    )
    low, high = np.quantile(shares[:, 0] / np.maximum(shares[:, 1], floor), [0.025, 0.975])
    here, there = (float(fitted.model.probability(x).mean()) for x in (case, reference))
    ratio = here / max(there, floor)
    specific = "more often than" if low > 1 else "not clearly more often than"
    return Line(
        "specificity",
        "prevalence ratio, cases over reference people",
        ratio,
        f"Cases fall into the group {specific} reference people ({here:.0%} against {there:.0%}).",
        ci_low=float(low),
        ci_high=float(high),
    )
