"""What regressing handling out does to the axes, in sentences."""

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.preparation.handling_adjuster import LEAST_PEOPLE
from subtyping.signature.handling_estimates import CASES, GROUP, People

__all__ = ["sensitivity_notes", "sensitivity_sentence"]

MUCH = 0.25
FEW_PEOPLE = 40


def _row(axes: pd.DataFrame, contrast: str, axis: str, option: str) -> pd.Series | None:
    """The skew of an axis under an option; its score where there is no skew."""
    mine = axes[
        (axes["contrast"] == contrast) & (axes["axis"] == axis) & (axes["handling"] == option)
    ]
    return None if mine.empty else mine.iloc[0]


def _told(row: pd.Series) -> str:
    return f"{row['estimate']:.2f} ({row['ci_low']:.2f} to {row['ci_high']:.2f})"


def _n_known(people: People) -> int:
    return int(np.isfinite(people.handling[people.is_reference]).sum())


def sensitivity_sentence(axes: pd.DataFrame, declared: str, people: People) -> str:
    """Say how far cases and reference people differ with handling left in and out.

    Parameters
    ----------
    axes : pandas.DataFrame
        `HandlingSensitivity.axes`.
    declared : str
        The declared axis.
    people : People

    Returns
    -------
    str
    """
    first, last = (_row(axes, CASES, declared, o) for o in ("report", "regress_out"))
    gap = axes[(axes["contrast"] == CASES) & (axes["quantity"] == "handling")]
    if "regress_out" not in people.models and not gap.empty:
        few = count_of(_n_known(people), "reference person", "reference people")
        why = (
            f"{few} with a handling score, {LEAST_PEOPLE} needed"
            if _n_known(people) < LEAST_PEOPLE
            else "all reference people have the same score"
        )
        return (
            f"Cases and reference people differ by {_told(gap.iloc[0])} in the handling score. "
            f"Regressing it out was not possible: {why}."
        )
    if first is None or last is None or gap.empty:
        return f"The {declared} axis cannot be compared with handling regressed out."
    left = last["share_left_frac"]
    share = f", which is {left:.0%} of it" if np.isfinite(left) else ""
    return (
        f"Cases and reference people differ by {_told(gap.iloc[0])} in the handling score. Their "
        f"difference in {declared} {first['quantity']} is {_told(first)} with handling left in and "
        f"{_told(last)} with the handling score regressed out{share}."
    )


def sensitivity_notes(axes: pd.DataFrame, declared: str, people: People) -> tuple[str, ...]:
    """Say what dropping cannot change, and what regressing out may take away.

    Parameters
    ----------
    axes : pandas.DataFrame
        `HandlingSensitivity.axes`.
    declared : str
        The declared axis.
    people : People

    Returns
    -------
    tuple of str
    """
    notes = []
    members = {name for model in people.models["report"] for name in model.members}
    mine = sorted(members & set(people.z.columns[people.is_marker]))
    if mine:
        notes.append(f"The handling markers {', '.join(mine)} are members of an axis.")
    else:
        notes.append(
            "Dropping the handling markers changes no axis: they are in no score and in no level."
        )
    words = {CASES: "the cases and the reference people", GROUP: "the group and the other cases"}
    for contrast in axes["contrast"].unique():
        row = _row(axes, contrast, declared, "regress_out")
        if row is None or not row["share_left_frac"] < 1 - MUCH:
            continue
        notes.append(
            f"Regressing handling out takes away {1 - row['share_left_frac']:.0%} of the "
            f"difference in {declared} {row['quantity']} between {words[contrast]}. Where tubes "
            "that stood longer are behind it, this was an artefact; where their own biology "
            "releases the handling markers, part of a true difference went with it. The panel "
            "cannot tell: look up when each tube was drawn and spun."
        )
    if (axes["contrast"] == GROUP).any():
        notes.append(
            f"The group was chosen by how far its {declared} stands out, so its own difference "
            "from the other cases is no finding, and its interval is too short; only the change "
            "from one option to another is to be read."
        )
    n = _n_known(people)
    if n < FEW_PEOPLE and "regress_out" in people.models:
        few = count_of(n, "reference person", "reference people")
        notes.append(f"The handling slopes rest on {few} only.")
    return tuple(notes)
