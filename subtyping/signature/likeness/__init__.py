"""Is the signature of the cases like that of another disease?"""

from subtyping.signature.likeness.analytes import LikenessValues, likeness_values
from subtyping.signature.likeness.comparator_overlap import ComparatorOverlap, comparator_overlap
from subtyping.signature.likeness.group_design import GroupDesign, group_design
from subtyping.signature.likeness.leave_one_out import leave_one_analyte_out
from subtyping.signature.likeness.likeness import (
    SIMILARITY_COLUMNS,
    Likeness,
    likeness_of_diseases,
)
from subtyping.signature.likeness.projection import Projection, project_cases

__all__ = [
    "SIMILARITY_COLUMNS",
    "ComparatorOverlap",
    "GroupDesign",
    "Likeness",
    "LikenessValues",
    "Projection",
    "comparator_overlap",
    "group_design",
    "leave_one_analyte_out",
    "likeness_of_diseases",
    "likeness_values",
    "project_cases",
]
