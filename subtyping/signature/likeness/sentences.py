"""What a likeness says in words."""

import pandas as pd

from subtyping.signature.likeness.projection import Projection

__all__ = ["likeness_sentence"]

HEADLINE = "signature_correlation"


def likeness_sentence(
    table: pd.DataFrame,
    label: str,
    comparisons: list[str],
    projection: Projection,
    leave_one_out: pd.DataFrame,
) -> str:
    """Return the answer: each correlation, the difference, what it hangs on, where people stand.

    Parameters
    ----------
    table, leave_one_out : pandas.DataFrame
        As in `Likeness`.
    label : str
        Name of the cases.
    comparisons : list of str
    projection : Projection

    Returns
    -------
    str
    """
    rows = table.drop_duplicates(["measure", "comparison"]).set_index(["measure", "comparison"])
    parts = []
    for name in comparisons:
        found = rows.loc[(HEADLINE, name)]
        if found["reason"]:
            parts.append(f"{label} against {name}: {found['reason']}.")
            continue
        parts.append(f"Likeness of the {label} signature to that of {name}: {_told(found)}.")
    for key in rows.index:
        if key[0] != f"{HEADLINE}_difference" or rows.loc[key, "reason"]:
            continue
        first, second = str(key[1]).split(" - ", 1)
        parts.append(_claim(rows.loc[key], label, first, second))
    parts += _hangs_on(leave_one_out)
    if len(projection.table):
        parts.append(projection.sentence)
    return " ".join(parts)


def _told(found: pd.Series) -> str:
    return f"r {found['value']:.2f} ({found['ci_low']:.2f} to {found['ci_high']:.2f})"


def _claim(found: pd.Series, label: str, first: str, second: str) -> str:
    told = f"(difference {found['value']:.2f}, {found['ci_low']:.2f} to {found['ci_high']:.2f})"
    if found["ci_low"] > 0:
        return f"{label} is more like {first} than like {second} {told}."
    if found["ci_high"] < 0:
        return f"{label} is more like {second} than like {first} {told}."
    return f"Whether {label} is more like {first} or like {second} cannot be told {told}."


def _hangs_on(leave_one_out: pd.DataFrame) -> list[str]:
    parts = []
    for name, rows in leave_one_out.groupby("comparison", sort=False):
        low, high, top = rows["value"].min(), rows["value"].max(), rows.iloc[0]["analyte"]
        parts.append(
            f"With any one analyte left out the likeness to {name} stays within {low:.2f} and "
            f"{high:.2f} ({top} moves it most)."
        )
    return parts
