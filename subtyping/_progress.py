"""The one door to rich: a bar on a terminal, plain lines elsewhere, on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Progress", "progress", "silent"]


class Progress(Protocol):
    """What long work reports to."""

    def stage(self, name: str) -> None:
        """Announce the next stage."""

    def counter(self, name: str, total: int) -> Callable[[], None]:
        """Return a function to call once per finished item of `total`."""


class _Silent:
    def stage(self, name: str) -> None:
        """Say nothing."""

    def counter(self, name: str, total: int) -> Callable[[], None]:  # noqa: ARG002
        """Count nothing."""
        return lambda: None


class _Lines:
    """Plain lines for logs: one per stage, and one per tenth of a count."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def stage(self, name: str) -> None:
        """Print the stage with the seconds since the start."""
        seconds = time.monotonic() - self._started
        sys.stderr.write(f"[{seconds:6.1f} s] {name}\n")
        sys.stderr.flush()

    def counter(self, name: str, total: int) -> Callable[[], None]:
        """Print each tenth of `total`."""
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            if total >= 10 and done < total and (done * 10) // total > ((done - 1) * 10) // total:
                self.stage(f"  {name}: {done} of {total}")

        return advance


class _Bar:
    """A live bar on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self.bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._stage = self.bar.add_task("starting", total=None)

    def stage(self, name: str) -> None:
        """Rename the running stage."""
        self.bar.update(self._stage, description=name)

    def counter(self, name: str, total: int) -> Callable[[], None]:
        """Add a bar that disappears when full."""
        task = self.bar.add_task(f"  {name}", total=total)
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            self.bar.advance(task)
            if done >= total:
                self.bar.remove_task(task)

        return advance


def silent() -> Progress:
    """Return a progress that reports nothing (the default of library calls)."""
    return _Silent()


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield a bar on an interactive terminal, plain lines otherwise."""
    if sys.stderr.isatty():
        bar = _Bar()
        with bar.bar:
            yield bar
    else:
        yield _Lines()
