"""Mouse to human: does the signature of a mouse model point the same way."""

from subtyping.signature.mouse.animals import AnimalContrast, contrast_of_animals
from subtyping.signature.mouse.concordance import MouseConcordance, mouse_concordance

__all__ = ["AnimalContrast", "MouseConcordance", "contrast_of_animals", "mouse_concordance"]
