"""Eligibility rules in files: strict JSON, and a sentence for everything that is not."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError

__all__ = ["SCHEMA_VERSION", "named_texts", "read_json", "rule_fields", "strict_json"]

SCHEMA_VERSION = 1

_MOST_CHARACTERS = 50_000_000
_TEXT = ("joiner", "detection_policy", "claim", "target_condition")
_KEYS = (
    *("schema_version", "rule_text", "clauses", "joiner", "platform", "detection_policy"),
    *("claim", "target_condition", "provenance"),
)
_CLAUSE_TEXT = ("marker", "operator", "unit")
_CLAUSE_KEYS = (*_CLAUSE_TEXT, "threshold", "source", "grey_low", "grey_high")


def read_json(path: str | Path) -> Any:
    """Read a JSON file strictly.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict, list, str, float, int, bool or None

    Raises
    ------
    InputError
        If the file is not there, is not UTF-8 or is not strict JSON.
    """
    file = Path(path)
    if not file.is_file():
        message = f"There is no file {str(path)!r}; expected a rule or criteria.json."
        raise InputError(message)
    if file.stat().st_size > _MOST_CHARACTERS:
        message = f"{file.name} is too large for a file of rules ({file.stat().st_size:,} bytes)."
        raise InputError(message)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        message = f"{file.name} is not UTF-8 text; expected a rule or criteria.json."
        raise InputError(message) from None
    return strict_json(text, file.name)


def strict_json(text: str, name: str = "The rule") -> Any:
    """Parse JSON, and refuse what Python would let through: NaN, Infinity and repeated keys.

    Parameters
    ----------
    text : str
    name : str, default "The rule"
        What messages call it.

    Returns
    -------
    dict, list, str, float, int, bool or None

    Raises
    ------
    InputError
        If the text is not strict JSON.

    Examples
    --------
    >>> strict_json('{"threshold": NaN}')
    Traceback (most recent call last):
    ...
    subtyping.exceptions.InputError: The rule holds NaN, which is no number in JSON.
    """

    def no_constant(word: str) -> None:
        message = f"{name} holds {word}, which is no number in JSON."
        raise InputError(message)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
        if twice:
            message = f"{name} gives {list_some(twice)} twice in one object; keep one."
            raise InputError(message)
        return dict(pairs)

    if not isinstance(text, str):
        message = f"{name} must be JSON text, or the Path of a file; got {_short(text)}."
        raise InputError(message)
    try:
        return json.loads(text, parse_constant=no_constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        message = f"{name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        raise InputError(message) from None
    except (RecursionError, ValueError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else "a number too long"
        message = f"{name} cannot be read as a rule: {what}."
        raise InputError(message) from None


def rule_fields(plain: Any) -> dict[str, Any]:
    """Return the fields of a rule with the types they must have; the values are judged later.

    Parameters
    ----------
    plain : object
        What `strict_json` returned.

    Returns
    -------
    dict
        Without ``schema_version``; ``rule_text`` stays where it was given.

    Raises
    ------
    InputError
        If it is no object, has an unknown key, or a value of another type.

    Examples
    --------
    >>> rule_fields({"clauses": "CCL17 > 5"})
    Traceback (most recent call last):
    ...
    subtyping.exceptions.InputError: `clauses` of a rule must be a list of objects; got 'CCL17 > 5'.
    """
    if not isinstance(plain, Mapping):
        message = f"An eligibility rule must be a JSON object; got {_short(plain)}."
        raise InputError(message)
    _known(plain, _KEYS, "A key of an eligibility rule")
    version = plain.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, bool) or version != SCHEMA_VERSION:
        message = (
            f"This rule has schema_version {_short(version)}; this version of subtyping reads "
            f"{SCHEMA_VERSION}."
        )
        raise InputError(message)
    clauses = plain.get("clauses")
    if "clauses" not in plain:
        message = (
            "An eligibility rule needs `clauses`, each with marker, operator, threshold and unit; "
            f"got {list_some(sorted(plain), limit=len(_KEYS)) or 'none'}."
        )
        raise InputError(message)
    if not isinstance(clauses, list | tuple) or not all(isinstance(c, Mapping) for c in clauses):
        message = f"`clauses` of a rule must be a list of objects; got {_short(clauses)}."
        raise InputError(message)
    for key in (*_TEXT, "rule_text"):
        if key in plain and not isinstance(plain[key], str):
            message = f"`{key}` of a rule must be text; got {_short(plain[key])}."
            raise InputError(message)
    if not isinstance(plain.get("platform"), str | None):
        message = f"`platform` of a rule must be text or null; got {_short(plain['platform'])}."
        raise InputError(message)
    given = {key: value for key, value in plain.items() if key != "schema_version"}
    given["clauses"] = [_clause(clause, k) for k, clause in enumerate(clauses, 1)]
    given["provenance"] = _provenance(plain.get("provenance", {}))
    return given


def _clause(clause: Mapping[str, Any], k: int) -> dict[str, Any]:
    _known(clause, _CLAUSE_KEYS, f"A key of clause {k}")
    absent = [key for key in (*_CLAUSE_TEXT, "threshold") if key not in clause]
    if absent:
        message = (
            f"Clause {k} lacks {list_some(absent)}; a rule needs clauses, each with marker, "
            "operator, threshold and unit."
        )
        raise InputError(message)
    for key in (*_CLAUSE_TEXT, "source"):
        if key in clause and not isinstance(clause[key], str):
            message = f"`{key}` of clause {k} must be text; got {_short(clause[key])}."
            raise InputError(message)
    for key in ("threshold", "grey_low", "grey_high"):
        value = clause.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number and not (value is None and key != "threshold"):
            message = f"`{key}` of clause {k} must be a number; got {_short(value)}."
            raise InputError(message)
    return dict(clause)


def _provenance(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        message = f"`provenance` of a rule must be names with text; got {_short(given)}."
        raise InputError(message)
    return dict(named_texts(tuple(given.items())))


def named_texts(given: Any) -> tuple[tuple[str, str], ...]:
    """Return the provenance of a rule as pairs of name and text.

    Parameters
    ----------
    given : tuple of (str, str), or mapping of str to str

    Returns
    -------
    tuple of (str, str)

    Raises
    ------
    InputError
        If a name or a value is no text that a file can hold, or a name comes twice.

    Examples
    --------
    >>> named_texts({"seed": "7"})
    (('seed', '7'),)
    >>> named_texts({"n": 7})
    Traceback (most recent call last):
    ...
    subtyping.exceptions.InputError: `provenance` of a rule must be names with text; got {'n': 7}.
    """
    pairs = tuple(given.items()) if isinstance(given, Mapping) else given
    is_pairs = isinstance(pairs, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 and all(map(_is_text, pair))
        for pair in pairs
    )
    if not is_pairs:
        message = f"`provenance` of a rule must be names with text; got {_short(given)}."
        raise InputError(message)
    names = [name for name, _ in pairs]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        message = f"`provenance` of a rule gives {list_some(twice)} twice; keep one."
        raise InputError(message)
    return tuple((str(name), str(text)) for name, text in pairs)


def _is_text(value: object) -> bool:
    """Return whether it is text that UTF-8 can hold (no half of a surrogate pair)."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _known(plain: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    for key in plain:
        if key not in keys:
            message = f"{what} must be one of {', '.join(keys)}; got {key!r}.{nearest(key, keys)}"
            raise InputError(message)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
