"""From words to an exit code: what the console script runs."""

import atexit
import errno
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from subtyping.cli.app import BAD_INPUT, DONE, INTERRUPTED, PROGRAM_ERROR, app
from subtyping.exceptions import InputError

__all__ = ["exit_code_of", "main"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def exit_code_of(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; bad input is one sentence on stderr.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``subtyping``; those of the process by default.

    Returns
    -------
    int
        0 done, 1 an issue fired, 2 bad input, 3 an error of the program, 130 interrupted.

    Examples
    --------
    >>> exit_code_of(["--version"])
    subtyping 0.1.0
    0
    """
    words = None if arguments is None else list(arguments)
    try:
        app(args=words, prog_name="subtyping")
    except SystemExit as stop:
        code = int(stop.code) if isinstance(stop.code, int) else DONE
        if code == INTERRUPTED:
            _say_error("Interrupted.")
        return code
    except InputError as error:
        _say_error(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        _say_error("Interrupted.")
        return INTERRUPTED
    except Exception as error:
        return _failed(error, sys.argv[1:] if words is None else words)
    return DONE


def _failed(error: Exception, words: Sequence[str]) -> int:
    """Say what cannot be read or written, or that the program failed (SUBTYPING_DEBUG=1 shows)."""
    if os.environ.get("SUBTYPING_DEBUG"):
        raise error
    odd = [word for word in words if any("\ud800" <= sign <= "\udfff" for sign in word)]
    if isinstance(error, UnicodeEncodeError) and odd:
        _say_error(f"The argument {odd[0]!r} is not UTF-8 text; write it in UTF-8.")
        return BAD_INPUT
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        _say_error(f"A file cannot be written: {error.strerror}. Make room, or write elsewhere.")
        return BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
        _say_error(f"{str(error.filename)!r} cannot be read or written: {error.strerror}.")
        return BAD_INPUT
    _say_error(
        f"The program failed, which is not your input's fault: {type(error).__name__}: "
        f"{_first_line(error)} (Set SUBTYPING_DEBUG=1 for the traceback.)"
    )
    return PROGRAM_ERROR


def _first_line(error: Exception) -> str:
    """Return the first line of an error's text."""
    lines: list[Any] = str(error).splitlines()
    return str(lines[0]) if lines else "no message"


def _say_error(text: str) -> None:
    """Print one line on stderr."""
    sys.stderr.write(f"subtyping: {text}\n")
    sys.stderr.flush()


def main() -> None:
    """Run the command line of the process; warnings of libraries are for SUBTYPING_DEBUG=1."""
    if not sys.warnoptions and not os.environ.get("SUBTYPING_DEBUG"):
        warnings.simplefilter("ignore")
    ended: list[int] = []
    atexit.register(_leave, ended)  # first in, last out
    ended.append(exit_code_of())
    raise SystemExit(ended[0])


def _leave(ended: list[int]) -> None:
    """Leave with 130 where Python, interrupted inside ``exec``, would end by the signal instead."""
    if ended == [INTERRUPTED]:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)
