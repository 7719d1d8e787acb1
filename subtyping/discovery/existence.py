"""Is there a group at all? The line of evidence that decides, and the gate before it."""

import numpy as np

from subtyping._random import stream
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.settings import LEVEL
from subtyping.statistics.mixture_test import MixtureTest, mixture_test
from subtyping.statistics.mixtures import fit_two_groups

__all__ = ["existence_line", "fit_line"]

MISFIT_LEVEL = 0.005
N_SPLITS = 5


def existence_line(
    values: np.ndarray, seed: int, n_bootstrap: int, quantity: str
) -> tuple[Line, MixtureTest]:
    """Test one unimodal population against a mixture: the line that decides.

    Parameters
    ----------
    values : ndarray of shape (n_case,)
    seed : int
    n_bootstrap : int
    quantity : str
        ``"skew"`` or ``"raw score"``.

    Returns
    -------
    Line, MixtureTest
    """
    test = mixture_test(values, stream(seed, "discovery", "existence"), n_bootstrap=n_bootstrap)
    verb = "does not fit" if test.p_value <= LEVEL else "fits"
    line = Line(
        line="existence",
        statistic="likelihood ratio, mixture against one unimodal population",
        value=test.statistic,
        p_value=test.p_value,
        null_twin=test.null_median,
        decides=True,
        sentence=(
            f"One unimodal population {verb} the {quantity} of {len(values)} cases "
            f"(p {p_text(test.p_value)}, {test.n_bootstrap} draws)."
        ),
    )
    return line, test


def fit_line(values: np.ndarray, seed: int) -> tuple[Line, bool]:
    """Ask whether the mixture fits people it was not fitted to.

    The mixture is learnt from one half of the cases and held against the other by a
    Kolmogorov-Smirnov test, both ways, over five random splits; the p-value is twice the median.
    A heap of values at one point, such as a detection limit, fails this gate.

    Parameters
    ----------
    values : ndarray of shape (n_case,)
    seed : int

    Returns
    -------
    line : Line
    is_misfit : bool
        Whether the mixture fails: then the verdict cannot be discrete.

    References
    ----------
    Twice the median of dependent p-values is a valid p-value: Ruschendorf L (1982), Advances in
    Applied Probability 14, 623-632. doi:10.2307/1426677.
    """
    from scipy import stats

    rng = stream(seed, "discovery", "fit")
    p_values = []
    for _ in range(N_SPLITS):
        order = rng.permutation(len(values))
        halves = values[order[: len(order) // 2]], values[order[len(order) // 2 :]]
        for learnt, held_out in (halves, halves[::-1]):
            fit = fit_two_groups(learnt)
            p_values.append(stats.kstest(held_out, fit.cumulated).pvalue)
    p_value = min(1.0, 2 * float(np.median(p_values)))
    is_misfit = p_value < MISFIT_LEVEL
    verb = "does not fit" if is_misfit else "fits"
    return Line(
        line="fit",
        statistic="held-out fit of the mixture",
        value=float("nan"),
        p_value=p_value,
        sentence=f"The mixture {verb} cases it was not fitted to (p {p_text(p_value)}).",
    ), is_misfit
