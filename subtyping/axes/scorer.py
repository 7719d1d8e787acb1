"""Score every immune axis against a frozen reference."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from subtyping.axes.definition import AxisDefinition
from subtyping.axes.level import MIN_LEVEL_ANALYTES, AxisModel, fit_axis_model
from subtyping.axes.scores import AxisScores
from subtyping.exceptions import InputError
from subtyping.knowledge import handling_markers
from subtyping.preparation.prepared import Prepared

__all__ = ["AxisScorer"]

LEAST_DETECTED = 0.5


class AxisScorer(BaseEstimator):
    """Score axes as mean z of their measurable members, and separate skew from level.

    Parameters
    ----------
    axes : sequence of AxisDefinition
        The declared axis first (see `define_axes`).
    only_declared : bool, default False
        Score the declared axis alone (for refits inside resamples).

    Attributes
    ----------
    models_ : dict of str to AxisModel
        The axes that could be scored.
    members_, coherence_ : pandas.DataFrame
        See `AxisScores`.

    Notes
    -----
    A member counts if it is detected in at least half of the cases or of the reference people.
    The level of an axis rests on every other analyte of the matrix except the axis's known
    correlates and the handling markers, and needs at least 8 of them; otherwise skew is not
    applicable and the raw score stands.
    """

    def __init__(self, axes: Sequence[AxisDefinition] = (), *, only_declared: bool = False) -> None:
        self.axes = axes
        self.only_declared = only_declared

    def fit(
        self, prepared: Prepared, is_case: np.ndarray, is_reference: np.ndarray
    ) -> "AxisScorer":
        """Learn level, slope and scale of each axis in the reference people.

        Parameters
        ----------
        prepared : Prepared
        is_case, is_reference : array of bool of shape (n_samples,)

        Returns
        -------
        AxisScorer

        Raises
        ------
        InputError
            If the declared axis has too few measurable members.
        """
        wanted = list(self.axes[:1] if self.only_declared else self.axes)
        z_reference, z_case = prepared.z[is_reference], prepared.z[is_case]
        self.models_: dict[str, AxisModel] = {}
        member_tables, rows = [], []
        for axis in wanted:
            members = _member_table(axis, prepared)
            member_tables.append(members)
            used = tuple(members.loc[members["is_used"], "analyte"])
            if len(used) < axis.least_members:
                rows.append(_unscored(axis, len(used)))
                continue
            level = _level_analytes(axis, prepared)
            model = fit_axis_model(axis.name, used, level, z_reference, z_case)
            self.models_[axis.name] = model
            rows.append(_coherence_row(model, len(level), z_reference, z_case))
        self.axis_ = wanted[0].name
        self.members_ = pd.concat(member_tables, ignore_index=True)
        self.coherence_ = pd.DataFrame(rows)
        self._require_declared(wanted[0])
        return self

    def transform(self, prepared: Prepared) -> AxisScores:
        """Score every sample of a prepared panel with the frozen axes.

        Parameters
        ----------
        prepared : Prepared

        Returns
        -------
        AxisScores
        """
        check_is_fitted(self, "models_")
        columns: dict[str, pd.Series] = {}
        for name, model in self.models_.items():
            scored = model.scores(prepared.z)
            if name == self.axis_:
                columns["level"] = scored["level"]
            columns[f"{name}_score"] = scored["score"]
            columns[f"{name}_skew"] = scored["skew"]
        declared = self.models_[self.axis_]
        return AxisScores(
            axis=self.axis_,
            table=pd.DataFrame(columns, index=prepared.z.index).rename_axis("sample_id"),
            members=self.members_,
            coherence=self.coherence_,
            residuals=declared.member_residuals(prepared.z),
            sentence=_sentence(self.axis_, self.members_, self.coherence_),
        )

    def to_card(self) -> dict[str, Any]:
        """Return the declared axis and every model as plain JSON types."""
        return {
            "axis": self.axis_,
            "models": [model.to_card() for model in self.models_.values()],
        }

    @staticmethod
    def models_from_card(card: Mapping[str, Any]) -> dict[str, AxisModel]:
        """Rebuild the axis models of a card."""
        models = (AxisModel.from_card(item) for item in card["models"])
        return {model.name: model for model in models}

    def _require_declared(self, axis: AxisDefinition) -> None:
        if axis.name in self.models_:
            return
        mine = self.members_[self.members_["axis"] == axis.name]
        reasons = "; ".join(f"{row.analyte} {row.reason}" for row in mine.itertuples())
        message = (
            f"The {axis.name} axis needs {axis.least_members} measurable members and has "
            f"{int(mine['is_used'].sum())}: {reasons}. Declare an axis of your own with "
            "discovery.axis: {name: ..., members: [...]} from analytes this panel detects."
        )
        raise InputError(message)


def _member_table(axis: AxisDefinition, prepared: Prepared) -> pd.DataFrame:
    measured = {str(row["analyte"]): row for row in prepared.detection.to_dict("records")}
    rows = []
    for analyte in axis.members:
        row = measured.get(analyte)
        if row is None:
            rows.append((axis.name, analyte, False, "is not on the panel", np.nan, np.nan))
            continue
        case, reference = float(row["detected_case_frac"]), float(row["detected_reference_frac"])
        enough = np.nanmax([case, reference, 0.0]) >= LEAST_DETECTED
        used = bool(enough and analyte in prepared.z.columns)
        reason = "" if used else f"is detected in {case:.0%} of cases, {reference:.0%} of reference"
        if enough and not used:
            reason = f"is not in the matrix ({row['reason'] or 'left out'})"
        rows.append((axis.name, analyte, used, reason, case, reference))
    columns = [
        "axis",
        "analyte",
        "is_used",
        "reason",
        "detected_case_frac",
        "detected_reference_frac",
    ]
    return pd.DataFrame(rows, columns=columns)


def _level_analytes(axis: AxisDefinition, prepared: Prepared) -> tuple[str, ...]:
    outside = {*axis.members, *axis.correlates, *handling_markers()}
    return tuple(name for name in prepared.z.columns if name not in outside)


def _within(
    z_reference: pd.DataFrame, z_case: pd.DataFrame, members: tuple[str, ...]
) -> np.ndarray:
    parts = [z[list(members)].to_numpy() for z in (z_reference, z_case)]
    return np.vstack([part - part.mean(axis=0) for part in parts if len(part)])


def _coherence_row(
    model: AxisModel, n_level: int, z_reference: pd.DataFrame, z_case: pd.DataFrame
) -> dict[str, object]:
    k = len(model.members)
    mean_r = alpha = float("nan")
    if k > 1:
        r = np.corrcoef(_within(z_reference, z_case, model.members), rowvar=False)
        mean_r = float(r[np.triu_indices(k, 1)].mean())
        denominator = 1 + (k - 1) * mean_r
        alpha = float(k * mean_r / denominator) if denominator > 0 else float("nan")
    available = model.level is not None
    reason = (
        ""
        if available
        else (
            f"skew not applicable: {n_level} analytes outside the axis, "
            f"{MIN_LEVEL_ANALYTES} needed; "
            "the raw score is used"
        )
    )
    return {
        "axis": model.name,
        "n_members": k,
        "alpha": alpha,
        "mean_r": mean_r,
        "level_slope": model.slope if available else float("nan"),
        "level_reliability": model.reliability,
        "n_level_analytes": n_level,
        "is_scored": True,
        "is_skew_available": available,
        "reason": reason,
    }


def _unscored(axis: AxisDefinition, n_used: int) -> dict[str, object]:
    nothing = float("nan")
    return {
        "axis": axis.name,
        "n_members": n_used,
        "alpha": nothing,
        "mean_r": nothing,
        "level_slope": nothing,
        "level_reliability": nothing,
        "n_level_analytes": 0,
        "is_scored": False,
        "is_skew_available": False,
        "reason": f"{n_used} of the {axis.least_members} members it needs are measurable",
    }


def _sentence(axis: str, members: pd.DataFrame, coherence: pd.DataFrame) -> str:
    mine = members[members["axis"] == axis]
    used = list(mine.loc[mine["is_used"], "analyte"])
    low = list(mine.loc[mine["reason"].str.startswith("is detected"), "analyte"])
    row: pd.Series = coherence[coherence["axis"] == axis].iloc[0]
    text = f"The {axis} score rests on {', '.join(used)}"
    if len(used) > 1:
        text += f" (alpha {row['alpha']:.2f})"
    if low:
        text += f"; {', '.join(low)} are mostly below detection and do not carry it"
    if row["is_skew_available"]:
        text += (
            f". Skew is the score given the level of {int(row['n_level_analytes'])} other analytes "
            f"(reliability of the level {row['level_reliability']:.2f})."
        )
    else:
        text += f". {row['reason'][0].upper()}{row['reason'][1:]}."
    return text
