"""Set scores of every sample, and what they rest on."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["SetScores"]


@dataclass(frozen=True, eq=False)
class SetScores:
    """Scores of sets of analytes by one method.

    Attributes
    ----------
    method : str
        How the sets were scored; see `SetScorer`.
    table : pandas.DataFrame of shape (n_samples, n_sets)
        Indexed by sample_id, one column for each set that could be scored, in the method's unit.
    members : pandas.DataFrame
        ``set, analyte, is_used, weight, reason, detected_case_frac, detected_reference_frac``;
        ``weight`` is 0 for members that are not used.
    coherence : pandas.DataFrame
        ``set, n_members, alpha, mean_r`` within groups; the same of random sets of equal size:
        ``alpha_random_median, alpha_random_limit, mean_r_random_median, mean_r_random_limit``
        (limit: 95 % of the random sets lie below) and ``coherence_p_value``; ``is_scored,
        reason``.
    sentence : str
        What the first set rests on.
    notes : tuple of str
        Sets and members that were dropped, and what the method can be moved by.
    """

    method: str
    table: pd.DataFrame
    members: pd.DataFrame
    coherence: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()
