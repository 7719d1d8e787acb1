"""Which analytes make an axis, and which must stay out of its general level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from subtyping._validation import nearest
from subtyping.exceptions import InputError
from subtyping.knowledge import immune_axes
from subtyping.knowledge.routine import routine_analyte

__all__ = ["AxisDefinition", "define_axes"]


@dataclass(frozen=True)
class AxisDefinition:
    """An immune axis as it is scored.

    Attributes
    ----------
    name : str
        Name of the axis; prefix of its columns.
    members : tuple of str
        Analytes whose mean z is the score.
    correlates : tuple of str
        Analytes that follow the axis without being members: kept out of the general level.
    is_named : bool
        True for a curated axis (needs two measurable members), False for a user's own list
        (one is enough).
    """

    name: str
    members: tuple[str, ...]
    correlates: tuple[str, ...] = ()
    is_named: bool = True

    @property
    def least_members(self) -> int:
        """How many measurable members the axis needs."""
        return 2 if self.is_named else 1


def _curated(name: str) -> AxisDefinition:
    axis = immune_axes()[name]
    strong = tuple(member.analyte for member in axis.members if not member.is_weak)
    weak = tuple(member.analyte for member in axis.members if member.is_weak)
    excluded = tuple(item.analyte for item in axis.excluded)
    outside = dict.fromkeys((*weak, *excluded, *axis.correlates))
    return AxisDefinition(name=name, members=strong, correlates=tuple(outside))


def _own(name: str, members: Sequence[str]) -> AxisDefinition:
    if not members:
        message = f"Axis {name!r} has no members; write members: [CCL17, CCL11, ...]."
        raise InputError(message)
    resolved = tuple(dict.fromkeys(routine_analyte(item) for item in members))
    known = immune_axes().get(name)
    correlates: tuple[str, ...] = ()
    if known is not None:
        curated = _curated(name)
        rest = (*curated.members, *curated.correlates)
        correlates = tuple(item for item in rest if item not in resolved)
    return AxisDefinition(name=name, members=resolved, correlates=correlates, is_named=False)


def define_axes(
    declared: str | Mapping[str, object],
    others: Mapping[str, Sequence[str]] | None = None,
    *,
    outside: Sequence[str] = (),
) -> tuple[AxisDefinition, ...]:
    """Return the declared axis first, then every other curated or user-defined one.

    Parameters
    ----------
    declared : str or mapping
        The axis the question is about: a curated name (``"Th2"``), or
        ``{"name": ..., "members": [...]}``.
    others : mapping of str to sequence of str, optional
        More axes by their members.
    outside : sequence of str, optional
        Analytes that stay out of the general level of every axis, such as routine markers, which
        are no part of the panel's own measurement.

    Returns
    -------
    tuple of AxisDefinition
        Weak members of curated axes are not scored; they count as correlates.

    Raises
    ------
    InputError
        If the name is unknown and no members are given.

    Examples
    --------
    >>> axes = define_axes("Th2")
    >>> axes[0].name, "CCL17" in axes[0].members, "CCL18" in axes[0].correlates
    ('Th2', True, True)
    >>> define_axes({"name": "mine", "members": ["TARC", "MCP-4"]})[0].members
    ('CCL17', 'CCL13')
    """
    own = {name: _own(name, members) for name, members in (others or {}).items()}
    curated = {name: _curated(name) for name in immune_axes()}
    known = {**curated, **own}
    if isinstance(declared, str):
        if declared not in known:
            message = (
                f"There is no axis {declared!r}; known are {', '.join(known)}."
                f"{nearest(declared, known)} An axis of your own is written "
                "{name: ..., members: [...]}."
            )
            raise InputError(message)
        first = known[declared]
    else:
        members = declared.get("members")
        if not isinstance(members, Sequence) or isinstance(members, str):
            message = "An axis of your own needs members: a list of analytes; got none."
            raise InputError(message)
        first = _own(str(declared["name"]), [str(item) for item in members])
    axes = (first, *(axis for name, axis in known.items() if name != first.name))
    return tuple(_without(axis, outside) for axis in axes) if outside else axes


def _without(axis: AxisDefinition, outside: Sequence[str]) -> AxisDefinition:
    """Return the axis with these analytes kept out of its level."""
    apart = [name for name in outside if name not in axis.members]
    return replace(axis, correlates=tuple(dict.fromkeys((*axis.correlates, *apart))))
