"""What a study would have said, in one sentence."""

import pandas as pd

from subtyping._validation import count_of

__all__ = ["sentence_of"]


def sentence_of(table: pd.DataFrame, summary: pd.DataFrame, axis: str) -> str:
    """Return the sentence of some replications.

    Parameters
    ----------
    table, summary : pandas.DataFrame
        See `Replications`.
    axis : str
        Name of the axis.

    Returns
    -------
    str

    Examples
    --------
    >>> from subtyping.study.replications.summary import summarise
    >>> table = pd.DataFrame({"n_findings": [2, 4], "power": [0.25, 0.5],
    ...     "exaggeration": [2.0, 1.5], "is_called_by_zscore": [True, False],
    ...     "is_called_by_skew_given_handling": [False, False],
    ...     "naive_reversal_pct": [80.0, 60.0], "is_naive_cleared_full": [True, False]})
    >>> for part in sentence_of(table, summarise(table, 0), "Th2").split("; "):
    ...     print(part.rsplit(",", 1)[0])
    In 2 replications the rule finds 3.0 analytes on average, 38 % of the truly different ones
    Th2 is called in 50 % by the mean z and in 0 % by the skew with handling held constant
    with no drug given
    """
    value = summary.set_index("quantity")["value"]
    if not (table["n_findings"] > 0).any():
        found = "the rule finds nothing"
        undone = "so there is nothing for a model of a drug to undo"
    else:
        found = (
            f"the rule finds {value['n_findings']:.1f} analytes on average, "
            f"{_pct(value['power'])} of the truly different ones, and overstates them "
            f"{value['exaggeration']:.1f}-fold"
        )
        undone = (
            f"with no drug given, the careless model undoes {value['naive_reversal_pct']:.0f} % of "
            "the findings and leaves none or next to none by the rule in "
            f"{_pct(value['is_naive_cleared_full'])} of the replications"
        )
    called = (
        f"{axis} is called in {_pct(value['is_called_by_zscore'])} by the mean z and in "
        f"{_pct(value['is_called_by_skew_given_handling'])} by the skew with handling held constant"
    )
    return f"In {count_of(len(table), 'replication')} {found}; {called}; {undone}."


def _pct(share: float) -> str:
    return "no share" if pd.isna(share) else f"{100 * share:.0f} %"
