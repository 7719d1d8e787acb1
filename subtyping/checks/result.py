"""What a check says, and what it is."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from subtyping.checks.context import CheckContext

__all__ = ["Check", "CheckResult", "Finding", "fires", "not_applicable", "silent"]

Severity = Literal["issue", "tip"]
Outcome = Literal["fires", "silent", "not_applicable"]


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes
    ----------
    code : str
        Stable code, ``ST001`` and on.
    title : str
        What is wrong when the check fires.
    severity : {"issue", "tip"}
        An issue weakens an inference; a tip tells what the reader should know.
    outcome : {"fires", "silent", "not_applicable"}
        Not applicable: what the check looks at is not there.
    sentence : str
        What was seen, with its numbers, and what to do.
    muted_reason : str
        Why the check is muted; empty where it is not. The outcome is kept.
    """

    code: str
    title: str
    severity: Severity
    outcome: Outcome
    sentence: str
    muted_reason: str = ""

    @property
    def is_muted(self) -> bool:
        """Whether someone has muted the check, with a reason."""
        return bool(self.muted_reason)

    @property
    def is_firing(self) -> bool:
        """Whether the check fires and is not muted."""
        return self.outcome == "fires" and not self.is_muted

    @property
    def is_firing_issue(self) -> bool:
        """Whether an issue fires unmuted (exit code 1 of ``check``, and of ``run --strict``)."""
        return self.severity == "issue" and self.is_firing


@dataclass(frozen=True)
class Finding:
    """The outcome of a check and its sentence; a title where it names what it found."""

    outcome: Outcome
    sentence: str
    title: str | None = None


def fires(sentence: str, title: str | None = None) -> Finding:
    """Return the finding of a check that fires."""
    return Finding("fires", sentence, title)


def silent(sentence: str) -> Finding:
    """Return the finding of a check with nothing to complain of."""
    return Finding("silent", sentence)


def not_applicable(sentence: str) -> Finding:
    """Return the finding of a check that cannot know; the sentence says what it would need."""
    return Finding("not_applicable", sentence)


@dataclass(frozen=True)
class Check:
    """One diagnostic: names what results already say, computes nothing heavy.

    Attributes
    ----------
    code, title, severity
        See `CheckResult`.
    judge : callable
        From a context to a finding.
    """

    code: str
    title: str
    severity: Severity
    judge: Callable[[CheckContext], Finding]

    @property
    def looks_at(self) -> str:
        """What the check looks at, in one line (the first of its module)."""
        text = sys.modules[self.judge.__module__].__doc__ or ""
        return text.strip().splitlines()[0].partition(": ")[2]

    def run(self, context: CheckContext, muted_reason: str = "") -> CheckResult:
        """Return what this check says of `context`; a reason mutes it."""
        finding = self.judge(context)
        title = finding.title or self.title
        return CheckResult(
            self.code, title, self.severity, finding.outcome, finding.sentence, muted_reason
        )
