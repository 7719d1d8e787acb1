"""The analytes a simulated panel may hold, and how strongly each follows what."""

from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
from scipy import stats

from subtyping._random import stream
from subtyping.knowledge import handling_markers, immune_axes

LAST = ("ARTN", "GDNF", "NRTN")
PANEL_SIZES = {"Cardiovascular II": 91, "Cardiovascular III": 90, "Neurology": 90}
TH2_STRONG, TH2_WEAK, OTHER_AXIS, FLOOR_AXIS = 0.70, 0.30, 0.55, 0.20
LEAST_OWN_VARIANCE = 0.20


@cache
def _known() -> pd.DataFrame:
    with resources.files("subtyping.cohorts").joinpath("analytes.csv").open("rb") as source:
        table = pd.read_csv(source, keep_default_na=False)
    th2, handling = set(immune_axes()["Th2"].analytes), set(handling_markers())
    rank = [
        0 if name in th2 else 1 if name in handling else 3 if name in LAST else 2
        for name in table["analyte"]
    ]
    is_inflammation = (table["panel"] == "Inflammation").to_numpy()
    carries_th2 = table["analyte"].isin(["CCL17", "CCL22", "CCL26"]).to_numpy()
    outer = np.where(is_inflammation | carries_th2, 0, 1)
    order = np.lexsort((np.arange(len(table)), np.asarray(rank), outer))
    return table.iloc[order].reset_index(drop=True)


def _placeholders(n: int) -> pd.DataFrame:
    taken = _known()["panel"].value_counts()
    panels = [name for name, size in PANEL_SIZES.items() for _ in range(size - int(taken[name]))]
    panels += ["Other"] * max(0, n - len(panels))
    draws = stream(0, "cohort", "placeholders").uniform(size=(n, 3))
    mean = np.round(2.5 + 6.5 * draws[:, 0], 2)
    return pd.DataFrame(
        {
            "analyte": [f"PROT{i + 1:04d}" for i in range(n)],
            "panel": panels[:n],
            "mean_npx": mean,
            "sd_npx": np.round(0.45 + 0.45 * draws[:, 1], 2),
            "lod_npx": np.round(mean - 4 - 3 * draws[:, 2], 2),
        }
    )


def catalogue(n_analytes: int) -> pd.DataFrame:
    """Return the first `n_analytes`: ``analyte, panel, mean_npx, sd_npx, lod_npx``."""
    columns = ["analyte", "panel", "mean_npx", "sd_npx", "lod_npx"]
    known = _known()[columns]
    if n_analytes > len(known):
        known = pd.concat([known, _placeholders(n_analytes - len(known))], ignore_index=True)
    return known.head(n_analytes).set_index("analyte")


def is_floor(table: pd.DataFrame) -> np.ndarray:
    """Return which analytes are below detection in most healthy people."""
    below = stats.norm.cdf((table["lod_npx"] - table["mean_npx"]) / table["sd_npx"])
    return np.asarray(below) > 0.5


def loadings(table: pd.DataFrame, seed: int, design: str, *, has_gradient: bool) -> pd.DataFrame:
    """Return the standardised loadings (share of an analyte's SD) of every analyte.

    Columns: ``level``, one per axis, ``handling``, ``age``, ``sex``, ``bmi`` and ``own`` (what is
    left, so that the squares sum to one in a healthy person).
    """
    draws = np.vstack(
        [stream(seed, "cohort", design, "loadings", name).uniform(size=5) for name in table.index]
    )
    floor, handling = is_floor(table), table.index.isin(handling_markers())
    columns = {"level": np.where(handling, 0.10, 0.20 + 0.45 * draws[:, 0]) * has_gradient}
    for axis in immune_axes().values():
        strong = {member.analyte for member in axis.members if not member.is_weak}
        weak = set(axis.analytes) - strong
        high = TH2_STRONG if axis.name == "Th2" else OTHER_AXIS
        size = high * table.index.isin(list(strong)) + TH2_WEAK * table.index.isin(list(weak))
        columns[axis.name] = np.where(floor, np.minimum(size, FLOOR_AXIS), size) * has_gradient
    columns["level"] = np.where(floor, 0.3, 1.0) * columns["level"]
    columns["handling"] = np.where(handling, 0.85, 0.02 + 0.18 * draws[:, 1])
    columns["age"] = 0.24 * draws[:, 2] - 0.10
    columns["sex"] = 0.24 * draws[:, 3] - 0.12
    columns["bmi"] = 0.24 * draws[:, 4] - 0.06
    result = pd.DataFrame(columns, index=table.index)
    total = (result**2).sum(axis=1)
    shrink = np.sqrt(np.minimum(1.0, (1 - LEAST_OWN_VARIANCE) / total))
    result = result.mul(shrink, axis=0)
    result["own"] = np.sqrt(1 - (result**2).sum(axis=1))
    return result


def th2_carriers(table: pd.DataFrame) -> list[str]:
    """Return the Th2 members that are detected in most people: those a score can use."""
    detected = table.index[~is_floor(table)]
    return [name for name in immune_axes()["Th2"].analytes if name in detected]


def shift_for(separation: float, table: pd.DataFrame, loading: pd.DataFrame) -> float:
    """Return the shift of the Th2 factor (SD) that gives an effective separation.

    The score is the mean over the m carriers of value / SD; given the level, plate and
    covariates its variance within a class is a² + h² + sum(own²) / m², with a and h the mean
    loadings on the Th2 and the handling factor.
    """
    rows = loading.loc[th2_carriers(table)]
    factor, handling = rows["Th2"].mean(), rows["handling"].mean()
    within = factor**2 + handling**2 + (rows["own"] ** 2).sum() / len(rows) ** 2
    return float(separation * np.sqrt(within) / factor)
