"""Names that attributions and their tables share."""

__all__ = ["NO_AXIS", "SCALE_OF_MODEL"]

NO_AXIS = "no axis"
"""Axis written for an analyte that belongs to none."""

SCALE_OF_MODEL = dict.fromkeys(("random_forest", "shallow_tree"), "probability")
"""Models whose attributions add up to a probability; those of all others to log-odds."""
