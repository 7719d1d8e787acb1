"""Files a command is told to write, looked at before anything is computed."""

from collections.abc import Sequence
from pathlib import Path

from subtyping.exceptions import InputError

__all__ = ["check_targets"]


def check_targets(
    targets: Sequence[tuple[str, Path | None]], inputs: Sequence[str | Path | None] = ()
) -> None:
    """Raise where writing would lose a file that is read, or cannot succeed.

    Parameters
    ----------
    targets : sequence of (str, Path or None)
        Option and the file it names; None where the option was not given.
    inputs : sequence of str, Path or None
        Files that are read.

    Raises
    ------
    InputError
        If a target is a folder, lies in a folder that is not there, is read, or is
        named by two options.

    Examples
    --------
    >>> check_targets([("--out", Path("outcomes.csv")), ("--json", None)], ["panel.csv"])
    >>> check_targets([("--out", Path("p.csv"))], ["p.csv"])
    Traceback (most recent call last):
    ...
    subtyping.exceptions.InputError: --out would overwrite p.csv, which is read; name another file.
    """
    given = [(option, path) for option, path in targets if path is not None]
    read = [Path(path).resolve() for path in inputs if path is not None]
    taken: dict[Path, str] = {}
    for option, path in given:
        if path.is_dir():
            message = f"{option} takes a file to write; {str(path)!r} is a folder."
            raise InputError(message)
        if not path.parent.is_dir():
            message = f"The folder {str(path.parent)!r} of {option} does not exist; make it first."
            raise InputError(message)
        place = path.resolve()
        if any(_is_same(place, source) for source in read):
            message = f"{option} would overwrite {path}, which is read; name another file."
            raise InputError(message)
        if place in taken:
            message = f"{taken[place]} and {option} name the same file {path}; name two."
            raise InputError(message)
        taken[place] = option


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths are one file, by name or by a link."""
    return one == other or (one.exists() and other.exists() and one.samefile(other))
