"""How much does the answer hang on the choices? Every defensible analysis of one data set."""

from subtyping.discovery.specification.agreement import mean_agreement, pairwise_adjusted_rand
from subtyping.discovery.specification.axes import existence_by_axis
from subtyping.discovery.specification.cells import Cell, Outcome, run_cells
from subtyping.discovery.specification.choices import Choice
from subtyping.discovery.specification.grid import Grid, GridOptions

__all__ = [
    "Cell",
    "Choice",
    "Grid",
    "GridOptions",
    "Outcome",
    "existence_by_axis",
    "mean_agreement",
    "pairwise_adjusted_rand",
    "run_cells",
]
