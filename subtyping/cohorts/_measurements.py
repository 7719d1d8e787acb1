"""What the assay reports of simulated people."""

from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.cohorts._people import Draws

NAMED_HITS = {
    "PECAM1": 0.6,
    "SELP": 0.6,
    "VWF": 0.5,
    "CD274": 0.4,
    "CASP3": 0.6,
    "SIRT2": 0.3,
    "STAMBP": 0.3,
    "CASP8": 0.3,
}
"""Shift of the cases of the index study, in SD, on the proteins its summary names."""


def _plate_shifts(samples: pd.DataFrame, analytes: list[str], draws: Draws) -> np.ndarray:
    """Return a standard normal shift of every plate and analyte, per sample (n, p)."""
    number = samples["batch"].str.removeprefix("plate_").astype(int).to_numpy() - 1
    size = int(number.max()) + 1
    shifts = [
        stream(draws.seed, "cohort", draws.design, "plate shift", name).normal(size=size)
        for name in analytes
    ]
    return np.column_stack(shifts)[number]


def _covariates(samples: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        "age": (samples["age"].to_numpy() - 40) / 12,
        "sex": np.where(samples["sex"] == "male", 0.5, -0.5) * 2,
        "bmi": (np.log(samples["bmi"].to_numpy()) - np.log(25)) / 0.16,
    }


def measurements(
    table: pd.DataFrame,
    loading: pd.DataFrame,
    latent: pd.DataFrame,
    *,
    samples: pd.DataFrame,
    draws: Draws,
    settings: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return values, limits of detection and what is below them (samples x analytes, NPX).

    ``value = mean + sd (loadings . factors + own noise) + plate shift``.
    """
    factors = pd.concat([latent, pd.DataFrame(_covariates(samples), index=latent.index)], axis=1)
    factors["handling"] *= settings["handling_sd"]
    scaled = factors.to_numpy() @ loading[factors.columns].to_numpy().T
    names = [str(name) for name in table.index]
    noise = np.column_stack([draws.each(f"noise {name}") for name in names])
    scaled += noise * loading["own"].to_numpy()
    if draws.design == "index_study":
        hits = np.array([NAMED_HITS.get(name, 0.0) for name in names])
        scaled += np.outer((samples["group"] == "MDD").to_numpy(), hits)
    values = table["mean_npx"].to_numpy() + table["sd_npx"].to_numpy() * scaled
    values += settings["plate_sd"] * _plate_shifts(samples, names, draws)
    lod = table["lod_npx"].to_numpy(dtype=float)
    if settings["detection"] == "complete":
        lod = np.floor(np.minimum(lod, values.min(axis=0)) - 1.0)
    values, lod = np.round(values, 5), np.round(lod, 5)
    below = values < lod
    if settings["below_lod"] == "text":
        values = np.where(below, np.nan, values)
    if settings["missing_frac"] > 0:
        gaps = stream(draws.seed, "cohort", draws.design, "missing").uniform(size=values.shape)
        is_missing = gaps < settings["missing_frac"]
        values, below = np.where(is_missing, np.nan, values), below & ~is_missing
    limits = np.broadcast_to(lod, values.shape)
    if settings["below_lod"] == "text":
        limits = np.where(below, limits, np.nan)

    def frame(array: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(array, index=samples.index, columns=list(table.index))

    return frame(values), frame(limits.copy()), frame(below)
