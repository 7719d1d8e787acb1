"""The six methods: which kernel each is, and the kernel as plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from subtyping.exceptions import ModelError
from subtyping.statistics.set_scores import (
    CombinedZ,
    Gsva,
    MeanZ,
    Plage,
    SsGsea,
    fit_combined_z,
    fit_gsva,
    fit_mean_z,
    fit_plage,
    fit_ssgsea,
)

__all__ = ["COMPETITIVE_METHODS", "SET_SCORE_METHODS", "Model", "fit_model", "model_card"]

Model: TypeAlias = MeanZ | CombinedZ | Plage | SsGsea | Gsva

SET_SCORE_METHODS = ("z", "z_detection", "zscore", "plage", "ssgsea", "gsva")
COMPETITIVE_METHODS = ("ssgsea", "gsva")
"""Methods that weigh a set against the other analytes of the panel."""

KERNEL_OF = {
    "z": MeanZ,
    "z_detection": MeanZ,
    "zscore": CombinedZ,
    "plage": Plage,
    "ssgsea": SsGsea,
    "gsva": Gsva,
}
RAGGED = ("sets", "directions")


def fit_model(
    method: str,
    X: NDArray[np.float64],
    sets: Sequence[NDArray[np.int64]],
    weights: NDArray[np.float64],
    settings: Mapping[str, Any],
) -> Model:
    """Learn a method's parameters in reference people."""
    if method in {"z", "z_detection"}:
        return fit_mean_z(X, sets, weights=weights, scale=settings["scale"])
    if method == "zscore":
        return fit_combined_z(X, sets, scale=settings["scale"])
    if method == "plage":
        return fit_plage(X, sets, scale=settings["scale"])
    if method == "ssgsea":
        return fit_ssgsea(X, sets, alpha=settings["alpha"], normalise=settings["normalise"])
    return fit_gsva(X, sets, kernel=settings["kernel"], max_diff=settings["max_diff"])


def model_card(model: Model) -> dict[str, Any]:
    """Return the learnt parameters as plain JSON types."""
    return {field.name: _plain(getattr(model, field.name)) for field in fields(model)}


def model_from_card(method: str, card: Mapping[str, Any]) -> Model:
    """Rebuild a kernel from `model_card`."""
    kernel = KERNEL_OF[method]
    missing = [field.name for field in fields(kernel) if field.name not in card]
    if missing:
        message = f"The card of a {method} score lacks {', '.join(missing)}; fit and save it again."
        raise ModelError(message)
    model: Model = kernel(**{f.name: _rebuilt(f.name, card[f.name]) for f in fields(kernel)})
    return model


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [item.tolist() for item in value] if isinstance(value, tuple) else value


def _rebuilt(name: str, value: object) -> Any:
    if name in RAGGED and isinstance(value, list):
        kind = np.int64 if name == "sets" else np.float64
        return tuple(np.array(item, dtype=kind) for item in value)
    return np.array(value, dtype=np.float64) if isinstance(value, list) else value
