"""New people, one at a time or thousands, from a frozen JSON card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import one_of
from subtyping.axes.level import AxisModel
from subtyping.discovery.assignment import Assignment, assign_labels, unclear_assignment
from subtyping.discovery.card import SCHEMA
from subtyping.discovery.card_checks import require_whole_card
from subtyping.discovery.card_reading import read_card
from subtyping.discovery.frozen_constants import FrozenConstants
from subtyping.discovery.person_remarks import person_remarks
from subtyping.discovery.raw_table import panel_from_table
from subtyping.exceptions import ModelError
from subtyping.panel.panel import Panel
from subtyping.panel.routine import join_routine, routine_analytes, routine_values
from subtyping.preparation.covariates import covariate_matrix
from subtyping.preparation.preparation import Preparation
from subtyping.statistics.two_groups import TwoGroups

__all__ = ["Assigner", "load_assigner"]

MOST_LOST = 0.5
MORE_COLUMNS = ("probability_ci_low", "probability_ci_high", "value", "information_lost_frac")
QUANTITIES = ("skew", "raw score")


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
    routine : dict
        Analytes that are routine markers of the samples table: ``marker, column, unit``, and
        perhaps ``below_lod`` and ``lod``, of each.

    Notes
    -----
    Plate labels never carry over, the cohort is never looked at, and a model whose verdict was
    not ``discrete`` answers ``unclear`` for everyone, with the verdict as the reason.
    """

    def __init__(self, card: Mapping[str, Any]) -> None:
        if card.get("schema") != SCHEMA:
            message = (
                f"The model card says schema {str(card.get('schema'))[:40]!r}; this version reads "
                f"{SCHEMA!r}. Give a card of this version, or run the study again."
            )
            raise ModelError(message)
        self.card = dict(card)
        try:
            self._take_up(card)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            first = (missing or type(error).__name__).splitlines()[0]
            message = (
                f"The model card is damaged ({first.rstrip('.')}). Take the card "
                "of the run folder as it was written, or run the study again."
            )
            raise ModelError(message) from None

    def _take_up(self, card: Mapping[str, Any]) -> None:
        """Rebuild every part of the model, and fail here rather than at the first patient."""
        require_whole_card(card)
        self.unit, self.platform = str(card["unit"]), card["platform"]
        reading = card["reading"]
        self.reading: dict[str, Any] = {
            **reading,
            "format": str(reading["format"]),
            "columns": dict(reading.get("columns", {})),
            "zeros": reading.get("zeros"),
        }
        self.routine: dict[str, dict[str, Any]] = {
            str(name): {**item, "column": str(item["column"]), "unit": str(item["unit"])}
            for name, item in (reading.get("routine") or {}).items()
        }
        self._preparation = Preparation.from_card(card["preparation"])
        self.analytes, self.covariates = (
            self._preparation.analytes_,
            self._preparation.covariates_,
        )
        self._axis = AxisModel.from_card(card["axis"])
        self.members = self._axis.members
        self._mixture = TwoGroups.from_card(card["mixture"])
        self._verdict = str(card["verdict"]["kind"])
        self._quantity = one_of(str(card["quantity"]), QUANTITIES, "quantity", ModelError)
        derivation = card["derivation"]
        self._range = float(derivation["value_min"]), float(derivation["value_max"])
        self._constants = FrozenConstants.from_card(
            card.get("constants"), self._axis, is_skew=self._quantity == "skew"
        )

    def read(self, values: pd.DataFrame) -> Panel:
        """Turn a raw table into a panel in the card's unit.

        Parameters
        ----------
        values : pandas.DataFrame
            A ``sample_id`` column (or the index) and one column per analyte; text such as
            ``<0.5`` is read as below detection; covariate columns named by their role
            (age, sex, bmi) are used, and the columns of routine markers as the card names them.

        Returns
        -------
        Panel
        """
        own = [name for name in self.analytes if name not in self.routine]
        columns = [item["column"] for item in self.routine.values()]
        panel = panel_from_table(
            values,
            unit=self.unit,
            analytes=own,
            covariates=[*self._preparation.covariates_, *columns],
        )
        return self.with_routine(panel)

    def with_routine(self, panel: Panel) -> Panel:
        """Let the routine markers of the model join a panel of new people.

        Parameters
        ----------
        panel : Panel
            Its samples table may have the columns the card names; one that is absent is a marker
            that was not measured.

        Returns
        -------
        Panel
            The panel itself where the model has no routine marker.

        Raises
        ------
        PanelError
            If a cell cannot be a level.
        """
        if not self.routine:
            return panel
        declared, columns = {}, {}
        for item in self.routine.values():
            found = next((c for c in _spellings(item["column"]) if c in panel.samples), None)
            if found is None:
                continue
            flag = item.get("below_lod") or {}
            code = next((c for c in _spellings(flag.get("column")) if c in panel.samples), None)
            below = None if code is None else {**flag, "column": code}
            declared[item["marker"]] = {**item, "column": found, "below_lod": below}
            columns[item["marker"]] = item["column"]
        routine = routine_values(panel.samples, declared, "routine marker", may_be_empty=True)
        alone = set(self.analytes) == set(self.routine)
        if not alone:
            panel = panel.select([n for n in panel.values if n not in self.routine])
        return join_routine(panel, routine, columns, alone=alone) if columns else panel

    def assign(self, panel: Panel) -> Assignment:
        """Assign every sample of a panel, whatever its group.

        Parameters
        ----------
        panel : Panel
            In the card's unit.

        Returns
        -------
        Assignment
            In the order of the panel. ``reason`` tells what was not on the panel, missing, out
            of range or of doubtful quality. After the columns every assignment has stand
            ``probability_ci_low, probability_ci_high`` (what resampling the derivation people
            leaves open), ``value`` (the skew, or raw score, the probability rests on) and
            ``information_lost_frac`` (share of its variance that the missing analytes would have
            told). A person with fewer than half of the axis members, or of the analytes of the
            level, measured, or who has lost more than half of that information, is unclear and
            has no probability.

        Raises
        ------
        ModelError
            If unit or platform differ, or no analyte is shared.
        """
        self._require_routine(panel)
        prepared = self._preparation.transform(panel, same_plates=False)
        measured = _measured(panel, list(prepared.z.columns))
        verdict = self._verdict
        if verdict != "discrete":
            blank = np.full(len(panel.sample_ids), np.nan)
            table = unclear_assignment(panel.sample_ids, verdict).table
            return Assignment(table.assign(**dict.fromkeys(MORE_COLUMNS, blank)))
        is_skew = self._quantity == "skew"
        scored = self._constants.score(prepared.z, measured)
        members = measured[list(self.members)].sum(axis=1).to_numpy()
        for_level = list(self._axis.level_analytes) if is_skew else []
        level = measured[for_level].sum(axis=1).to_numpy()
        is_enough = (2 * members >= len(self.members)) & (2 * level >= len(for_level))
        is_enough &= scored.lost_frac <= MOST_LOST
        probability = self._constants.probability(self._mixture, scored)
        low, high = self._constants.interval(scored, self._distances(panel))
        remarks = person_remarks(
            panel,
            prepared,
            measured,
            constants=self._constants,
            scored=scored,
            interval=(low, high),
            probability=probability,
            value_range=self._range,
            covariates=self._preparation.covariates_,
            most_lost=MOST_LOST,
        )
        nothing = np.where(is_enough, 0.0, np.nan)
        probability = probability + nothing
        assigned = assign_labels(panel.sample_ids, probability, remarks)
        more = (
            np.fmin(low, probability) + nothing,
            np.fmax(high, probability) + nothing,
            scored.value + np.where(members > 0, 0.0, np.nan),
            scored.lost_frac,
        )
        return Assignment(assigned.table.assign(**dict(zip(MORE_COLUMNS, more, strict=True))))

    def _distances(self, panel: Panel) -> np.ndarray:
        """Covariates less their reference means; 0 where unknown, which removes nothing."""
        C = covariate_matrix(panel.samples, self._preparation.covariates_)
        distance = C - self._preparation.slopes_.centre_
        return np.where(np.isfinite(distance), distance, 0.0)

    def _require_routine(self, panel: Panel) -> None:
        """Raise if an analyte of the panel stands where the model has a routine marker."""
        joined = routine_analytes(panel)
        for name, item in self.routine.items():
            if name in panel.values.columns and name not in joined:
                message = (
                    f"The model's {name} is a routine marker in {item['unit']}, read from the "
                    f"column {item['column']!r}; the panel's own {name} is another measurement. "
                    "Use Assigner.with_routine."
                )
                raise ModelError(message)
        if self.routine and set(self.analytes) == set(self.routine) and not joined:
            wanted = ", ".join(
                f"{item['column']!r} ({item['unit']})" for item in self.routine.values()
            )
            message = (
                f"The model is made of routine markers read from the column {wanted}, which the "
                "new people do not have. Name the column so, in that unit."
            )
            raise ModelError(message)


def _spellings(column: object) -> tuple[str, ...]:
    """Return how a column of the user's file may be called in a samples table."""
    return () if column is None else (str(column), f"panel:{column}")


def _measured(panel: Panel, wanted: list[str]) -> pd.DataFrame:
    """Tell which of the model's analytes have a number or a below-detection flag."""
    there = panel.values.notna() | panel.below_lod | panel.above_uloq
    return there.reindex(columns=wanted, fill_value=False).astype(bool)


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
    return Assigner(read_card(model))
