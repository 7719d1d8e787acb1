"""What a blockade result says in words."""

from collections.abc import Sequence

import pandas as pd

from subtyping._validation import count_of
from subtyping.signature.blockade.clamping import Clamp
from subtyping.signature.blockade.result import CAPTION

__all__ = ["blockade_sentence", "shared_clamp_notes"]

STANDINGS = (
    "not beyond comparable targets",
    "beyond the general level but not beyond comparable targets from within the signature",
    "beyond comparable targets",
)
NOT_BOTH = "not beyond both comparable targets and the general level"


def blockade_sentence(
    table: pd.DataFrame,
    clamps: pd.DataFrame,
    claims: Sequence[str],
    beyond_level: Sequence[str],
) -> str:
    """Return one sentence: the first pathway, those beyond their twins, and the names of the rest.

    Parameters
    ----------
    table, clamps : pandas.DataFrame
        Of a `Blockade`.
    claims, beyond_level : sequence of str
        Its pathways beyond comparable targets, and beyond the general level.

    Returns
    -------
    str
    """
    kinds = clamps.set_index("pathway")["kind"]
    parts, silent = [], []
    for k, (name, rows) in enumerate(table.groupby("drug", sort=False)):
        standing = (name in claims) + (name in beyond_level)
        if k == 0 or standing:
            parts.append(_part(str(name), rows.set_index("metric"), str(kinds[name]), standing))
        else:
            silent.append(str(name))
    if silent:
        parts.append(f"{', '.join(silent)}: {NOT_BOTH}, or not applicable")
    return f"{CAPTION}: {'; '.join(parts)}. Hypothesis, not prediction of response."


def _part(name: str, rows: pd.DataFrame, kind: str, standing: int) -> str:
    main = rows.loc["percent_normalised"]
    if pd.isna(main["value"]):
        reason = str(main["reason"]).rstrip(".")
        return reason if reason.startswith(f"{name} ") else f"{name}: {reason}"
    how = "axis score" if kind == "axis_score" else "ligands"
    told = (
        f"with the {name} {how} at the healthy level {_value(main)} of the difference in "
        f"{count_of(int(main['n_covered']), 'other analyte')} of held-out patients is expected to "
        f"go ({_beside(main)})"
    )
    if "percent_normalised_given_level" in rows.index:
        level = rows.loc["percent_normalised_given_level"]
        if not pd.isna(level["value"]):
            told += f", at an equal general level {_value(level)} ({_beside(level)})"
    is_beyond_sets = bool(main["p_value"] <= 0.05)
    return f"{told}, {NOT_BOTH if not standing and is_beyond_sets else STANDINGS[standing]}"


def _value(row: pd.Series) -> str:
    text = f"{round(row['value'])} %"
    if not pd.isna(row["ci_low"]):
        text += f" ({round(row['ci_low'])} to {round(row['ci_high'])})"
    return text


def _beside(row: pd.Series) -> str:
    if pd.isna(row["p_value"]):
        return "no comparable target sets"
    return f"random comparable targets {round(row['null_twin'])} %, p {row['p_value']:.3f}"


def shared_clamp_notes(clamps: Sequence[Clamp]) -> list[str]:
    """Return a note for pathways that clamp the same analytes and so cannot be told apart.

    Parameters
    ----------
    clamps : sequence of Clamp

    Returns
    -------
    list of str
    """
    same: dict[tuple[str, ...], list[str]] = {}
    for clamp in clamps:
        if clamp.kind != "nothing":
            same.setdefault((clamp.kind, *clamp.analytes), []).append(clamp.pathway)
    return [
        f"{' and '.join(names)} clamp the same analytes on this panel and cannot be told apart."
        for names in same.values()
        if len(names) > 1
    ]
