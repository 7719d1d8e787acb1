"""New people, one at a time or thousands, from a frozen JSON card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.axes.level import AxisModel
from subtyping.discovery.assignment import (
    CLEAR_PROBABILITY,
    Assignment,
    assign_labels,
    unclear_assignment,
)
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.raw_table import panel_from_table
from subtyping.discovery.verdict import Verdict
from subtyping.exceptions import ModelError
from subtyping.panel.panel import Panel
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.statistics.mixtures import TwoNormals

__all__ = ["Assigner", "build_card", "load_assigner"]

SCHEMA = "subtyping.card/1"


def build_card(
    fitted: FittedLabelling,
    verdict: Verdict,
    *,
    reading: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> dict[str, Any]:
    """Write down a labelling as plain JSON: parameters, never code.

    Parameters
    ----------
    fitted : FittedLabelling
    verdict : Verdict
    reading : mapping
        How a panel of new people is read: ``format, unit, columns, zeros``.
    provenance : mapping
        Versions, seed and data digest of the run.

    Returns
    -------
    dict
    """
    model = fitted.axes.models_[fitted.scores.axis]
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    return {
        "schema": SCHEMA,
        "unit": fitted.preparation.unit_,
        "platform": fitted.preparation.platform_,
        "reading": dict(reading),
        "preparation": fitted.preparation.to_card(),
        "axis": model.to_card(),
        "quantity": fitted.scores.quantity,
        "mixture": {
            "weight": fitted.model.weight,
            "means": list(fitted.model.means),
            "sds": list(fitted.model.sds),
        },
        "derivation": {
            "n_case": int(fitted.is_case.sum()),
            "n_reference": int(fitted.is_reference.sum()),
            "value_min": float(values.min()),
            "value_max": float(values.max()),
        },
        "clear_probability": CLEAR_PROBABILITY,
        "verdict": {
            "kind": verdict.kind,
            "axis": verdict.axis,
            "p_value": verdict.p_value,
            "sentence": verdict.sentence,
        },
        "provenance": dict(provenance),
    }


class Assigner:
    """Assign people to the subtype with a frozen model.

    Parameters
    ----------
    card : mapping
        As written by `build_card`.

    Attributes
    ----------
    unit, platform : str
    members : tuple of str
        Analytes that carry the score.
    reading : dict
        How a panel file is read: format, unit, columns, zeros.

    Notes
    -----
    Plate labels never carry over, the cohort is never looked at, and a model whose verdict was
    not ``discrete`` answers ``unclear`` for everyone, with the verdict as the reason.
    """

    def __init__(self, card: Mapping[str, Any]) -> None:
        if card.get("schema") != SCHEMA:
            message = (
                f"The model card says schema {card.get('schema')!r}; this version reads {SCHEMA!r}."
            )
            raise ModelError(message)
        self.card = dict(card)
        self.unit, self.platform = str(card["unit"]), card["platform"]
        self.reading: dict[str, Any] = dict(card["reading"])
        self._preparation = Preparation.from_card(card["preparation"])
        self._axis = AxisModel.from_card(card["axis"])
        self.members = self._axis.members
        mixture = card["mixture"]
        self._mixture = TwoNormals(
            weight=float(mixture["weight"]),
            means=(float(mixture["means"][0]), float(mixture["means"][1])),
            sds=(float(mixture["sds"][0]), float(mixture["sds"][1])),
            log_likelihood=float("nan"),
        )

    def read(self, values: pd.DataFrame) -> Panel:
        """Turn a raw table into a panel in the card's unit.

        Parameters
        ----------
        values : pandas.DataFrame
            A ``sample_id`` column (or the index) and one column per analyte; text such as
            ``<0.5`` is read as below detection; covariate columns named by their role
            (age, sex, bmi) are used.

        Returns
        -------
        Panel
        """
        return panel_from_table(
            values,
            unit=self.unit,
            analytes=self._preparation.analytes_,
            covariates=self._preparation.covariates_,
        )

    def assign(self, panel: Panel) -> Assignment:
        """Assign every sample of a panel, whatever its group.

        Parameters
        ----------
        panel : Panel
            In the card's unit.

        Returns
        -------
        Assignment
            In the order of the panel. ``reason`` tells what was missing or out of range.

        Raises
        ------
        ModelError
            If unit or platform differ, or no analyte is shared.
        """
        prepared = self._preparation.transform(panel, same_plates=False)
        verdict = self.card["verdict"]["kind"]
        if verdict != "discrete":
            return unclear_assignment(panel.sample_ids, verdict)
        scored = self._axis.scores(prepared.z)
        values = scored["skew" if self.card["quantity"] == "skew" else "score"].to_numpy()
        measured = _members_measured(panel, self.members)
        probability = np.where(measured == 0, np.nan, self._mixture.probability(values))
        remarks = self._remarks(panel, prepared, values, measured)
        return assign_labels(panel.sample_ids, probability, remarks)

    def _remarks(
        self, panel: Panel, prepared: Prepared, values: np.ndarray, measured: np.ndarray
    ) -> np.ndarray:
        derivation = self.card["derivation"]
        margin = 0.25 * (derivation["value_max"] - derivation["value_min"])
        low, high = derivation["value_min"] - margin, derivation["value_max"] + margin
        absent = _absent_covariates(panel, self._preparation.covariates_)
        remarks = []
        for i, sample in enumerate(panel.sample_ids):
            said = []
            n_members = len(self.members)
            if measured[i] < n_members:
                said.append(f"{measured[i]} of {n_members} members of the axis measured")
            missing = int(prepared.n_imputed[sample])
            if missing:
                said.append(f"{count_of(missing, 'analyte')} missing, taken at reference median")
            if not low <= values[i] <= high:
                said.append("outside the range the model was made on")
            if absent[i]:
                said.append(f"{', '.join(absent[i])} not given, taken at reference mean")
            remarks.append("; ".join(said))
        return np.array(remarks, dtype=object)


def _members_measured(panel: Panel, members: tuple[str, ...]) -> np.ndarray:
    present = [name for name in members if name in panel.values.columns]
    if not present:
        return np.zeros(len(panel.sample_ids), dtype=int)
    measured = panel.values[present].notna() | panel.below_lod[present]
    return measured.sum(axis=1).to_numpy()


def _absent_covariates(panel: Panel, wanted: tuple[str, ...]) -> list[list[str]]:
    from subtyping.preparation.covariates import covariate_matrix

    unknown = ~np.isfinite(covariate_matrix(panel.samples, wanted))
    return [[name for name, gone in zip(wanted, row, strict=True) if gone] for row in unknown]


def load_assigner(model: str | Path) -> Assigner:
    """Load the assigner of a run.

    Parameters
    ----------
    model : path
        A run folder, its ``model`` folder or a ``card.json``.

    Returns
    -------
    Assigner

    Raises
    ------
    ModelError
        If no card is there or it cannot be read.
    """
    path = Path(model)
    tried = [path, path / "card.json", path / "model" / "card.json"]
    found = next((item for item in tried if item.is_file()), None)
    if found is None:
        message = (
            f"No model card in {path}: expected a run folder, its model folder or a card.json."
        )
        raise ModelError(message)
    try:
        card = json.loads(found.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        message = f"{found} is not a readable model card (JSON): {error}."
        raise ModelError(message) from None
    if not isinstance(card, dict):
        message = f"{found} is not a model card: expected a JSON object."
        raise ModelError(message)
    return Assigner(card)
