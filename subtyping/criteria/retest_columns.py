"""The columns a re-test adds to the criteria table, and those of its own table."""

from subtyping.criteria.retest_scheme import FIELDS

__all__ = ["DETAILED", "GREY_SHARES", "OF_REPEATS", "RETEST_COLUMNS", "RETEST_TEXT", "SCREENED",
           "SHORT"]  # fmt: skip

OF_REPEATS = ("positive_frac", "truly_above_frac", "sensitivity", "specificity")

SHORT = {
    "one sample": "retest",
    "mean of two, same share": "mean_of_two",
    "both of two": "both_of_two",
}
"""Schemes that stand in the criteria table, and what their columns start with."""

SCREENED = "both_of_two_screened_per_enrolled"
"""People screened for each who meets a rule in both of two samples; with limits."""

GREY_SHARES = ("grey_frac", "grey_of_met_frac")
"""Of all cases, and of those who meet the rule, the share that one sample does not settle."""

_ENDS = ("", "_ci_low", "_ci_high")
_OF_CLAUSE = ("icc_kind", "icc", "icc_low", "icc_high", "grey_low", "grey_high")


def _name(short: str, field: str) -> str:
    plain = short == "retest" and field == "truly_above_frac"
    return field if plain else f"{short}_{field}"


RETEST_COLUMNS = (
    *(
        f"{_name(short, field)}{end}"
        for short in SHORT.values()
        for field in (FIELDS if short == "retest" else OF_REPEATS)
        for end in _ENDS
    ),
    *(f"{SCREENED}{end}" for end in _ENDS),
    *(f"{name}{end}" for end in ("", "_2", "_3") for name in _OF_CLAUSE),
    *GREY_SHARES,
    *("retest_reason", "retest_sentence", "retest_note", "portability_mark"),
)
"""What a re-test adds to a row of the criteria table."""

RETEST_TEXT = frozenset(
    {"icc_kind", "icc_kind_2", "icc_kind_3", "retest_reason", "retest_sentence", "retest_note"}
    | {"portability_mark"}
)

DETAILED = (
    *("part", "scheme", "icc_kind", "icc", "icc_low", "icc_high", "upper_frac", "grey_low"),
    *("grey_high", "unit", "total_sd_log2", "within_sd_log2", "assay_sd_log2", "reason"),
    *(f"{name}{end}" for name in FIELDS for end in _ENDS),
)
"""Columns of the table of one re-test: a row for each clause and scheme."""
