"""What is held at the healthy level for a pathway, and what is therefore not judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.axes import AxisDefinition
from subtyping.knowledge.blockades import BlockedPathway
from subtyping.preparation.prepared import Prepared

__all__ = ["Clamp", "choose_clamp"]

LEAST_DETECTED = 0.5


@dataclass(frozen=True)
class Clamp:
    """What is clamped for one pathway.

    Attributes
    ----------
    pathway : str
    kind : {"analytes", "axis_score", "nothing"}
        Ligands one by one; the mean z of the axis's measurable members where the ligands are not
        detected; or neither.
    analytes : tuple of str
        Analytes behind it.
    left_out : frozenset of str
        Analytes that are not judged: ligands, receptors, members and correlates of the axis.
    sentence : str
        What was clamped and why, or why nothing could be.
    """

    pathway: str
    kind: str
    analytes: tuple[str, ...]
    left_out: frozenset[str]
    sentence: str


def _measurable(prepared: Prepared, names: Sequence[str]) -> dict[str, str]:
    """Return the reason why each analyte cannot be clamped; blank where it can."""
    table = prepared.detection.set_index("analyte")
    reasons = {}
    for name in names:
        if name not in table.index:
            reasons[name] = "is not on the panel"
            continue
        case, reference = (
            float(pd.to_numeric(table.loc[name, f"detected_{side}_frac"]))
            for side in ("case", "reference")
        )
        if np.nanmax([case, reference, 0.0]) < LEAST_DETECTED:
            reasons[name] = f"is detected in {case:.0%} of cases, {reference:.0%} of reference"
        elif name not in prepared.z.columns:
            reasons[name] = "is not in the matrix"
        else:
            reasons[name] = ""
    return reasons


def choose_clamp(
    prepared: Prepared, pathway: BlockedPathway, axes: Sequence[AxisDefinition]
) -> Clamp:
    """Return what stands for a pathway on this panel.

    The ligands, where at least half of them are measurable (detected in half of the cases or of
    the reference people, and in the matrix); else the mean z of the measurable members of the
    pathway's axes, where there are two or more; else nothing.

    Parameters
    ----------
    prepared : Prepared
    pathway : BlockedPathway
    axes : sequence of AxisDefinition

    Returns
    -------
    Clamp
    """
    mine = [axis for axis in axes if axis.name in pathway.axes]
    members = tuple(dict.fromkeys(name for axis in mine for name in axis.members))
    correlates = {name for axis in mine for name in axis.correlates}
    left_out = frozenset({*pathway.clamped, *pathway.left_out, *members, *correlates})
    reasons = _measurable(prepared, pathway.clamped)
    ligands = tuple(name for name, reason in reasons.items() if not reason)
    missing = "; ".join(f"{name} {reason}" for name, reason in reasons.items() if reason)
    if ligands and 2 * len(ligands) >= len(pathway.clamped):
        told = f"{pathway.name}: {', '.join(ligands)} held at the healthy level"
        sentence = f"{told} ({missing})." if missing else f"{told}."
        return Clamp(pathway.name, "analytes", ligands, left_out, sentence)
    usable = tuple(name for name, reason in _measurable(prepared, members).items() if not reason)
    which = " and ".join(axis.name for axis in mine) or " and ".join(pathway.axes)
    if len(usable) >= 2:
        sentence = (
            f"{pathway.name}: {missing}; so the {which} score (mean z of {', '.join(usable)}) is "
            "held at the healthy level instead."
        )
        return Clamp(pathway.name, "axis_score", usable, left_out, sentence)
    sentence = (
        f"{pathway.name} is not applicable: {missing}; and the {which} score has "
        f"{len(usable)} measurable members of the 2 it needs."
    )
    return Clamp(pathway.name, "nothing", (), left_out, sentence)
