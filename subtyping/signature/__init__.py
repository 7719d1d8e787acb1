"""Contrasts between groups: which analytes differ, by how much, and how surely."""

from subtyping.signature.design import ContrastDesign, contrast_design
from subtyping.signature.differential import Differential, differential_abundance

__all__ = ["ContrastDesign", "Differential", "contrast_design", "differential_abundance"]
