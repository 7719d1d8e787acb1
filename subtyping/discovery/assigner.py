"""New people, one at a time or thousands, from a frozen JSON card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, one_of
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
from subtyping.statistics.mixtures import TwoGroups

__all__ = ["Assigner", "build_card", "load_assigner"]

SCHEMA = "subtyping.card/1"
QUANTITIES = ("skew", "raw score")


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
            "skewness": fitted.model.skewness,
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
    analytes, covariates : tuple of str
        Every analyte of the derivation panel; the covariates the model adjusts for.
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
        try:
            self._take_up(card)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            message = (
                f"The model card is damaged ({missing.splitlines()[0].rstrip('.')}). Take the card "
                "of the run folder as it was written, or run the study again."
            )
            raise ModelError(message) from None

    def _take_up(self, card: Mapping[str, Any]) -> None:
        """Rebuild every part of the model, and fail here rather than at the first patient."""
        self.unit, self.platform = str(card["unit"]), card["platform"]
        reading = card["reading"]
        self.reading: dict[str, Any] = {
            **reading,
            "format": str(reading["format"]),
            "columns": dict(reading.get("columns", {})),
            "zeros": reading.get("zeros"),
        }
        self._preparation = Preparation.from_card(card["preparation"])
        self.analytes, self.covariates = (
            self._preparation.analytes_,
            self._preparation.covariates_,
        )
        self._axis = AxisModel.from_card(card["axis"])
        self.members = self._axis.members
        mixture = card["mixture"]
        self._mixture = TwoGroups(
            weight=float(mixture["weight"]),
            means=(float(mixture["means"][0]), float(mixture["means"][1])),
            sds=(float(mixture["sds"][0]), float(mixture["sds"][1])),
            skewness=float(mixture["skewness"]),
            log_likelihood=float("nan"),
        )
        if not (0 <= self._mixture.weight <= 1 and min(self._mixture.sds) > 0):
            message = "its mixture is none"
            raise ValueError(message)
        self._verdict = str(card["verdict"]["kind"])
        self._quantity = one_of(str(card["quantity"]), QUANTITIES, "quantity", ModelError)
        derivation = card["derivation"]
        self._range = float(derivation["value_min"]), float(derivation["value_max"])

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
            In the order of the panel. ``reason`` tells what was missing or out of range. A person
            with fewer than half of the axis members, or of the analytes of the level, measured is
            unclear and has no probability.

        Raises
        ------
        ModelError
            If unit or platform differ, or no analyte is shared.
        """
        prepared = self._preparation.transform(panel, same_plates=False)
        verdict = self._verdict
        if verdict != "discrete":
            return unclear_assignment(panel.sample_ids, verdict)
        scored = self._axis.scores(prepared.z)
        values = scored["skew" if self._quantity == "skew" else "score"].to_numpy()
        measured = _count_measured(panel, self.members)
        for_level = self._axis.level_analytes if self._quantity == "skew" else ()
        level = _count_measured(panel, for_level)
        is_enough = (2 * measured >= len(self.members)) & (2 * level >= len(for_level))
        probability = np.where(is_enough, self._mixture.probability(values), np.nan)
        remarks = self._remarks(panel, prepared, values, measured)
        said = f" of {len(for_level)} analytes of the level measured, too few; "
        few = 2 * level < len(for_level)
        remarks = np.where(few, level.astype(str).astype(object) + said + remarks, remarks)
        return assign_labels(panel.sample_ids, probability, remarks)

    def _remarks(
        self, panel: Panel, prepared: Prepared, values: np.ndarray, measured: np.ndarray
    ) -> np.ndarray:
        lowest, highest = self._range
        margin = 0.25 * (highest - lowest)
        low, high = lowest - margin, highest + margin
        absent = _absent_covariates(panel, self._preparation.covariates_)
        remarks = []
        for i, sample in enumerate(panel.sample_ids):
            said = []
            n_members = len(self.members)
            if measured[i] < n_members:
                few = ", too few" if 2 * measured[i] < n_members else ""
                said.append(f"{measured[i]} of {n_members} members of the axis measured{few}")
            missing = int(prepared.n_imputed[sample])
            if missing:
                said.append(f"{count_of(missing, 'analyte')} missing, taken at reference median")
            if not low <= values[i] <= high:
                said.append("outside the range the model was made on")
            if absent[i]:
                said.append(f"{', '.join(absent[i])} not given, taken at reference mean")
            remarks.append("; ".join(said))
        return np.array(remarks, dtype=object)


def _count_measured(panel: Panel, wanted: tuple[str, ...]) -> np.ndarray:
    present = [name for name in wanted if name in panel.values.columns]
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
