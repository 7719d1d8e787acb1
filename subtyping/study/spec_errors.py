"""What is wrong with a specification, as one sentence with the full path of the key."""

import re
import types
import typing
from typing import Any

from subtyping._validation import nearest

__all__ = ["sentence_of"]

_WANTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "list_type": "a list, written [a, b]",
    "dict_type": "keys with values, written {key: value}",
    "model_type": "keys with values, written {key: value}",
    "model_attributes_type": "keys with values, written {key: value}",
}
MOST_WHOLE = 1e15  # larger ones are not written out
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _model_in(annotation: Any) -> Any:
    """Return the pydantic model an annotation holds, or None."""
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return annotation
    for inner in typing.get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _is_mapping(annotation: Any) -> bool:
    """Tell whether an annotation is a mapping with free keys."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return any(_is_mapping(inner) for inner in typing.get_args(annotation))
    return origin is dict


def _options_at(model: Any, path: tuple[Any, ...]) -> list[str]:
    """Return the keys that may stand at the parent of `path`."""
    current: Any = model
    skip_one = False
    for name in path[:-1]:
        if skip_one or isinstance(name, int):
            skip_one = False
            continue
        field = current.model_fields.get(name) if current is not None else None
        if field is None:
            return []
        current = _model_in(field.annotation)
        skip_one = _is_mapping(field.annotation)
    return list(current.model_fields) if current is not None else []


def _dotted(path: tuple[Any, ...]) -> str:
    """Return a location as ``cohort.groups.case[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _paths_ending_in(model: Any, key: str, prefix: str = "") -> list[str]:
    """Return where in the whole specification a key of this name exists."""
    found = []
    for name, field in model.model_fields.items():
        here = f"{prefix}.{name}" if prefix else name
        if name == key:
            found.append(here)
        inner = _model_in(field.annotation)
        if inner is not None and not _is_mapping(field.annotation):
            found.extend(_paths_ending_in(inner, key, here))
    return found


def _unknown_key(path: tuple[Any, ...], model: Any) -> str:
    """Say that a key does not exist, and which one may have been meant."""
    name, options = str(path[-1]), _options_at(model, path)
    hint = nearest(name, options)
    if not hint:
        elsewhere = _paths_ending_in(model, name)
        hint = f" Did you mean {elsewhere[0]!r}?" if elsewhere else ""
    if not hint and options:
        hint = f" Keys here are {', '.join(options)}."
    return f"Unknown key {_dotted(path)!r} in the study specification.{hint}"


def _key_that_is_no_text(path: tuple[Any, ...], value: Any) -> str:
    """Say that a key is a number, and how to make it text."""
    is_inner = path[-1:] == ("[key]",)
    where = _dotted(path[:-2] if is_inner else path[:-1])
    key = value if is_inner else path[-1]
    return f"{where + ' has' if where else 'There is'} the key {key}, which is no text; quote it."


def _one(error: dict[str, Any], model: Any) -> str:  # noqa: PLR0911 - one return a kind
    """Return one problem as a sentence."""
    path, kind, value = tuple(error["loc"]), error["type"], error.get("input")
    name, context = _dotted(path), error.get("ctx", {})
    if kind == "invalid_key" or path[-1:] == ("[key]",):
        return _key_that_is_no_text(path, value)
    if kind == "extra_forbidden":
        return _unknown_key(path, model)
    if kind == "missing":
        return f"{name} is required in the study specification and is missing."
    if kind == "literal_error":
        options = [part.strip().strip("'") for part in context["expected"].split(",")]
        options = [part.strip().strip("'") for text in options for part in text.split("' or '")]
        return f"{name} must be one of {', '.join(options)}; got {value!r}." + nearest(
            str(value), options
        )
    if kind in _WANTED:
        return f"{name} must be {_WANTED[kind]}; got {_shown(value)}.{_as_number(kind, value)}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"{name} must be {words} {context[key]}; got {value!r}."
    if kind == "value_error":
        message = str(context.get("error", error["msg"]))
        return f"{name}: {message}" if name else message
    if kind == "too_short":
        return f"{name} must list at least {context['min_length']}; it lists none."
    message = str(error["msg"])
    return f"{name}: {message[:1].lower()}{message[1:]}."


def _as_number(kind: str, value: Any) -> str:
    """Say how to write ``1e-12``, which YAML reads as text."""
    found = re.fullmatch(r"([+-]?)(\d+)(\.\d*)?[eE]([+-]?)(\d+)", str(value).strip())
    if not found or not isinstance(value, str):
        return ""
    sign, whole, part, power, digits = found.groups()
    if kind.startswith("int"):
        exact = float(value) if len(digits) < 3 else 0.5
        is_whole = exact.is_integer() and abs(exact) < MOST_WHOLE
        return f" YAML reads it as text: write {exact:.0f}." if is_whole else ""
    fraction = part if part and len(part) > 1 else ".0"
    written = f"{sign}{whole}{fraction}e{power or '+'}{digits}"
    return f" YAML reads it as text: write {written}."


def _shown(value: Any) -> str:
    """Return a wrong value as the reader wrote it, shortened."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def sentence_of(errors: list[dict[str, Any]], model: Any, source: str) -> str:
    """Return the problems of a specification as text for a person.

    Parameters
    ----------
    errors : list of dict
        As ``pydantic.ValidationError.errors()`` gives them.
    model : type
        The model that was validated; its fields are the suggestions.
    source : str
        Name of the file, put first.

    Returns
    -------
    str
        The first problem as a sentence, and the keys of the others.

    Examples
    --------
    >>> from subtyping.study.spec import StudySpec
    >>> sentence_of([{"loc": ("serd",), "type": "extra_forbidden"}], StudySpec, "a.yaml")
    "a.yaml: Unknown key 'serd' in the study specification. Did you mean 'seed'?"
    """
    ordered = sorted(errors, key=lambda error: error["type"] != "extra_forbidden")
    text = f"{source}: {_one(ordered[0], model)}"
    others = [_dotted(tuple(error["loc"])) for error in ordered[1:]]
    if others:
        text += f" (Also wrong: {', '.join(dict.fromkeys(others))}.)"
    return text
