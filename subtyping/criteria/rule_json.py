"""Eligibility rules in files: strict JSON, and a sentence for everything that is not."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError

__all__ = ["SCHEMA_VERSION", "read_json", "rule_fields", "strict_json"]

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
    if clauses is None:
        message = (
            "An eligibility rule needs `clauses`, each with marker, operator, threshold and unit; "
            f"got {sorted(plain)}."
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
    is_text = isinstance(given, Mapping) and all(isinstance(v, str) for v in given.values())
    if not is_text:
        message = f"`provenance` of a rule must be names with text; got {_short(given)}."
        raise InputError(message)
    return {str(key): str(value) for key, value in given.items()}


def _known(plain: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    for key in plain:
        if key not in keys:
            message = f"{what} must be one of {', '.join(keys)}; got {key!r}.{nearest(key, keys)}"
            raise InputError(message)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
