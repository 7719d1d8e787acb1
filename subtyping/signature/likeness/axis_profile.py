"""Differences of the immune axes, group by group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from subtyping.signature.likeness.analytes import LikenessValues
from subtyping.signature.likeness.group_design import GroupDesign
from subtyping.statistics.shared_errors import shared_errors

if TYPE_CHECKING:
    from subtyping.axes import AxisDefinition

__all__ = ["PROFILE_COLUMNS", "axis_profile", "axis_scores_of"]

PROFILE_COLUMNS = (
    "axis", "group", "difference_sd", "ci_low", "ci_high", "n_members", "members", "reason",
)  # fmt: skip


def axis_scores_of(
    values: LikenessValues, design: GroupDesign, axes: Sequence["AxisDefinition"]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, tuple[str, ...]]]:
    """Return the score of each measurable axis and its members.

    Parameters
    ----------
    values : LikenessValues
    design : GroupDesign
    axes : sequence of AxisDefinition

    Returns
    -------
    scores : dict of str to ndarray of shape (n_rows,)
        Mean over members of the value against mean and SD of the reference people.
    members : dict of str to tuple of str
        Measurable members of every axis, scored or not.
    """
    is_reference = design.groups == "reference"
    healthy = values.Y[is_reference]
    spread = healthy.std(axis=0, ddof=1)
    spread = np.where(spread > 0, spread, 1.0)
    place = {name: j for j, name in enumerate(values.analytes)}
    scores, members = {}, {}
    for axis in axes:
        found = tuple(name for name in axis.members if name in place)
        members[axis.name] = found
        if len(found) >= axis.least_members:
            j = [place[name] for name in found]
            z = (values.Y[:, j] - healthy[:, j].mean(axis=0)) / spread[j]
            scores[axis.name] = z.mean(axis=1)
    return scores, members


def axis_profile(
    values: LikenessValues,
    design: GroupDesign,
    axes: Sequence["AxisDefinition"],
    labels: dict[str, str],
) -> pd.DataFrame:
    """Return the adjusted difference of each group from the reference people on each axis.

    Parameters
    ----------
    values : LikenessValues
    design : GroupDesign
    axes : sequence of AxisDefinition
    labels : dict of str to str
        Side of the design to the name that is written.

    Returns
    -------
    pandas.DataFrame
        ``axis, group, difference_sd`` (in SD of the score within groups) with interval (Student's
        t, standard errors that allow unequal variances), ``n_members, members, reason``.
    """
    scores, members = axis_scores_of(values, design, axes)
    sides = [name for name in labels if name in design.columns]
    rows: list[tuple[object, ...]] = []
    fit = None
    if scores and sides:
        Y = np.column_stack(list(scores.values()))
        contrasts = [design.contrast(name) for name in sides]
        padded = np.column_stack([Y, Y[:, :1]]) if Y.shape[1] == 1 else Y
        fit = shared_errors(padded, design.matrix, contrasts, centred=False)
    reach = float(special.stdtrit(max(1, len(design.rows) - design.matrix.shape[1]), 0.975))
    for axis in axes:
        told = ", ".join(members[axis.name])
        n = len(members[axis.name])
        for k, side in enumerate(sides):
            if fit is None or axis.name not in scores:
                why = f"{n} of the {axis.least_members} members it needs are measurable"
                rows.append((axis.name, labels[side], np.nan, np.nan, np.nan, n, told, why))
                continue
            j = list(scores).index(axis.name)
            centre, half = fit.effects[k, j], reach * np.sqrt(fit.errors[k, k, j])
            limits = (centre - half, centre + half)
            rows.append((axis.name, labels[side], centre, *limits, n, told, ""))
    return pd.DataFrame(rows, columns=list(PROFILE_COLUMNS))
