"""One figure per file: a result goes in, matplotlib Axes come out; nothing is computed here."""

from subtyping.figures.attribution import attribution
from subtyping.figures.axis_scores import axis_scores
from subtyping.figures.calibration import calibration
from subtyping.figures.cohort_map import cohort_map
from subtyping.figures.criteria_operating_characteristics import (
    criteria_operating_characteristics,
)
from subtyping.figures.replication import replication
from subtyping.figures.skew_distribution import skew_distribution
from subtyping.figures.specification_curve import specification_curve
from subtyping.figures.style import group_colours, new_axes, save_png, to_svg
from subtyping.figures.volcano import volcano

__all__ = [
    "attribution",
    "axis_scores",
    "calibration",
    "cohort_map",
    "criteria_operating_characteristics",
    "group_colours",
    "new_axes",
    "replication",
    "save_png",
    "skew_distribution",
    "specification_curve",
    "to_svg",
    "volcano",
]
