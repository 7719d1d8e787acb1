"""The preparation as a card: everything that new people need, as plain JSON types, and back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.preparation.steps import CovariateAdjuster, PlateAdjuster, ReferenceScaler

if TYPE_CHECKING:
    from subtyping.preparation.preparation import Preparation

__all__ = ["preparation_to_card", "restore_from_card"]


def preparation_to_card(fitted: "Preparation") -> dict[str, Any]:
    """Return everything `Preparation.transform` needs for new people, as plain JSON types."""
    settings = {
        name: list(value) if isinstance(value, list | tuple) else value
        for name, value in fitted.get_params(deep=False).items()
    }
    card = {
        "settings": settings,
        "unit": fitted.unit_,
        "platform": fitted.platform_,
        "analytes": list(fitted.analytes_),
        "is_kept": fitted.detection_["is_kept"].tolist(),
        "detected_case_frac": _plain(fitted.detection_["detected_case_frac"]),
        "detected_reference_frac": _plain(fitted.detection_["detected_reference_frac"]),
        "reason": fitted.detection_["reason"].tolist(),
        "floor": _plain(fitted.floor_),
        "reference_median_log2": _plain(fitted.median_),
        "covariates": list(fitted.covariates_),
        "covariate_centre": _plain(fitted.slopes_.centre_),
        "covariate_slopes": [_plain(row) for row in fitted.slopes_.slopes_],
        "reference_mean_log2": _plain(fitted.scaler_.mean_),
        "reference_sd_log2": _plain(fitted.scaler_.scale_),
        "n_reference": int(fitted.scaler_.n_reference_),
    }
    if fitted.regress_handling:
        card |= fitted.handling_.to_card()
    if fitted.tails_ is not None:
        card["below_detection_mean_log2"] = _plain(fitted.tails_[0])
        card["below_detection_sd_log2"] = _plain(fitted.tails_[1])
    return card


def restore_from_card(empty: "Preparation", card: Mapping[str, Any]) -> "Preparation":
    """Fill an unfitted preparation with what a card holds; plate locations are not carried over.

    Raises
    ------
    ValueError
        If the parts of the card are of different panels.
    """
    self = empty
    self.unit_, self.platform_ = card["unit"], card["platform"]
    self.analytes_ = tuple(card["analytes"])
    self.detection_ = pd.DataFrame(
        {
            "analyte": card["analytes"],
            "detected_case_frac": _array(card["detected_case_frac"]),
            "detected_reference_frac": _array(card["detected_reference_frac"]),
            "is_kept": np.array(card["is_kept"], dtype=bool),
            "reason": card["reason"],
        }
    )
    self.kept_ = tuple(self.detection_.loc[self.detection_["is_kept"], "analyte"])
    self.floor_, self.median_ = _array(card["floor"]), _array(card["reference_median_log2"])
    self.tails_ = _tails(card)
    n_kept = len(self.kept_)
    nothing = np.zeros((2, n_kept))
    self.plates_ = PlateAdjuster().fit(nothing)
    self.covariates_ = tuple(card["covariates"])
    self.slopes_ = CovariateAdjuster().fit(nothing)
    self.slopes_.centre_ = _array(card["covariate_centre"])
    self.slopes_.slopes_ = _array(card["covariate_slopes"]).reshape(-1, n_kept)
    self.scaler_ = ReferenceScaler().fit(nothing)
    self.scaler_.mean_ = _array(card["reference_mean_log2"])
    self.scaler_.scale_ = _array(card["reference_sd_log2"])
    self.scaler_.n_reference_ = int(card["n_reference"])
    self.handling_ = HandlingAdjuster.from_card(card, n_kept)
    self.notes_ = ()
    _require_one_length(self)
    return self


def _tails(card: Mapping[str, Any]) -> np.ndarray | None:
    """Return mean and SD of the fitted normals, where the detection policy has them."""
    if "below_detection_mean_log2" not in card:
        return None
    mean = _array(card["below_detection_mean_log2"])
    sd = _array(card["below_detection_sd_log2"])
    return np.array([mean, sd]) if len(mean) == len(sd) else np.empty((0, 0))


def _require_one_length(fitted: "Preparation") -> None:
    """Raise ValueError where the parts of a card are of different panels."""
    n_kept, n_analytes = len(fitted.kept_), len(fitted.analytes_)
    parts = (fitted.median_, fitted.scaler_.mean_, fitted.scaler_.scale_)
    slopes = fitted.slopes_
    is_whole = (
        len(fitted.floor_) == n_analytes
        and (fitted.tails_ is None or fitted.tails_.shape == (2, n_analytes))
        and all(len(part) == n_kept for part in parts)
        and len(slopes.slopes_) == len(slopes.centre_) == len(fitted.covariates_)
    )
    if not is_whole:
        message = "the parts of its preparation differ in their number of analytes"
        raise ValueError(message)


def _plain(values: object) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in np.asarray(values, dtype=float)]


def _array(values: Sequence[object]) -> np.ndarray:
    return np.array(values, dtype=float)
