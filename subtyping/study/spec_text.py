"""Sections of a study specification as commented YAML text."""

import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from subtyping.exceptions import SpecError
from subtyping.study.documents import parse_scalar
from subtyping.study.spec_words import WORDS

__all__ = ["SpecContent", "allowed_values", "flow_text", "section_lines"]

PLAIN = re.compile(r"[A-Za-z0-9_.](?:[A-Za-z0-9_./+ -]*[A-Za-z0-9_./+-])?")
INDENT = "  "


@dataclass(frozen=True, eq=False)
class SpecContent:
    """What stands in a written specification in place of the defaults.

    Attributes
    ----------
    values : mapping
        Value by key path; the default of the section otherwise.
    blocks : mapping of str to sequence of str
        Lines below a key, in place of a value.
    notes : mapping of str to sequence of str
        Further comments above a key.
    ends : mapping of str to str
        Comment at the end of the line of a key.
    opened : frozenset of str
        Keys of optional sections that are written out.
    muted : frozenset of str
        Keys that stand as a comment.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    blocks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    opened: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()


def flow_text(value: Any) -> str:
    r"""Return a value as YAML on one line; text is quoted where YAML would read something else.

    Parameters
    ----------
    value : None, bool, int, float, str, list or mapping

    Returns
    -------
    str
        Without line breaks and characters that do not print, so it may stand in a comment too.

    Examples
    --------
    >>> flow_text({"case": ["MDD", "no", "1"], "bmi": None, "note": "a: b\n"})
    '{case: [MDD, "no", "1"], bmi: null, note: "a: b\\n"}'
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{flow_text(key)}: {flow_text(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow_text, value))}]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """Return text as a YAML scalar, plain where it is read back as it is."""
    try:
        is_plain = PLAIN.fullmatch(text) is not None and parse_scalar(text) == text
    except SpecError:
        is_plain = False
    if is_plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escaped(one) for one in quoted)


def _escaped(character: str) -> str:
    """Return the YAML escape of one character."""
    return f"\\U{ord(character):08x}"


def allowed_values(annotation: Any, limits: Sequence[Any] = ()) -> str:
    """Return what may stand at a key, from the annotation of its field.

    Parameters
    ----------
    annotation : type
        Annotation of a pydantic field.
    limits : sequence
        Its metadata: bounds (``ge``, ``gt``, ``le``, ``lt``).

    Returns
    -------
    str

    Examples
    --------
    >>> from subtyping.study.analysis_spec import DiscoverySpec
    >>> fields = DiscoverySpec.model_fields
    >>> allowed_values(fields["power"].annotation)
    'stored | simulated'
    >>> allowed_values(fields["bootstrap"].annotation, fields["bootstrap"].metadata)
    'whole number, 19 to 100000'
    """
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        inner = [one.metadata if isinstance(one, FieldInfo) else [one] for one in parts[1:]]
        return allowed_values(parts[0], [*limits, *(limit for one in inner for limit in one)])
    if origin in (typing.Union, types.UnionType):
        kinds = [allowed_values(part, limits) for part in parts if part is not type(None)]
        return " | ".join([*kinds, "null"] if type(None) in parts else kinds)
    if origin is typing.Literal:
        return " | ".join(map(str, parts))
    if origin is list:
        inner_text = allowed_values(parts[0])
        is_plain = inner_text in ("text", "list")
        return "list" if is_plain else f"list of {inner_text.replace(' | ', ', ')}"
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return "mapping"
    kind = {bool: "true | false", int: "whole number", float: "number"}.get(annotation, "text")
    return kind + _bounds_text(limits)


def _bounds_text(limits: Sequence[Any]) -> str:
    """Return the bounds of a number in words."""
    found = {
        name: getattr(limit, name)
        for limit in limits
        for name in ("ge", "gt", "le", "lt")
        if getattr(limit, name, None) is not None
    }
    if "ge" in found and "le" in found:
        return f", {found['ge']:g} to {found['le']:.15g}"
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    said = [f"{words[name]} {found[name]:.15g}" for name in words if name in found]
    return f", {', '.join(said)}" if said else ""


