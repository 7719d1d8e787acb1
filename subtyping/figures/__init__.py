"""One figure per file: a result goes in, matplotlib Axes come out; nothing is computed here."""

from subtyping.figures.attribution import attribution
from subtyping.figures.axis_forest import axis_forest
from subtyping.figures.axis_radar import axis_radar
from subtyping.figures.axis_scores import axis_scores
from subtyping.figures.beeswarm import beeswarm
from subtyping.figures.blockade import blockade_curve
from subtyping.figures.calibration import calibration
from subtyping.figures.cohort_map import cohort_map
from subtyping.figures.criteria_operating_characteristics import (
    criteria_operating_characteristics,
)
from subtyping.figures.criteria_overlap import criteria_overlap
from subtyping.figures.dependence import dependence
from subtyping.figures.heatmap import heatmap
from subtyping.figures.likeness import likeness
from subtyping.figures.mouse import mouse_effects
from subtyping.figures.panel_sizes import panel_sizes
from subtyping.figures.peeling import peeling
from subtyping.figures.projection import projection
from subtyping.figures.replication import replication
from subtyping.figures.replications import (
    replication_claims,
    replication_power,
    replication_reversal,
    replication_winners_curse,
)
from subtyping.figures.reversal import reversal
from subtyping.figures.skew_distribution import skew_distribution
from subtyping.figures.specification_curve import specification_curve
from subtyping.figures.style import group_colours, new_axes, save_png, to_svg
from subtyping.figures.volcano import volcano
from subtyping.figures.waterfall import waterfall

__all__ = [
    "attribution",
    "axis_forest",
    "axis_radar",
    "axis_scores",
    "beeswarm",
    "blockade_curve",
    "calibration",
    "cohort_map",
    "criteria_operating_characteristics",
    "criteria_overlap",
    "dependence",
    "group_colours",
    "heatmap",
    "likeness",
    "mouse_effects",
    "new_axes",
    "panel_sizes",
    "peeling",
    "projection",
    "replication",
    "replication_claims",
    "replication_power",
    "replication_reversal",
    "replication_winners_curse",
    "reversal",
    "save_png",
    "skew_distribution",
    "specification_curve",
    "to_svg",
    "volcano",
    "waterfall",
]
