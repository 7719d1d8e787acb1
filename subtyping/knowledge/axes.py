"""Immune axes: which analytes carry each, which are kept out and why."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from subtyping.exceptions import SubtypingError
from subtyping.knowledge._tables import load_table

__all__ = ["AxisMember", "ExcludedAnalyte", "ImmuneAxis", "immune_axes"]

ROLES_IN_AXIS = ("member", "weak", "excluded", "correlate")


@dataclass(frozen=True)
class AxisMember:
    """An analyte that carries an axis.

    Attributes
    ----------
    analyte : str
        Gene symbol.
    is_weak : bool
        Whether the analyte is a doubtful carrier: claimed once only, or not specific.
    source : str
        Where the membership comes from.
    mark : str
        Evidence mark: read, press, calculated, measured or background.
    """

    analyte: str
    is_weak: bool
    source: str
    mark: str = "read"


@dataclass(frozen=True)
class ExcludedAnalyte:
    """An analyte that someone counts to an axis and that this package keeps out, with the reason.

    Attributes
    ----------
    analyte : str
        Gene symbol.
    reason : str
        Why it is kept out.
    source : str
        Where the reason comes from.
    mark : str
        Evidence mark.
    """

    analyte: str
    reason: str
    source: str
    mark: str = "read"


@dataclass(frozen=True)
class ImmuneAxis:
    """One immune axis.

    Attributes
    ----------
    name : str
        Name used in specs and tables, such as ``"Th2"``.
    title : str
        Name for people, such as ``"Th17/Th22"``.
    members : tuple of AxisMember
        Strong members first.
    excluded : tuple of ExcludedAnalyte
        Claimed by others, kept out here.
    correlates : tuple of str
        Analytes that are no members but would carry the axis into the general level: they are
        left out of the level when this axis is scored. The excluded analytes are among them.
    """

    name: str
    title: str
    members: tuple[AxisMember, ...]
    excluded: tuple[ExcludedAnalyte, ...]
    correlates: tuple[str, ...]

    @property
    def analytes(self) -> tuple[str, ...]:
        """Names of all members, strong ones first."""
        return tuple(member.analyte for member in self.members)


def _axis_of(name: str, rows: pd.DataFrame) -> ImmuneAxis:
    by_role = {role: rows[rows["role"] == role] for role in ROLES_IN_AXIS}
    members = [
        AxisMember(row["analyte"], is_weak, row["source"], row["mark"])
        for role, is_weak in (("member", False), ("weak", True))
        for row in by_role[role].to_dict("records")
    ]
    excluded = [
        ExcludedAnalyte(row["analyte"], row["reason"], row["source"], row["mark"])
        for row in by_role["excluded"].to_dict("records")
    ]
    correlates = [*by_role["excluded"]["analyte"], *by_role["correlate"]["analyte"]]
    return ImmuneAxis(
        name=name,
        title=str(rows["title"].iloc[0]),
        members=tuple(members),
        excluded=tuple(excluded),
        correlates=tuple(str(analyte) for analyte in correlates),
    )


@cache
def _axes() -> tuple[ImmuneAxis, ...]:
    table = load_table("immune_axes", ("axis", "analyte"))
    unknown = set(table["role"]) - set(ROLES_IN_AXIS)
    if unknown:
        message = f"Knowledge table immune_axes: unknown role {sorted(unknown)[0]!r}."
        raise SubtypingError(message)
    members = table[table["role"].isin(["member", "weak"])]
    shared = members.loc[members["analyte"].duplicated(), "analyte"]
    if len(shared):
        message = f"Knowledge table immune_axes: {shared.iloc[0]!r} is a member of two axes."
        raise SubtypingError(message)
    return tuple(_axis_of(str(name), rows) for name, rows in table.groupby("axis", sort=False))


def immune_axes() -> dict[str, ImmuneAxis]:
    """Return the curated immune axes by name.

    Six axes: ``Th2``, ``Th1``, ``Th17`` (titled Th17/Th22), ``innate``, ``t_cell`` and
    ``vascular``. Names are gene symbols; an analyte is a member of one axis at most. CCL4 and
    CCL18 are kept out of Th2: the first is lower in depression, the second does not cohere with
    the Th2 chemokines in blood. Membership says nothing about detection: on Olink Target 96
    IL4, IL5, IL13, IL33 and TSLP are below the limit of detection in 95 % of samples or more, so
    the axis is carried there by CCL11, CCL13 and CCL17.

    The lists come from serum studies of skin disease; they have not been derived in depression,
    and a member with the mark ``background`` has not been checked against a paper.

    Returns
    -------
    dict of str to ImmuneAxis
        A new dictionary at every call.

    References
    ----------
    Brunner et al. (2017), Scientific Reports, doi:10.1038/s41598-017-09207-z.
    He et al. (2020), Frontiers in Immunology, doi:10.3389/fimmu.2020.01768.

    Examples
    --------
    >>> from subtyping.knowledge import immune_axes
    >>> axes = immune_axes()
    >>> list(axes)
    ['Th2', 'Th1', 'Th17', 'innate', 't_cell', 'vascular']
    >>> [member.analyte for member in axes["Th2"].members if not member.is_weak]
    ['CCL11', 'CCL13', 'CCL17', 'IL13', 'CCL22', 'CCL26', 'IL4', 'IL5', 'IL31']
    >>> [out.analyte for out in axes["Th2"].excluded]
    ['CCL4', 'CCL18']
    """
    return {axis.name: axis for axis in _axes()}
