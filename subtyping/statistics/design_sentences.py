"""What a design means for the comparison of two groups, in sentences."""

import numpy as np
import pandas as pd

__all__ = ["design_notes", "design_sentence"]

LARGE_DIFFERENCE = 0.2
LARGE_V = 0.1  # of two halves, what a standardised difference of .2 is as a correlation
MANY_MISSING = 0.2
Q_LIMIT = 0.05


def design_sentence(table: pd.DataFrame) -> str:
    """Say whether case status can be told apart from each technical factor.

    Parameters
    ----------
    table : pandas.DataFrame
        `DesignReport.table`.

    Returns
    -------
    str
    """
    if table.empty:
        return (
            "No plate, site or date was declared, so whether case status is aliased with the "
            "measurement cannot be judged."
        )
    aliased = table[table["is_aliased"]]
    if aliased.empty:
        names = ", ".join(table["factor"])
        return f"Case status can be told apart from {names}."
    row = aliased.iloc[0]
    return (
        f"Case status is aliased with {row['factor']}: {row['levels_with_both']} of "
        f"{row['n_levels']} levels hold both groups, with {row['case_overlap_frac']:.0%} of the "
        f"cases and {row['reference_overlap_frac']:.0%} of the reference people in them, so a "
        "difference between the groups cannot be told apart from a difference in measurement."
    )


def design_notes(
    table: pd.DataFrame, balance: pd.DataFrame, joint: pd.DataFrame
) -> tuple[str, ...]:
    """Say what warns without blocking, one sentence each.

    Parameters
    ----------
    table, balance, joint : pandas.DataFrame
        Of a `DesignReport`.

    Returns
    -------
    tuple of str
        Jointly aliased, partly aliased, known in one group only, unevenly missing, out of
        balance.
    """
    notes = _joint_notes(joint)
    notes += [_partly(row) for _, row in table[table["is_partly_aliased"]].iterrows()]
    people = balance[~balance["may_block"]]
    for _, row in people.iterrows():
        notes += _person_notes(row)
    return tuple(notes)


def _partly(row: pd.Series) -> str:
    return (
        f"Case status leans on {row['factor']}: {row['case_overlap_frac']:.0%} of the cases and "
        f"{row['reference_overlap_frac']:.0%} of the reference people are in levels that hold both "
        f"groups; the variance of an adjusted difference is inflated {row['vif']:.1f}-fold, so its "
        f"interval is {row['interval_widening']:.1f} times as wide."
    )


def _joint_notes(joint: pd.DataFrame) -> list[str]:
    """The pairs responsible; all factors together only where no pair is."""
    aliased = joint[joint["is_jointly_aliased"].astype(bool)]
    pairs = aliased[aliased["factors"].str.split(r" \+ | x ", regex=True).str.len() == 2]
    notes = []
    for _, row in (aliased if pairs.empty else pairs).iterrows():
        how = "the combinations of" if row["model"] == "crossed" else "the sum of"
        detail = (
            "they determine it"
            if row["is_rank_deficient"]
            else f"variance inflation {row['vif']:.1f}"
        )
        if np.isfinite(row["case_overlap_frac"]):
            detail += (
                f", {row['case_overlap_frac']:.0%} of the cases and "
                f"{row['reference_overlap_frac']:.0%} of the reference people are in combinations "
                "that hold both groups"
            )
        names = " and ".join(str(row["factors"]).replace(" x ", " + ").split(" + "))
        notes.append(
            f"Case status is aliased with {how} {names}, though with none of them alone: {detail}."
        )
    return notes


def _person_notes(row: pd.Series) -> list[str]:
    name, known = row["factor"], row["known_in"]
    if known == "nobody":
        return []
    if known != "both":
        n = int(row["n_case"] + row["n_reference"])
        group = "cases" if known == "cases only" else "reference people"
        return [
            f"{name} is known in the {group} only ({n} people): nothing can be adjusted for it."
        ]
    notes = []
    if abs(row["missing_case_frac"] - row["missing_reference_frac"]) > MANY_MISSING:
        notes.append(
            f"{name} is missing in {row['missing_case_frac']:.0%} of the cases and "
            f"{row['missing_reference_frac']:.0%} of the reference people."
        )
    least = LARGE_DIFFERENCE if row["measure"] == "smd" else LARGE_V
    if row["q_value"] < Q_LIMIT and abs(row["effect"]) >= least:
        notes.append(_imbalance(row))
    return notes


def _imbalance(row: pd.Series) -> str:
    is_number = row["measure"] == "smd"
    measure = "standardised mean difference" if is_number else "Cramér's V"
    where = "the range" if is_number else "levels"
    widening = row["interval_widening"]
    cost = (
        "it determines case status, so nothing is left to compare once it is adjusted for"
        if np.isinf(widening)
        else f"adjusting for it makes an interval {widening:.2f} times as wide"
    )
    return (
        f"Cases and reference people differ in {row['factor']} ({measure} {row['effect']:.2f}, "
        f"{row['effect_ci_low']:.2f} to {row['effect_ci_high']:.2f}): {cost}; "
        f"{row['case_overlap_frac']:.0%} of the cases and {row['reference_overlap_frac']:.0%} of "
        f"the reference people lie in {where} that both groups have."
    )
