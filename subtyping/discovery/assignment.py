"""Who is in the subtype: a probability, a label or the admission that it is unclear."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["CLEAR_PROBABILITY", "Assignment", "assign_labels", "unclear_assignment"]

CLEAR_PROBABILITY = 0.8


@dataclass(frozen=True, eq=False)
class Assignment:
    """Membership of each person.

    Attributes
    ----------
    table : pandas.DataFrame
        ``sample_id, probability, label, reason``; label is ``subtype`` from a probability of .8,
        ``other`` up to .2 and ``unclear`` between or where nothing can be said.
    """

    table: pd.DataFrame

    @property
    def probability(self) -> pd.Series:
        """Probability of the subtype, indexed by sample_id."""
        return self.table.set_index("sample_id")["probability"]


def assign_labels(
    sample_ids: pd.Index, probability: np.ndarray, remarks: np.ndarray | None = None
) -> Assignment:
    """Turn probabilities into labels.

    Parameters
    ----------
    sample_ids : pandas.Index
    probability : ndarray of shape (n_samples,)
        NaN where nothing can be said (then `remarks` must say why).
    remarks : ndarray of str, optional
        Remarks on the single person, such as analytes that were missing.

    Returns
    -------
    Assignment
    """
    probability = np.asarray(probability, dtype=float)
    label = np.where(
        probability >= CLEAR_PROBABILITY,
        "subtype",
        np.where(probability <= 1 - CLEAR_PROBABILITY, "other", "unclear"),
    )
    between = (label == "unclear") & np.isfinite(probability)
    reason = np.where(
        between,
        f"probability between {1 - CLEAR_PROBABILITY:.1f} and {CLEAR_PROBABILITY:.1f}",
        "",
    ).astype(object)
    if remarks is not None:
        both = (reason != "") & (remarks != "")
        reason = np.where(both, reason + "; " + remarks, np.where(remarks != "", remarks, reason))
    table = pd.DataFrame(
        {
            "sample_id": sample_ids.astype(str),
            "probability": probability,
            "label": label.astype(object),
            "reason": reason,
        }
    )
    return Assignment(table)


def unclear_assignment(sample_ids: pd.Index, reason: str) -> Assignment:
    """Return blank probabilities: there is no subtype to belong to, for the reason given.

    Parameters
    ----------
    sample_ids : pandas.Index
    reason : str
        Goes into every row.

    Returns
    -------
    Assignment
    """
    table = pd.DataFrame(
        {
            "sample_id": sample_ids.astype(str),
            "probability": np.full(len(sample_ids), np.nan),
            "label": "unclear",
            "reason": reason,
        }
    )
    return Assignment(table)
