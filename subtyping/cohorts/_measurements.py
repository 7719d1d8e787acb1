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


def _plate_shift(samples: pd.DataFrame, draws: Draws, analyte: str, plate_sd: float) -> np.ndarray:
    names = sorted(samples["batch"].unique(), key=lambda name: int(str(name).split("_")[1]))
    shifts = stream(draws.seed, "cohort", draws.design, "plate shift", analyte)
    values = dict(zip(names, plate_sd * shifts.normal(size=len(names)), strict=True))
    return samples["batch"].map(values).to_numpy(dtype=float)


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
    is_case = (samples["group"] == "MDD").to_numpy()
    values = np.empty(scaled.shape)
    for j, (analyte, row) in enumerate(table.iterrows()):
        noise = loading["own"].iloc[j] * draws.each(f"noise {analyte}")
        hit = NAMED_HITS.get(str(analyte), 0.0) if draws.design == "index_study" else 0.0
        values[:, j] = row["mean_npx"] + row["sd_npx"] * (scaled[:, j] + noise + hit * is_case)
        values[:, j] += _plate_shift(samples, draws, str(analyte), settings["plate_sd"])
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

    def frame(array: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(array, index=samples.index, columns=list(table.index))

    return frame(values), frame(np.broadcast_to(lod, values.shape).copy()), frame(below)
