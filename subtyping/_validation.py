"""Small sentences and checks shared by every room."""

import difflib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from subtyping.exceptions import InputError

__all__ = ["count_of", "list_some", "nearest", "one_of"]

Chosen = TypeVar("Chosen", bound=str)
LONGEST = 80  # characters of an item that a sentence shows


def nearest(name: str, options: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the closest option, or an empty string.

    Examples
    --------
    >>> nearest("serd", ["seed", "cohort"])
    " Did you mean 'seed'?"
    >>> nearest("zzz", ["seed", "cohort"])
    ''
    """
    lowered = {str(option).casefold(): str(option) for option in options}
    close = difflib.get_close_matches(str(name).casefold(), list(lowered), n=1, cutoff=0.6)
    return f" Did you mean {lowered[close[0]]!r}?" if close else ""


def list_some(items: Iterable[object], limit: int = 3) -> str:
    """Return the first few items as text, and how many more there are.

    Examples
    --------
    >>> list_some(["a", "b", "c", "d", "e"])
    "'a', 'b', 'c' and 2 more"
    """
    texts = [
        repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…") for text in map(str, items)
    ]
    shown, rest = texts[:limit], len(texts) - limit
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count_of(1, "sample"), count_of(3, "sample"), count_of(2, "analysis", "analyses")
    ('1 sample', '3 samples', '2 analyses')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def one_of(
    value: Chosen, options: Sequence[str], name: str, error: type[InputError] = InputError
) -> Chosen:
    """Return `value` if it is one of `options`; otherwise raise a sentence with a suggestion."""
    if value not in options:
        message = (
            f"{name} must be one of {', '.join(options)}; got {value!r}."
            f"{nearest(str(value), options)}"
        )
        raise error(message)
    return value
