"""The constants a frozen score rests on, and how well the derivation people determine them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.axes.level import AxisModel
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.resampled_constants import ResampledConstants, resampled_constants
from subtyping.knowledge import routine_markers
from subtyping.panel.panel import Panel

__all__ = ["N_DRAWS", "constants_block"]

N_DRAWS = 100
DIGITS = 6
NOUGHT = 1e-12


def constants_block(
    fitted: FittedLabelling,
    panel: Panel | None,
    *,
    routine: Mapping[str, Any],
    seed: int,
    with_draws: bool,
) -> dict[str, Any]:
    r"""Return the part of the card that says how certain its constants are.

    Parameters
    ----------
    fitted : FittedLabelling
        Of the derivation people.
    panel : Panel or None
        That it was learnt on; without it nothing is resampled.
    routine : mapping
        Analytes that are routine markers, with their ``marker``.
    seed : int
        Root seed of the run.
    with_draws : bool
        Whether there are memberships whose uncertainty is asked for.

    Returns
    -------
    dict
        ``analytes``: for each analyte of the matrix ``analyte, unit, n_reference`` (measured),
        ``reference_mean_se_log2`` (:math:`s/\sqrt n`), ``reference_sd_se_log2``
        (:math:`\sqrt{(m_4 - s^4)/(4 s^2 n)}`, which needs no normal values), ``min_log2,
        max_log2`` (of the derivation people). ``members``: mean and covariance of the members,
        given the level, among the cases. ``handling``: smallest and largest handling score.
        ``axis``: resampled standard errors ``zero_se`` (of the value of somebody at the reference
        means), ``scale_se, slope_se``, or None. ``draws``: resampled constants (see
        `ResampledConstants`), or None.
    """
    model = fitted.axes.models_[fitted.scores.axis]
    drawn = None
    if panel is not None:
        rng = stream(seed, "discovery", "card constants")
        drawn = resampled_constants(fitted, panel, rng, N_DRAWS)
    spread = None
    if drawn is not None:
        parts = {"zero": drawn.constant, "scale": drawn.scale, "slope": drawn.slope}
        errors = {name: float(np.std(part, ddof=1)) for name, part in parts.items()}
        spread = {f"{name}_se": e if e > NOUGHT else 0.0 for name, e in errors.items()}
    return {
        "analytes": _analytes(fitted, routine),
        "members": _members(fitted, model),
        "handling": _handling(fitted.prepared.handling[fitted.is_case | fitted.is_reference]),
        "axis": spread,
        "draws": _drawn(drawn) if drawn is not None and with_draws else None,
    }


def _analytes(fitted: FittedLabelling, routine: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return unit, standard errors and range of each analyte of the matrix."""
    kept = list(fitted.preparation.kept_)
    log2 = fitted.prepared.log2[kept].to_numpy()
    people = fitted.is_case | fitted.is_reference
    n = np.isfinite(log2[fitted.is_reference]).sum(axis=0)
    at = [kept.index(name) for name in fitted.prepared.z.columns]
    z = np.full((int(fitted.is_reference.sum()), len(kept)), np.nan)
    z[:, at] = fitted.prepared.z.to_numpy()[fitted.is_reference]
    sd = np.asarray(fitted.preparation.scaler_.scale_)
    measured = pd.DataFrame(np.where(np.isfinite(log2[fitted.is_reference]), z, np.nan))
    centred = measured - measured.mean()
    second, fourth = (centred**2).mean().to_numpy(), (centred**4).mean().to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        sd_se = sd * np.sqrt(np.maximum(fourth - second**2, 0) / (4 * second * n))
        mean_se = sd / np.sqrt(n)
    units = routine_markers().set_index("marker")["unit"]
    own = {name: str(units[item["marker"]]) for name, item in routine.items()}
    return {
        "analyte": kept,
        "unit": [own.get(name, fitted.preparation.unit_) for name in kept],
        "n_reference": [int(count) for count in n],
        "reference_mean_se_log2": _plain(mean_se),
        "reference_sd_se_log2": _plain(sd_se),
        "min_log2": _plain(pd.DataFrame(log2[people]).min().to_numpy()),
        "max_log2": _plain(pd.DataFrame(log2[people]).max().to_numpy()),
    }


def _members(fitted: FittedLabelling, model: AxisModel) -> dict[str, Any]:
    """Return what tells one member from the others: their moments given the level, in cases."""
    z = fitted.prepared.z[list(model.members)].to_numpy()[fitted.is_case]
    if model.level is not None:
        level = fitted.scores.table["level"].to_numpy()[fitted.is_case]
        z = z - np.outer(level, model.member_slopes)
    covariance = np.atleast_2d(np.cov(z, rowvar=False))
    return {"mean": _plain(z.mean(axis=0)), "covariance": [_plain(row) for row in covariance]}


def _handling(scores: pd.Series) -> dict[str, float] | None:
    known = scores.dropna()
    return None if known.empty else {"min": float(known.min()), "max": float(known.max())}


def _drawn(draws: ResampledConstants) -> dict[str, Any]:
    """Return the draws as lists, for the card."""
    return {
        "analytes": list(draws.analytes),
        "constant": _rounded(draws.constant),
        "weights": _rounded(draws.weights),
        "covariate_weights": _rounded(draws.covariate_weights),
        "mixture": {name: _rounded(values) for name, values in draws.mixture.items()},
    }


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def _rounded(values: np.ndarray) -> list[Any]:
    """Return nested lists with six significant digits."""
    if values.ndim > 1:
        return [_rounded(row) for row in values]
    return [float(f"{value:.{DIGITS}g}") for value in values]
