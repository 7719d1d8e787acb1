"""Who is in a simulated cohort: groups, latent factors, plates, covariates, routine markers."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from subtyping._random import stream
from subtyping.knowledge import immune_axes

GROUPS = {"n_case": "MDD", "n_ad": "AD", "n_psoriasis": "psoriasis", "n_reference": "HC"}
CRP_SD, CRP_LINK = 1.1, 0.55
LOGNORMAL_SIGMA = 0.5
T_FREEDOM = {"t3": 3.0, "t5": 5.0}
BETA_SHAPES = {"beta_2_4": (2.0, 4.0), "beta_1.5_3": (1.5, 3.0), "uniform": (1.0, 1.0)}

GROUP_SHIFTS = {
    ("AD", "level"): 0.3,
    ("AD", "Th2"): 2.2,
    ("AD", "Th17"): 0.4,
    ("psoriasis", "level"): 0.3,
    ("psoriasis", "Th17"): 2.0,
    ("psoriasis", "Th1"): 0.6,
    ("index_study", "Th17"): 0.2,
    ("index_study", "vascular"): 0.5,
}


class Draws:
    """Named generators of one cohort: every purpose and group has its own."""

    def __init__(self, seed: int, design: str, groups: pd.Series) -> None:
        self.seed, self.design, self.groups = seed, design, groups
        names = groups.to_numpy()
        self.rows = {str(name): np.flatnonzero(names == name) for name in groups.unique()}

    def each(self, purpose: str, kind: str = "normal", **options: Any) -> np.ndarray:
        """Return one draw per person; the first people of a group keep theirs as it grows."""
        result = np.empty(len(self.groups))
        for group, rows in self.rows.items():
            generator = stream(self.seed, "cohort", self.design, purpose, group)
            result[rows] = getattr(generator, kind)(size=len(rows), **options)
        return result

    def skewed(self, purpose: str, shape: float) -> np.ndarray:
        """Return gamma draws with mean 0 and SD 1."""
        return (self.each(purpose, "gamma", shape=shape) - shape) / np.sqrt(shape)

    def follows(self, purpose: str, law: str, shape: float) -> np.ndarray:
        """Return draws of a law with mean 0 and SD 1; `shape` is that of the gamma."""
        if law == "gamma":
            return self.skewed(purpose, shape)
        if law == "normal":
            return self.each(purpose)
        if law == "lognormal":
            spread = np.expm1(LOGNORMAL_SIGMA**2) * np.exp(LOGNORMAL_SIGMA**2)
            raw = np.exp(LOGNORMAL_SIGMA * self.each(purpose)) - np.exp(LOGNORMAL_SIGMA**2 / 2)
            return np.asarray(raw / np.sqrt(spread))
        if law in T_FREEDOM:
            df = T_FREEDOM[law]
            return self.each(purpose, "standard_t", df=df) / np.sqrt(df / (df - 2))
        a, b = BETA_SHAPES[law]
        sd = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        return np.asarray((self.each(purpose, "beta", a=a, b=b) - a / (a + b)) / sd)


def _groups(settings: dict[str, Any]) -> pd.Series:
    names = [label for key, label in GROUPS.items() for _ in range(settings[key])]
    index = pd.Index([f"S{i + 1:05d}" for i in range(len(names))], name="sample_id", dtype=object)
    return pd.Series(names, index=index, dtype="str", name="group")


def plates(draws: Draws, n_plates: int) -> np.ndarray:
    """Return the plate of everybody: random, with each group spread evenly."""
    result = np.empty(len(draws.groups), dtype=object)
    start = 0
    for group, rows in draws.rows.items():
        turn = (start + np.arange(len(rows))) % n_plates
        start += len(rows)
        generator = stream(draws.seed, "cohort", draws.design, "plates", group)
        result[generator.permutation(rows)] = [f"plate_{i + 1}" for i in turn]
    return result


def people(
    seed: int, design: str, settings: dict[str, Any], subtype_shift: float
) -> tuple[pd.DataFrame, pd.DataFrame, Draws]:
    """Return the truth, the latent factors and the generators of a cohort."""
    groups = _groups(settings)
    draws = Draws(seed, design, groups)
    is_case = (groups == GROUPS["n_case"]).to_numpy()
    is_subtype = np.zeros(len(groups), dtype=bool)
    if "fraction" in settings:
        order = np.argsort(draws.each("subtype", "uniform")[is_case])
        n_subtype = round(settings["fraction"] * int(is_case.sum()))
        is_subtype[np.flatnonzero(is_case)[order[:n_subtype]]] = True
    latent = pd.DataFrame(0.0, index=groups.index, columns=["level", *immune_axes(), "handling"])
    if "level_shape" in settings:
        law, shape = settings["level_law"], settings["level_shape"]
        latent["level"] = draws.follows("level", law, shape)
        law, shape = settings["axis_law"], settings["axis_shape"]
        for axis in immune_axes():
            latent[axis] = draws.follows(f"axis {axis}", law, shape)
        latent.loc[is_case, "level"] += settings["case_level"]
        latent.loc[is_case, "Th2"] += settings["case_th2"]
        latent.loc[is_subtype, "Th2"] += subtype_shift
        for (name, factor), shift in GROUP_SHIFTS.items():
            rows = (groups == name) | (is_case & (name == design))
            latent.loc[rows, factor] += shift
    latent["handling"] = draws.each("handling")
    latent.loc[is_case, "handling"] += settings["case_handling"]
    truth = pd.DataFrame(
        {
            "group": groups,
            "is_subtype": is_subtype,
            "level": latent["level"],
            "th2_skew": latent["Th2"],
            "th17_skew": latent["Th17"],
            "handling": latent["handling"],
        }
    )
    return truth, latent, draws


def _yes(mask: np.ndarray) -> np.ndarray:
    return np.where(mask, "yes", "no")


def _crp(draws: Draws, level: np.ndarray, is_case: np.ndarray, settings: dict[str, Any]) -> Any:
    share = np.where(is_case, settings["crp_case_frac"], settings["crp_reference_frac"])
    centred = level - pd.Series(level).groupby(draws.groups.to_numpy()).transform("mean")
    own = np.sqrt(1 - CRP_LINK**2) * draws.each("crp")
    z = stats.norm.ppf(share) + CRP_LINK * centred.to_numpy() + own
    return np.maximum(np.exp(np.log(3.0) + CRP_SD * z), 0.05)


def _madrs(draws: Draws, is_case: np.ndarray, level: np.ndarray) -> np.ndarray:
    is_healthy = (draws.groups == GROUPS["n_reference"]).to_numpy()
    mean = np.where(is_case, 30 + 0.8 * level, np.where(is_healthy, 2.0, 7.0))
    score = mean + np.where(is_case, 5.5, np.where(is_healthy, 2.0, 4.5)) * draws.each("madrs")
    low, high = np.where(is_case, 20, 0), np.where(is_case, 54, np.where(is_healthy, 8, 19))
    return np.clip(np.rint(score), low, high)


def samples_table(truth: pd.DataFrame, draws: Draws, settings: dict[str, Any]) -> pd.DataFrame:
    """Return role columns under role names, then clinical columns under their own."""
    is_case = (truth["group"] == GROUPS["n_case"]).to_numpy()
    is_atopic = (truth["group"] == "AD").to_numpy()
    level, th2 = truth["level"].to_numpy(), truth["th2_skew"].to_numpy()
    atopy = 1 / (1 + np.exp(1.4 - 0.4 * np.clip(th2, -4, 8) - 1.5 * is_atopic))
    bmi = np.exp(np.log(25.0) + 0.04 * is_case + 0.04 * level + 0.15 * draws.each("bmi"))
    table = pd.DataFrame(
        {
            "subject": [f"P{i + 1:05d}" for i in range(len(truth))],
            "group": truth["group"],
            "batch": plates(draws, settings["n_plates"]),
            "age": np.rint(np.clip(40 + 12 * draws.each("age"), 18, 70)),
            "sex": np.where(draws.each("sex", "uniform") < 0.55, "female", "male"),
            "bmi": np.clip(bmi, 16, 60),
            "smoking": _yes(draws.each("smoking", "uniform") < np.where(is_case, 0.35, 0.20)),
            "medication": _yes(is_case & (draws.each("medication", "uniform") < 0.6)),
            "atopy": _yes(draws.each("atopy", "uniform") < atopy),
            "qc": np.where(draws.each("qc", "uniform") < 0.013, "Warning", "Pass"),
            "crp_mg_l": _crp(draws, level, is_case, settings),
            "eosinophils_10e3_ul": 0.15
            * np.exp(0.12 * np.clip(th2, -6, 12) + 0.5 * draws.each("eosinophils")),
            "monocytes_10e3_ul": 0.45 * np.exp(0.06 * level + 0.25 * draws.each("monocytes")),
            "madrs": _madrs(draws, is_case, level),
        },
        index=truth.index,
    )
    return table.round(5)
