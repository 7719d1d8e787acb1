"""A process that reads one mutant after the other and says what came of each.

Reads lines of JSON (``path, settings, check``) and answers each with one line of JSON: outcome
(read, refused, failed), what was said, seconds, megabytes at the peak, and the rows.
"""

import contextlib
import io
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

MB = 1 << 20
SPARE = 1536 * MB  # address space a reading may add before the system refuses


def peak_mb() -> float:
    """Return the largest resident memory since the last reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def limit_memory() -> None:
    """Reset the peak and allow a little more than what is in use."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    top = pages * resource.getpagesize() + SPARE
    resource.setrlimit(resource.RLIMIT_AS, (top, resource.RLIM_INFINITY))


def read(path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Read a mutant and say what came of it."""
    from subtyping.exceptions import InputError
    from subtyping.panel import read_panel

    try:
        panel = read_panel(path, **settings)
    except InputError as error:
        return {"outcome": "refused", "said": str(error)}
    except BaseException as error:
        return {"outcome": "failed", "said": f"{type(error).__name__}: {error}"[:2000]}
    reading = panel.reading
    return {
        "outcome": "read",
        "said": repr(panel)[:200],
        "rows_read": reading.rows_read,
        "rows_kept": len(panel.values),
        "rows_reported": len(reading.dropped),
    }


def check(path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Run ``subtyping check`` on a mutant; return its exit code and what it said on stderr."""
    from subtyping.cli.entry import exit_code_of

    words = ["check", path]
    for name, option in settings.items():
        if name == "columns":
            for role, column in option.items():
                words += ["--columns", f"{role}={column}"]
        elif name == "analytes":
            for analyte in option:
                words += ["--analytes", analyte]
        elif option is not None:
            words += [f"--{name}", str(option)]
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = exit_code_of(words)
    except BaseException as error:
        return {"code": -1, "stderr": f"{type(error).__name__}: {error}"[:500]}
    return {"code": code, "stderr": err.getvalue()[:1000]}


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import subtyping.cli
    import subtyping.panel  # noqa: F401

    for line in sys.stdin:
        task = json.loads(line)
        limit_memory()
        start = time.process_time()
        answer = read(task["path"], task["settings"])
        answer["seconds"] = time.process_time() - start
        answer["mb"] = peak_mb()
        if task["check"]:
            answer["check"] = check(task["path"], task["settings"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
