"""Pathways a drug class blocks: what to hold at the healthy level, what to leave unjudged."""

from dataclasses import dataclass

import pandas as pd

from subtyping.exceptions import SubtypingError
from subtyping.knowledge._tables import load_table

__all__ = ["BlockedPathway", "blockade_table", "blocked_pathways"]

ROLES_IN_PATHWAY = ("clamp", "left_out")


@dataclass(frozen=True)
class BlockedPathway:
    """One pathway that a class of drugs blocks.

    Attributes
    ----------
    name : str
        Name used in specs and tables, such as ``"IL-4/IL-13"``.
    title : str
        Name for people.
    clamped : tuple of str
        Ligands whose blood level stands for the pathway (gene symbols).
    left_out : tuple of str
        Analytes that are not clamped and not judged either, such as soluble receptors.
    axes : tuple of str
        Immune axes downstream: their score stands in where the ligands are not detected, and
        their members are never counted among what was normalised.
    drugs : tuple of str
        Drugs of the class, as examples.
    """

    name: str
    title: str
    clamped: tuple[str, ...]
    left_out: tuple[str, ...]
    axes: tuple[str, ...]
    drugs: tuple[str, ...]


def blockade_table() -> pd.DataFrame:
    """Return the pathways with the evidence for every analyte.

    Returns
    -------
    pandas.DataFrame
        ``pathway, title, analyte, role`` (clamp or left_out), ``axis`` (names joined by ``;``),
        ``drugs, note, source, mark``.

    Notes
    -----
    Which ligand belongs to which drug is common knowledge and every row has the mark
    ``background``: none was checked against a paper. Shares below detection come from one Olink
    Target 96 file of 264 samples.

    Examples
    --------
    >>> from subtyping.knowledge.blockades import blockade_table
    >>> blockade_table()[["pathway", "analyte", "role"]].head(2)
          pathway analyte   role
    0  IL-4/IL-13     IL4  clamp
    1  IL-4/IL-13    IL13  clamp
    """
    table = load_table("blockades", ("pathway", "analyte"))
    unknown = set(table["role"]) - set(ROLES_IN_PATHWAY)
    if unknown:
        message = f"Knowledge table blockades: unknown role {sorted(unknown)[0]!r}."
        raise SubtypingError(message)
    return table.copy()


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";"))


def blocked_pathways() -> dict[str, BlockedPathway]:
    """Return the pathways by name.

    Six: ``IL-4/IL-13``, ``IL-17A``, ``IL-23``, ``TNF``, ``IL-6`` and ``JAK``. Two pathways may
    share an axis (IL-17A and IL-23; TNF and IL-6): where the axis score has to stand in for the
    ligands they cannot be told apart.

    Returns
    -------
    dict of str to BlockedPathway
        A new dictionary at every call.

    Examples
    --------
    >>> from subtyping.knowledge.blockades import blocked_pathways
    >>> pathways = blocked_pathways()
    >>> list(pathways)
    ['IL-4/IL-13', 'IL-17A', 'IL-23', 'TNF', 'IL-6', 'JAK']
    >>> pathways["IL-4/IL-13"].clamped, pathways["IL-4/IL-13"].axes
    (('IL4', 'IL13'), ('Th2',))
    """
    pathways = {}
    for name, rows in blockade_table().groupby("pathway", sort=False):
        by_role = {
            role: tuple(rows.loc[rows["role"] == role, "analyte"]) for role in ROLES_IN_PATHWAY
        }
        pathways[str(name)] = BlockedPathway(
            name=str(name),
            title=str(rows["title"].iloc[0]),
            clamped=by_role["clamp"],
            left_out=by_role["left_out"],
            axes=_split(rows["axis"].iloc[0]),
            drugs=_split(rows["drugs"].iloc[0]),
        )
    return pathways
