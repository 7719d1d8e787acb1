"""What only new reference people can tell: does the scale carry over, is the group one of cases?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.discovery.specificity import specificity_lines
from subtyping.replication.frozen import FrozenSubtype

__all__ = [
    "LARGEST_RATIO",
    "LARGEST_SHIFT",
    "carry_over_lines",
    "reference_specificity_lines",
    "scale_reason",
]

LARGEST_SHIFT = 0.25
LARGEST_RATIO = 1.25
SHIFT, RATIO = "scale carried over", "scale carried over: SD"
NORMAL_KURTOSIS = 3.0


def carry_over_lines(fitted: FittedLabelling, frozen: FrozenSubtype) -> list[Line]:
    r"""Ask whether new reference people stand where the derivation's stood, and vary as they did.

    Parameters
    ----------
    fitted : FittedLabelling
        Frozen scores of the new people, with at least 8 reference people.
    frozen : FrozenSubtype

    Returns
    -------
    list of Line
        ``scale carried over``: mean frozen skew of the new reference people, which was 0 with an
        SD of 1 in the derivation; its interval is Student's, with the standard errors of both
        means. ``scale carried over: SD``: their SD over the derivation's, with an interval on the
        log scale from the variance :math:`(\kappa - 1)/(4(n - 1))` of either log SD,
        :math:`\kappa` being their kurtosis, or 3 if that is larger. For a raw score, whose SD in
        the derivation a card does not hold, the SD is the root mean variance of the members' z.
    """
    quantity = fitted.scores.quantity
    values = fitted.scores.values.to_numpy()[fitted.is_reference]
    n, n_old = len(values), frozen.preparation.scaler_.n_reference_
    own = float(values.var(ddof=1))
    old = 1.0 if frozen.is_skew else own
    return [
        _shift_line(float(values.mean()), own / n + old / n_old, n, quantity),
        _ratio_line(*_spread(fitted, frozen, values), n, n_old, quantity),
    ]


def _spread(
    fitted: FittedLabelling, frozen: FrozenSubtype, values: np.ndarray
) -> tuple[float, float]:
    """SD of the new reference people, in units of the derivation's, and its kurtosis."""
    columns = values[:, None]
    if not frozen.is_skew:
        columns = fitted.prepared.z[list(frozen.axis.members)].to_numpy()[fitted.is_reference]
    centred = columns - columns.mean(axis=0)
    second, fourth = (centred**2).mean(axis=0), (centred**4).mean(axis=0)
    varies = second > 0
    kurtosis = float((fourth[varies] / second[varies] ** 2).mean()) if varies.any() else 0.0
    return float(np.sqrt(columns.var(axis=0, ddof=1).mean())), max(kurtosis, NORMAL_KURTOSIS)


def _shift_line(mean: float, variance: float, n: int, quantity: str) -> Line:
    from scipy import stats

    reach = float(stats.t.ppf(0.975, n - 1)) * float(np.sqrt(variance))
    return Line(
        SHIFT,
        f"mean frozen {quantity} of the new reference people",
        mean,
        f"The new reference people stand at {mean:+.2f} ({mean - reach:+.2f} to "
        f"{mean + reach:+.2f}) on the frozen {quantity}; the derivation's stood at 0.",
        ci_low=mean - reach,
        ci_high=mean + reach,
    )


def _ratio_line(ratio: float, kurtosis: float, n: int, n_old: int, quantity: str) -> Line:
    from scipy import stats

    error = np.sqrt((kurtosis - 1) / 4 * (1 / (n - 1) + 1 / max(n_old - 1, 1)))
    factor = float(np.exp(stats.t.ppf(0.975, n - 1) * error))
    return Line(
        RATIO,
        f"SD of the new reference people over the derivation's, frozen {quantity}",
        ratio,
        f"The new reference people vary {ratio:.2f} ({ratio / factor:.2f} to {ratio * factor:.2f}) "
        f"times as much as the derivation's on the frozen {quantity}.",
        ci_low=ratio / factor,
        ci_high=ratio * factor,
    )


def scale_reason(lines: Sequence[Line]) -> str:
    """Say why frozen labels do not carry over to the new measurements.

    Parameters
    ----------
    lines : sequence of Line
        Of `carry_over_lines`; without them nothing can be said.

    Returns
    -------
    str
        A clause where the whole interval of the shift lies beyond .25 SD either way, or that of
        the ratio of the SDs above 1.25 or below its reciprocal; empty otherwise.

    Examples
    --------
    >>> line = Line("scale carried over", "mean", 1.0, "", ci_low=0.7, ci_high=1.3)
    >>> scale_reason([line])
    "the new reference people stand 1.0 SD above the derivation's: the scale does not carry over"
    """
    by_name = {line.line: line for line in lines}
    found = []
    shift, ratio = by_name.get(SHIFT), by_name.get(RATIO)
    if shift is not None and (shift.ci_low > LARGEST_SHIFT or shift.ci_high < -LARGEST_SHIFT):
        side = "above" if shift.value > 0 else "below"
        found.append(f"stand {abs(shift.value):.1f} SD {side} the derivation's")
    if ratio is not None and (ratio.ci_low > LARGEST_RATIO or ratio.ci_high < 1 / LARGEST_RATIO):
        found.append(f"vary {ratio.value:.2f} times as much as the derivation's")
    if not found:
        return ""
    return f"the new reference people {' and '.join(found)}: the scale does not carry over"


def reference_specificity_lines(
    fitted: FittedLabelling, frozen: FrozenSubtype, seed: int, n_resamples: int
) -> list[Line]:
    """Apply the frozen assigner to new cases and new reference people.

    Parameters
    ----------
    fitted : FittedLabelling
        Frozen scores of the new people.
    frozen : FrozenSubtype
    seed : int
    n_resamples : int

    Returns
    -------
    list of Line
        See `specificity_lines`; the mixture is the frozen one in every resample.
    """
    held = replace(fitted, model=frozen.mixture)
    return specificity_lines(held, seed, n_resamples, refit=False)
