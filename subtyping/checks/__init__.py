"""Coded diagnostics: each names what a result already says, and fires, is silent or cannot know."""

from subtyping.checks.context import CheckContext
from subtyping.checks.mute import checked_mutes, parse_mutes
from subtyping.checks.panel_checks import check_panel
from subtyping.checks.registry import CHECKS, run_checks
from subtyping.checks.result import Check, CheckResult

__all__ = [
    "CHECKS",
    "Check",
    "CheckContext",
    "CheckResult",
    "check_panel",
    "checked_mutes",
    "parse_mutes",
    "run_checks",
]
