"""Every measure of likeness from one model: correlations, overlap, what hangs on one analyte."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping.axes import AxisDefinition
from subtyping.knowledge import handling_markers
from subtyping.signature.likeness.analytes import LikenessValues
from subtyping.signature.likeness.axis_profile import axis_scores_of
from subtyping.signature.likeness.correlations import (
    NAN,
    CorrelationTask,
    Row,
    correlation_rows,
    row,
)
from subtyping.signature.likeness.group_design import GroupDesign
from subtyping.signature.likeness.leave_one_out import leave_one_analyte_out
from subtyping.signature.likeness.overlap import overlap_rows

__all__ = ["AXIS_PROFILE", "LikenessSettings", "likeness_measures"]

AXIS_PROFILE = "axis_profile_correlation"
_LEAST_AXES = 4


@dataclass(frozen=True, eq=False)
class LikenessSettings:
    """What every measure is computed from."""

    values: LikenessValues
    design: GroupDesign
    comparisons: tuple[str, ...]
    n_bootstrap: int
    n_permutation: int
    seed: int

    def task(
        self, suffix: str, left_out: Sequence[str] = (), *, is_centred: bool = True
    ) -> CorrelationTask:
        """Return the task over all analytes but those left out."""
        kept = [j for j, name in enumerate(self.values.analytes) if name not in set(left_out)]
        return CorrelationTask(
            suffix, self.values.Y[:, kept], self.values.measured[:, kept], self.design,
            self.comparisons, is_centred, self.n_bootstrap, self.n_permutation, self.seed,
        )  # fmt: skip


def likeness_measures(
    settings: LikenessSettings, axes: Sequence[AxisDefinition], jobs: int | None
) -> tuple[list[Row], tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Return the rows of every measure, then effects, leave-one-out and overlap matrices."""
    analytes = settings.values.analytes
    tasks = [settings.task(""), settings.task("_uncentred", is_centred=False)]
    for suffix, names in (
        ("_without_handling", handling_markers()),
        *((f"_without_{axis.name}", (*axis.members, *axis.correlates)) for axis in axes[:1]),
    ):
        if set(names) & set(analytes) and len(set(analytes) - set(names)) > 2:
            tasks.append(settings.task(suffix, names))
    profile = _profile_task(settings, axes)
    tasks += [profile] if profile is not None else []
    rows = [found for part in map_in_order(correlation_rows, tasks, jobs=jobs) for found in part]
    centred, plain = tasks[0].fit(), tasks[1].fit()
    n = len(analytes)
    why = "plain correlation of fold changes: errors of shared reference people are in it"
    rows += [
        row(name, "signature_correlation_uncorrected",
            (centred.uncorrected(0, k), NAN, NAN, NAN), n, why)
        for k, name in enumerate(settings.comparisons, start=1)
    ]  # fmt: skip
    found, overlap = overlap_rows(centred.deviations, settings.comparisons)
    left_out = leave_one_analyte_out(plain, analytes, settings.comparisons)
    told = {(line["comparison"], line["measure"]): line["reason"] for line in rows}
    silent = [c for c in settings.comparisons if told[c, "signature_correlation"]]
    left_out = left_out[~left_out["comparison"].isin(silent)].reset_index(drop=True)
    effects = pd.DataFrame(
        {
            "analyte": np.tile(list(analytes), len(plain.effects)),
            "group": np.repeat(["case", *settings.comparisons], n),
            "effect_sd": plain.effects.ravel(),
            "standard_error": np.sqrt(np.einsum("kkj->kj", plain.errors)).ravel(),
        }
    )
    return rows + found, (effects, left_out, overlap)


def _profile_task(
    settings: LikenessSettings, axes: Sequence[AxisDefinition]
) -> CorrelationTask | None:
    scores, _ = axis_scores_of(settings.values, settings.design, axes)
    if len(scores) < _LEAST_AXES:
        return None
    Y = np.column_stack(list(scores.values()))
    return CorrelationTask(
        AXIS_PROFILE, Y, np.ones(Y.shape, dtype=bool), settings.design, settings.comparisons,
        n_bootstrap=settings.n_bootstrap, n_permutation=settings.n_permutation, seed=settings.seed,
        is_centred=True,
    )  # fmt: skip