def section_lines(
    section: type[BaseModel], content: SpecContent, path: str = "", depth: int = 0
) -> list[str]:
    """Return every key of a section as YAML lines, each below a comment that explains it.

    Parameters
    ----------
    section : type of pydantic.BaseModel
    content : SpecContent
    path : str, default ""
        Key path of the section.
    depth : int, default 0
        How many levels it is indented.

    Returns
    -------
    list of str

    Raises
    ------
    KeyError
        If a field without a default has no value in `content`.

    Examples
    --------
    >>> from subtyping.study.analysis_spec import MinimumSubtypeSpec
    >>> for line in section_lines(MinimumSubtypeSpec, SpecContent(), "discovery.minimum_subtype"):
    ...     print(line)
    # Its share of the cases. [number, above 0, at most 0.5]
    fraction: 0.25
    # Distance of its mean, in SD of the skew. [number, above 0]
    effective_separation: 3.5
    """
    lines: list[str] = []
    for name, info in section.model_fields.items():
        key = f"{path}.{name}" if path else name
        inner = _section_of(info, is_open=key in content.opened)
        lines += [""] if lines and not path else []
        lines += _comments(key, info, content, is_section=inner is not None)
        if inner is not None:
            lines += [f"{name}:", *section_lines(inner, content, key, depth + 1)]
        elif key in content.blocks:
            lines += [f"{name}:", *(f"{INDENT}{line}" for line in content.blocks[key])]
        else:
            mark = "# " if key in content.muted else ""
            end = f"  # {content.ends[key]}" if key in content.ends else ""
            lines.append(f"{mark}{name}: {flow_text(_value_of(key, info, content))}{end}")
    return [f"{INDENT}{line}" if depth and line else line for line in lines]


def _section_of(info: FieldInfo, *, is_open: bool) -> type[BaseModel] | None:
    """Return the section a field is, or may be where it is written out."""
    kinds = (info.annotation, *(typing.get_args(info.annotation) if is_open else ()))
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _entries_of(annotation: Any) -> type[BaseModel] | None:
    """Return the section that the entries of a mapping, or an optional key, are made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = map(_entries_of, typing.get_args(annotation))
    return next((one for one in found if one is not None), None)


def _value_of(key: str, info: FieldInfo, content: SpecContent) -> Any:
    """Return the value of a key: the one given, or the default."""
    if key in content.values or info.is_required():
        return content.values[key]
    return info.get_default(call_default_factory=True)


def _comments(key: str, info: FieldInfo, content: SpecContent, *, is_section: bool) -> list[str]:
    """Return the comment lines above one key."""
    words = WORDS.get(key, key)
    kinds = "" if is_section else f" [{allowed_values(info.annotation, info.metadata)}]"
    lines = [f"# {words}.{kinds}"]
    entries = None if is_section else _entries_of(info.annotation)
    if entries is not None:
        lines += [f"#{INDENT}{line}" for line in _entry_comments(entries, key)]
    return lines + [f"# {line}" for line in content.notes.get(key, ())]


def _entry_comments(section: type[BaseModel], path: str) -> list[str]:
    """Return one line for each key of an entry, deeper ones indented."""
    lines: list[str] = []
    for name, info in section.model_fields.items():
        key = f"{path}.{name}"
        kinds = allowed_values(info.annotation, info.metadata)
        default = (
            "" if info.is_required() else f"; default {flow_text(_value_of(key, info, _NOTHING))}"
        )
        lines.append(f"{name}: {WORDS.get(key, key)} [{kinds}{default}]")
        deeper = _entries_of(info.annotation)
        lines += [f"{INDENT}{line}" for line in (_entry_comments(deeper, key) if deeper else ())]
    return lines


_NOTHING = SpecContent()
