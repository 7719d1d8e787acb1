"""What the peers are given: the very cohorts of the known-answer benchmark, prepared alike."""

import hashlib
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from subtyping.cohorts import CELLS
from subtyping.discovery.discover import make_procedure

sys.path.append(str(Path(__file__).resolve().parents[1] / "known_answer"))
draw = import_module("draw")
Task = draw.Task

NULL_DESIGNS = (
    *("independent_noise", "gradient", "gamma", "t3", "beta_1.5_3", "uniform", "level_mixture"),
    *("correlated_axes", "detection_pile_up", "plate_shift", "outlier_clique"),
)
FRACTION = 0.27
SEPARATIONS = (3.0, 3.5, 4.0)


@dataclass(frozen=True, eq=False)
class Inputs:
    """The cases of one cohort, as a peer sees them.

    Attributes
    ----------
    task : Task
    panel, members, skew : pandas.DataFrame
        Every prepared analyte (cases x analytes), the measured members of the axis, and the axis
        skew as a frame of one column; log2, adjusted, z against the reference people.
    is_member : ndarray of bool
        The truth, which no peer sees.
    """

    task: Any
    panel: pd.DataFrame
    members: pd.DataFrame
    skew: pd.DataFrame
    is_member: np.ndarray

    @property
    def digest(self) -> str:
        """First 12 digits of the SHA-256 of the numbers, rounded at the fifth decimal."""
        numbers = np.column_stack([self.panel, self.members, self.skew])
        rounded = np.round(numbers, 5) + 0.0
        return hashlib.sha256(np.ascontiguousarray(rounded).tobytes()).hexdigest()[:12]


def make_inputs(task: Any) -> Inputs:
    """Draw the cohort of a task and prepare it as the package does."""
    planted = {}
    if task.suite == "planted":
        separation = task.target_separation * draw.NOMINAL_OF_EFFECTIVE
        planted = {"fraction": task.fraction, "separation": separation}
    design = draw.SUITES[task.suite][task.design]
    answer = design.make(task.seed, **CELLS[task.cell], **planted)
    people = {"case": list(answer.case), "reference": list(answer.reference), "axis": "Th2"}
    fitted = make_procedure(answer.panel, **people).fit(answer.panel)
    z = fitted.prepared.z[fitted.is_case]
    return Inputs(
        task,
        z,
        z[list(fitted.members)],
        fitted.scores.values[fitted.is_case].to_frame("skew"),
        answer.truth["is_member"].to_numpy()[fitted.is_case],
    )


def two_group_ari(labels: np.ndarray, is_member: np.ndarray) -> float | None:
    """Return the best adjusted Rand index that any union of a peer's clusters reaches.

    Clusters are added in the order of the share of true members in them, so the peer is helped by
    the truth in naming its clusters. None where there are no labels or no members.
    """
    if len(labels) == 0 or is_member.sum() < 3:
        return None
    share = pd.Series(is_member).groupby(labels).mean().sort_values(ascending=False)
    unions = [np.isin(labels, share.index[: i + 1]) for i in range(len(share) - 1)]
    return max([0.0, *(float(adjusted_rand_score(is_member, one)) for one in unions)])


def all_tasks(n_null: int, n_planted: int) -> list[Any]:
    """List the cohorts, so that a run that stops early has all designs in like numbers."""
    ahead = [
        (draw_ / n_null, Task("null", design, "centre", draw_))
        for draw_ in range(n_null)
        for design in NULL_DESIGNS
    ]
    ahead += [
        (draw_ / n_planted, Task("planted", "planted", "centre", draw_, FRACTION, separation))
        for draw_ in range(n_planted)
        for separation in SEPARATIONS
    ]
    return [task for _, task in sorted(ahead, key=lambda pair: pair[0])]
