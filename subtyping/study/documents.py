"""The one door to YAML: safe documents, ``!unknown``, and ``--set`` overrides."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from subtyping.exceptions import SpecError

__all__ = ["UNKNOWN", "apply_overrides", "parse_scalar", "read_document", "split_settings"]

UNKNOWN = "!unknown"
"""What a role is mapped to when its covariate was not recorded."""


def _loader() -> type[Any]:
    """Return a safe YAML loader that knows ``!unknown`` and refuses a key written twice."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Safe loader of study documents; a value stands where it is used, never behind a name."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event: Any = self.peek_event()  # type: ignore[no-untyped-call]
                message = (
                    f"Line {event.start_mark.line + 1} refers to another value (*{event.anchor}); "
                    "write the value itself."
                )
                raise SpecError(message)
            return super().compose_node(parent, index)

    def unknown(loader: Any, node: Any) -> str:  # noqa: ARG001
        if node.value:
            message = (
                f"{UNKNOWN} on line {node.start_mark.line + 1} stands alone; remove what follows "
                "it, or write a column instead of it."
            )
            raise SpecError(message)
        return UNKNOWN

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        loader.flatten_mapping(node)
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool):
                message = f"A key must be plain text (line {key_node.start_mark.line + 1})."
                raise SpecError(message)
            if isinstance(key, bool):
                message = (
                    f"The key on line {key_node.start_mark.line + 1} is a truth value in YAML "
                    "(yes, no, on, off and true are); put it in quotes."
                )
                raise SpecError(message)
            if key in result:
                line = key_node.start_mark.line + 1
                message = f"The key {key!r} is written twice (again on line {line}); keep one."
                raise SpecError(message)
            result[key] = loader.construct_object(value_node, deep=True)
        return result

    Loader.add_constructor(UNKNOWN, unknown)
    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return Loader


def _parse(text: str, source: str) -> Any:
    """Parse one YAML text; a syntax error becomes a sentence with its line."""
    import yaml

    try:
        return yaml.load(text, Loader=_loader())
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        tag = str(error.problem).partition("could not determine a constructor for the tag ")[2]
        problem = f"the tag {tag} is not understood" if tag else str(error.problem)
        message = f"{source}, line {line}: {problem}; the only tag a study uses is {UNKNOWN}."
        raise SpecError(message) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = error.problem or error.context or "not understood"
        is_glued = any(f"{UNKNOWN}{mark}" in text for mark in ",}]")
        hint = f" Leave a blank after {UNKNOWN}." if is_glued else ""
        message = f"{source} is not valid YAML{where}: {problem}.{hint}"
        raise SpecError(message) from None
    except yaml.YAMLError as error:
        first_line = str(error).splitlines()[0]
        message = f"{source} is not valid YAML: {first_line}."
        raise SpecError(message) from None
    except RecursionError:
        message = f"{source} is nested too deeply for a study specification."
        raise SpecError(message) from None
    except (ValueError, KeyError, AttributeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        message = (
            f"{source} holds a date, a number or a tagged value that cannot be read ({reason}); "
            "mend it, or put it in quotes if it is text."
        )
        raise SpecError(message) from None


def read_document(path: str | Path) -> dict[str, Any]:
    r"""Return the mapping of keys a YAML file holds.

    Parameters
    ----------
    path : str or Path
        A YAML file whose top level is ``key: value`` lines.

    Returns
    -------
    dict
        Plain Python values; a value tagged ``!unknown`` is the text ``"!unknown"``.

    Raises
    ------
    SpecError
        If the file is absent, not text, not YAML, has a key twice, or is not a mapping.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "spec.yaml"
    >>> _ = path.write_text("seed: 1\ncolumns: {bmi: !unknown }\n")
    >>> read_document(path)
    {'seed': 1, 'columns': {'bmi': '!unknown'}}
    >>> folder.cleanup()
    """
    file = Path(path)
    if file.is_dir():
        message = f"The study specification {str(path)!r} is a folder; give its YAML file."
        raise SpecError(message)
    if not file.is_file():
        beside = sorted(item.name for item in file.parent.glob("*.y*ml"))
        hint = f" The folder holds {', '.join(beside[:6])}." if beside else ""
        message = f"There is no study specification {str(path)!r}.{hint}"
        raise SpecError(message)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        message = f"{file.name} is not a text file in UTF-8; a study specification is YAML text."
        raise SpecError(message) from None
    document = _parse(text, file.name)
    if document is None:
        message = f"{file.name} is empty; a study needs at least a cohort and a discovery axis."
        raise SpecError(message)
    if not isinstance(document, dict):
        message = (
            f"{file.name} must hold `key: value` lines at its top level; "
            f"got {type(document).__name__}."
        )
        raise SpecError(message)
    return document


def parse_scalar(text: str, name: str = "the value") -> Any:
    """Return the value a YAML file would give to this text.

    Examples
    --------
    >>> parse_scalar("3"), parse_scalar("[MDD, AD]"), parse_scalar("null"), parse_scalar("Th2")
    (3, ['MDD', 'AD'], None, 'Th2')
    """
    return _parse(text, name)


def split_settings(
    settings: Iterable[str], option: str = "--set", *, as_text: bool = False
) -> list[tuple[str, Any]]:
    """Return ``(key, value)`` pairs of ``key=value`` texts.

    Parameters
    ----------
    settings : iterable of str
    option : str, default "--set"
        Where they come from, for messages.
    as_text : bool, default False
        Take each value as it is written (column names); by default it is read as YAML.

    Raises
    ------
    SpecError
        If a setting has no ``=``, an empty key, or a value that is not YAML.

    Examples
    --------
    >>> split_settings(["seed=3", "cohort.simulate.n_case=40"])
    [('seed', 3), ('cohort.simulate.n_case', 40)]
    """
    pairs = []
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            message = f"{option} takes key=value, for example {option} seed=3; got {setting!r}."
            raise SpecError(message)
        name = f"The value of {option} {key.strip()}"
        pairs.append((key.strip(), value.strip() if as_text else parse_scalar(value, name)))
    return pairs


def apply_overrides(document: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """Return a copy of a document with ``key.path=value`` settings put in.

    Parameters
    ----------
    document : mapping
        A study document.
    overrides : iterable of str
        ``key.path=value``; the value is read as YAML. Absent levels of the path are made.

    Raises
    ------
    SpecError
        If a setting is malformed or its path runs through something that has no keys.

    Examples
    --------
    >>> apply_overrides({"cohort": {"simulate": {"n_case": 300}}}, ["cohort.simulate.n_case=40"])
    {'cohort': {'simulate': {'n_case': 40}}}
    """
    result = _copied(document)
    for path, value in split_settings(overrides):
        *parents, last = path.split(".")
        level = result
        for depth, name in enumerate(parents):
            if level.get(name) is None:
                level[name] = {}
            if not isinstance(level[name], dict):
                here = ".".join(parents[: depth + 1])
                message = (
                    f"--set {path}: {here} is {level[name]!r}, which has no keys; "
                    f"set {here} as a whole."
                )
                raise SpecError(message)
            level = level[name]
        level[last] = value
    return result


def _copied(value: Any) -> Any:
    """Return a deep copy of nested mappings and lists."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
