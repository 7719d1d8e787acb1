"""Errors a user can act on: what was expected, what came, what to do."""

__all__ = ["InputError", "ModelError", "PanelError", "SpecError", "SubtypingError"]


class SubtypingError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(SubtypingError):
    """The user's input cannot be used as it is; the message says how to mend it (exit code 2)."""


class PanelError(InputError):
    """A panel, samples or detection-limit file cannot be read as declared."""


class SpecError(InputError):
    """A study specification is incomplete, contradictory or misspelt."""


class ModelError(InputError):
    """A saved model cannot be used on the panel it was given."""
