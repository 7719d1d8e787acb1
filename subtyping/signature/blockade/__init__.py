"""Blockade of a pathway as a conditional expectation: not an intervention, a hypothesis."""

from subtyping.signature.blockade.clamping import Clamp, choose_clamp
from subtyping.signature.blockade.pathway_blockade import pathway_blockade
from subtyping.signature.blockade.result import CAPTION, Blockade

__all__ = ["CAPTION", "Blockade", "Clamp", "choose_clamp", "pathway_blockade"]
