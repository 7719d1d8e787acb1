"""Checks a person has looked at and chosen to mute, each with the reason."""

from collections.abc import Iterable, Mapping

from subtyping._validation import nearest
from subtyping.exceptions import InputError

__all__ = ["checked_mutes", "parse_mutes"]


def checked_mutes(mute: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    """Return muted codes with their reasons, or refuse an unknown code or an empty reason.

    Parameters
    ----------
    mute : mapping of str to str
        Reason by code.
    codes : iterable of str
        Codes that exist.

    Returns
    -------
    dict of str to str
        Reasons stripped of blanks.

    Raises
    ------
    InputError
        If a code does not exist or a reason is empty.

    Examples
    --------
    >>> checked_mutes({"ST008": "spun within 30 min, log kept "}, ["ST007", "ST008"])
    {'ST008': 'spun within 30 min, log kept'}
    """
    known = list(codes)
    for code, reason in mute.items():
        if code not in known:
            message = (
                f"{code!r} is no check; the codes go from {known[0]} to {known[-1]}."
                f"{_meant(code, known)}"
            )
            raise InputError(message)
        if not str(reason).strip():
            message = (
                f"{code} is muted without a reason; write what was looked at, such as {code}: "
                '"<why it does not matter here>".'
            )
            raise InputError(message)
    return {code: str(reason).strip() for code, reason in mute.items()}


def _meant(code: str, known: list[str]) -> str:
    """Suggest the code of the same number, else the one spelled alike."""
    digits = "".join(character for character in str(code) if character.isdigit())
    same = f"ST{int(digits):03d}" if digits else ""
    return f" Did you mean {same!r}?" if same in known else nearest(code, known)


def parse_mutes(pairs: Iterable[str]) -> dict[str, str]:
    """Return reasons by code from texts ``CODE=reason``.

    Parameters
    ----------
    pairs : iterable of str

    Returns
    -------
    dict of str to str

    Raises
    ------
    InputError
        If a text has no ``=`` or a code is muted twice.

    Examples
    --------
    >>> parse_mutes(["ST008=spun within 30 min"])
    {'ST008': 'spun within 30 min'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        code, equals, reason = str(pair).partition("=")
        code = code.strip()
        if not equals:
            message = f"--mute takes CODE=reason, such as ST008='log kept'; got {pair!r}."
            raise InputError(message)
        if code in found:
            message = f"--mute names {code} twice; keep one reason."
            raise InputError(message)
        found[code] = reason
    return found
