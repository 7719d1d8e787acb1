"""From the raw panel to the analysis matrix, learnt on derivation people and then frozen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from subtyping._validation import count_of, one_of
from subtyping.exceptions import InputError
from subtyping.knowledge import handling_markers
from subtyping.panel.panel import Panel
from subtyping.preparation.alignment import align_panel
from subtyping.preparation.card import preparation_to_card, restore_from_card
from subtyping.preparation.covariates import covariate_matrix, usable_covariates
from subtyping.preparation.detection import (
    DETECTION_POLICIES,
    detection_table,
    fill_log2,
    learn_floor,
    learn_tails,
    limits_log2,
)
from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.preparation.notes import preparation_notes
from subtyping.preparation.plate_scaling import PLATE_STEPS, plate_step
from subtyping.preparation.prepared import Prepared
from subtyping.preparation.steps import CovariateAdjuster, ReferenceScaler

__all__ = ["Preparation"]

MIN_HANDLING_MARKERS = 3


class Preparation(BaseEstimator):
    """Detection policy, log2, plate and covariate adjustment, z against the healthy reference.

    Everything is learnt from the derivation people given to `fit`; `transform` applies it to any
    panel on the same scale, one new patient included, and never looks at who else is there.

    Parameters
    ----------
    case, reference : sequence of str
        Group labels of the cases and of the healthy reference people.
    detection : {"keep", "lod_sqrt2", "ros", "truncated"}, default "keep"
        What stands for a value below detection (see `fill_log2`). What ``ros`` and ``truncated``
        need is learnt from all derivation people together, so that a new person, whose group
        nobody knows, is treated alike.
    min_detected_frac : float, default 0.5
        An analyte is used if detected in at least this share of cases or of reference people.
    adjust : sequence of str, default ("age", "sex", "bmi")
        Covariates whose slope among reference people is removed, as far as they are declared.
    adjust_plates : bool, default True
        Remove plate locations (needs the ``batch`` role).
    plates : {"location", "median", "combat"}, default "location"
        How: the plate's location beside the groups, its median, or locations shrunk to each other.
    drop_handling : bool, default False
        Leave the handling markers out of the matrix.
    regress_handling : bool, default False
        Take out of every other analyte what goes along with the handling score among reference
        people (see `HandlingAdjuster`).

    Attributes
    ----------
    analytes_ : tuple of str
        Every analyte of the derivation panel.
    kept_ : tuple of str
        Those of the matrix.
    unit_ : str
        Unit of the derivation panel.
    detection_ : pandas.DataFrame
        See `Prepared.detection`.

    Notes
    -----
    Assumes that the groups were measured on the same plates (see `design_report`); where case
    status is aliased with plate, the adjustment removes part of the difference or none of it,
    and no adjustment could do better.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("null", seed=1, n_case=60, n_reference=40)
    >>> prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(cohort.panel)
    >>> healthy = prepared.z[cohort.panel.in_groups(["HC"])]
    >>> bool(abs(healthy.mean().mean()) < 1e-9)
    True
    """

    def __init__(
        self,
        case: Sequence[str] = (),
        reference: Sequence[str] = (),
        *,
        detection: str = "keep",
        min_detected_frac: float = 0.5,
        adjust: Sequence[str] = ("age", "sex", "bmi"),
        adjust_plates: bool = True,
        plates: str = "location",
        drop_handling: bool = False,
        regress_handling: bool = False,
    ) -> None:
        self.case = case
        self.reference = reference
        self.detection = detection
        self.min_detected_frac = min_detected_frac
        self.adjust = adjust
        self.adjust_plates = adjust_plates
        self.plates = plates
        self.drop_handling = drop_handling
        self.regress_handling = regress_handling

    def fit(self, panel: Panel, y: object = None) -> "Preparation":  # noqa: ARG002
        """Learn every step from derivation people.

        Parameters
        ----------
        panel : Panel
            Holds cases and reference people; others are ignored.
        y : None
            Ignored.

        Returns
        -------
        Preparation

        Raises
        ------
        InputError
            If a group is empty, the detection policy is unknown or no analyte is left.
        """
        one_of(self.detection, DETECTION_POLICIES, "preparation.detection")
        one_of(self.plates, PLATE_STEPS[:-1], "preparation.plates")
        is_case, is_reference = panel.in_groups(self.case), panel.in_groups(self.reference)
        self._require_people(is_case, is_reference)
        people = is_case | is_reference
        self.unit_, self.platform_ = panel.unit, panel.platform
        self.analytes_ = tuple(panel.values.columns.astype(str))
        self.floor_ = learn_floor(panel.take(people))
        self.tails_ = learn_tails(panel.take(people), self.floor_, self.detection)
        self.detection_ = self._choose_analytes(panel, is_case, is_reference)
        kept = self.detection_["is_kept"].to_numpy()
        self.kept_ = tuple(self.detection_.loc[kept, "analyte"])
        log2 = fill_log2(panel, self.floor_, self.detection, self.tails_)[:, kept]
        self.median_ = _median(log2[is_reference], log2[people])
        X = np.where(np.isfinite(log2), log2, self.median_)
        plates = _labels(panel, "batch") if self.adjust_plates else None
        groups = np.where(is_case, "case", "reference")
        self.plates_ = plate_step(self.plates).fit(
            X[people], plates=None if plates is None else plates[people], groups=groups[people]
        )
        X = self.plates_.transform(X, plates=plates)
        self.covariates_, skipped = usable_covariates(panel.samples, is_reference, self.adjust)
        C = covariate_matrix(panel.samples, self.covariates_)
        self.slopes_ = CovariateAdjuster().fit(X[is_reference], covariates=C[is_reference])
        X = self.slopes_.transform(X, covariates=C)
        self.scaler_ = ReferenceScaler().fit(X[is_reference])
        self.handling_ = self._learn_handling(X, ~np.isfinite(log2), is_reference)
        self.notes_ = preparation_notes(self, skipped)
        return self

    def transform(self, panel: Panel, *, same_plates: bool = True) -> Prepared:
        """Bring a panel onto the reference scale with what was learnt.

        Parameters
        ----------
        panel : Panel
            Same unit as the derivation panel. Analytes the derivation did not have are ignored;
            one it had and this lacks stands at the reference median and is counted.
        same_plates : bool, default True
            Whether plate labels mean the derivation's plates. False for new people: plate labels
            never carry over.

        Returns
        -------
        Prepared

        Raises
        ------
        ModelError
            If the unit or platform differs, or no analyte is shared.
        """
        check_is_fitted(self)
        aligned = align_panel(panel, self)
        all_log2 = fill_log2(aligned, self.floor_, self.detection, self.tails_)
        log2 = all_log2[:, self.detection_["is_kept"].to_numpy()]
        missing = ~np.isfinite(log2)
        X = np.where(missing, self.median_, log2)
        plates = _labels(panel, "batch") if self.adjust_plates and same_plates else None
        X = self.plates_.transform(X, plates=plates)
        X = self.slopes_.transform(X, covariates=covariate_matrix(panel.samples, self.covariates_))
        index = panel.sample_ids
        z = pd.DataFrame(self.scaler_.transform(X), index=index, columns=list(self.kept_))
        markers = tuple(name for name in handling_markers() if name in z.columns)
        handling = _handling_score(z, markers, missing, self.kept_)
        z.loc[:, :] = self.handling_.transform(z.to_numpy(), handling=handling.to_numpy())
        if self.drop_handling:
            z = z.drop(columns=list(markers))
        return Prepared(
            z=z,
            log2=pd.DataFrame(all_log2, index=index, columns=list(self.analytes_)),
            detected=aligned.detected.set_axis(index, axis=0),
            handling=handling,
            handling_markers=markers,
            detection=self.detection_,
            limits=pd.DataFrame(
                limits_log2(aligned, self.floor_), index=index, columns=list(self.analytes_)
            ),
            n_imputed=pd.Series(missing.sum(axis=1), index=index, name="n_imputed"),
            notes=self.notes_,
        )

    def fit_transform(self, panel: Panel, y: object = None) -> Prepared:  # noqa: ARG002
        """Fit on the derivation people of `panel` and transform all of it."""
        return self.fit(panel).transform(panel)

    def to_card(self) -> dict[str, Any]:
        """Return everything `transform` needs for new people, as plain JSON types."""
        check_is_fitted(self)
        return preparation_to_card(self)

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "Preparation":
        """Rebuild a fitted preparation from `to_card`; plate locations are not carried over."""
        return restore_from_card(cls(**card["settings"]), card)

    def _learn_handling(
        self, X: np.ndarray, missing: np.ndarray, is_reference: np.ndarray
    ) -> HandlingAdjuster:
        """Learn among reference people what goes along with handling, if that is asked for."""
        z = pd.DataFrame(self.scaler_.transform(X), columns=list(self.kept_))
        markers = tuple(name for name in handling_markers() if name in z.columns)
        score = _handling_score(z, markers, missing, self.kept_).to_numpy()
        return HandlingAdjuster().fit(
            z.to_numpy()[is_reference],
            handling=score[is_reference] if self.regress_handling else None,
            is_marker=np.isin(self.kept_, markers),
        )

    def _require_people(self, is_case: np.ndarray, is_reference: np.ndarray) -> None:
        for name, mask, groups, least in (
            ("case", is_case, self.case, 1),
            ("reference", is_reference, self.reference, 3),
        ):
            if mask.sum() < least:
                message = (
                    f"The {name} group {list(groups)} holds {count_of(int(mask.sum()), 'sample')}; "
                    f"at least {least} needed. Check the group column and groups.{name}."
                )
                raise InputError(message)

    def _choose_analytes(
        self, panel: Panel, is_case: np.ndarray, is_reference: np.ndarray
    ) -> pd.DataFrame:
        table = detection_table(panel, is_case, is_reference, self.min_detected_frac)
        if not table["is_kept"].any():
            reasons = table["reason"].value_counts()
            said = "; ".join(f"{reason}: {n}" for reason, n in reasons.items())
            message = (
                f"None of the {count_of(len(table), 'analyte')} can be used ({said}). Check the "
                "unit, the groups and the limits of detection, or lower "
                "preparation.min_detected_frac."
            )
            raise InputError(message)
        return table


def _labels(panel: Panel, role: str) -> np.ndarray | None:
    column = panel.role(role)
    if column is None:
        return None
    return column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=str)


def _median(reference: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """Reference medians; those of everyone where no reference person was measured."""
    medians = _column_medians(reference)
    if np.isfinite(medians).all():
        return medians
    return np.where(np.isfinite(medians), medians, _column_medians(everyone))


def _column_medians(values: np.ndarray) -> np.ndarray:
    if np.isfinite(values).all() and len(values):
        return np.median(values, axis=0)
    return pd.DataFrame(values).median().to_numpy()


def _handling_score(
    z: pd.DataFrame, markers: tuple[str, ...], missing: np.ndarray, kept: tuple[str, ...]
) -> pd.Series:
    if len(markers) < MIN_HANDLING_MARKERS:
        return pd.Series(np.nan, index=z.index, name="handling")
    positions = [kept.index(name) for name in markers]
    measured = z[list(markers)].where(~missing[:, positions])
    enough = measured.notna().sum(axis=1) >= MIN_HANDLING_MARKERS
    return measured.mean(axis=1).where(enough).rename("handling")
