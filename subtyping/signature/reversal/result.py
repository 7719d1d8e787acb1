"""What every reversal returns, whichever model it came from."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["CAPTION", "COLUMNS", "DECIDING", "LEAST_COVERED", "Reversal"]

CAPTION = "A hypothesis, not a prediction of response."
LEAST_COVERED = 3
DECIDING = ("improvement_pct", "cosine", "connectivity")
COLUMNS = (
    "drug",
    "model",
    "handling",
    "metric",
    "value",
    "ci_low",
    "ci_high",
    "null_twin",
    "p_value",
    "n_covered",
    "n_signature",
    "n_known",
    "n_panel",
    "reason",
)


@dataclass(frozen=True, eq=False)
class Reversal:
    """How much of a signature drugs would undo, beside what chance undoes.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per drug, model, handling (``with`` or ``without`` the handling markers) and
        metric: ``drug, model, handling, metric, value, ci_low, ci_high, null_twin`` (median of the
        null that comes nearest), ``p_value`` (the largest over the nulls), ``n_covered`` of
        ``n_signature`` dysregulated analytes and ``n_known`` of ``n_panel`` analytes with a known
        effect, ``reason``. A drug that cannot be scored has one row with metric ``all``.
    verdicts : pandas.DataFrame
        ``drug, model, handling, verdict`` (reverses; reverses, not placebo-adjusted; not shown;
        not applicable), ``agreeing`` (deciding metrics with p <= .05), ``reason``.
    nulls : pandas.DataFrame
        ``drug, model, handling, metric, null, median, q95, p_value, draws``.
    analytes : pandas.DataFrame
        ``drug, model, analyte, is_signature, log2_fc`` (the signature), ``effect`` (of the drug,
        log2), ``after, improvement_pct, is_wrong_way, is_overshoot, source``.
    patients : pandas.DataFrame
        ``drug, model, sample_id, n_outside, n_back, n_pushed_out, share``.
    sentence : str
        What may be said, coverage included.
    notes : tuple of str
        Assumptions, and what was left out.
    """

    table: pd.DataFrame
    verdicts: pd.DataFrame
    nulls: pd.DataFrame
    analytes: pd.DataFrame
    patients: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()
