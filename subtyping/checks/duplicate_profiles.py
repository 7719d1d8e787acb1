"""ST022: two ids whose profiles are as alike as two wells of one sample."""

import pandas as pd

from subtyping._validation import count_of
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _of_two_people(context: CheckContext, pairs: pd.DataFrame) -> pd.DataFrame:
    """Leave out pairs whose subject is declared to be the same person."""
    if "subject" not in context.panel.samples:
        return pairs
    subject = context.panel.samples["subject"]
    one, other = subject.loc[pairs["sample_id"]], subject.loc[pairs["other_id"]]
    same = (one.to_numpy() == other.to_numpy()) & one.notna().to_numpy()
    return pairs[~same]


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.duplicates is None:
        return not_applicable(
            "Needs 20 samples and 10 analytes detected in three quarters of them."
        )
    duplicates = context.quality.duplicates
    pairs = _of_two_people(context, duplicates.pairs)
    if pairs.empty:
        known = len(duplicates.pairs)
        more = f" ({count_of(known, 'pair')} of one subject each)" if known else ""
        return silent(f"No two samples of different people are as alike as repeats{more}.")
    named = "; ".join(
        f"{row.sample_id!r} and {row.other_id!r} (r {row.correlation:.2f}, median difference "
        f"{row.difference_sd:.2f} SD)"
        for row in pairs.head(3).itertuples()
    )
    rest = f" and {len(pairs) - 3} more" if len(pairs) > 3 else ""
    return fires(
        f"{count_of(len(pairs), 'pair')} of samples under two ids with nearly the same profile: "
        f"{named}{rest}; a sample usually lies {duplicates.usual_difference_sd:.2f} SD from the "
        "one nearest to it. One tube may have been measured twice, or two mixed up; ask the "
        "laboratory, then leave one out, or declare the subject column if they are one person."
    )


CHECK = Check("ST022", "Two ids hold nearly the same profile", "issue", _judge)
