"""Chronic social defeat stress: animals, what was planted in them, and what the assay reports."""

from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.cohorts._people import Draws, plates
from subtyping.knowledge import immune_axes
from subtyping.panel import Panel
from subtyping.panel.frames import panel_from_frame

GROUPS = {
    "n_control": "control",
    "n_susceptible": "susceptible",
    "n_resilient": "resilient",
    "n_treated": "treated",
}
COLUMNS = {"sample": "sample_id", "subject": "animal_id", "group": "group", "batch": "cage"}
LEVEL_SHAPE = 8.0
BEHAVIOUR_LIFT = 0.7
NOTES = (
    "Values are pg/mL under mouse gene names; the reader spells those it knows as people's.",
    (
        "Not on the panel: Cxcl11, which C57BL/6 mice do not make; CXCL8, CCL13 and CCL26, which "
        "have no mouse ortholog. The Th2 analytes are Ccl11, Ccl24, Ccl17, Ccl22, Il4, Il5, Il13, "
        "Retnla and Chil3, and weakly Il33 and Tslp."
    ),
    (
        "Treated animals were given the drug before defeat, so nobody can select the susceptible "
        "among them; with susceptible_frac below 1 they look better than the susceptible group "
        "even where the drug does nothing."
    ),
)


@cache
def _analytes() -> pd.DataFrame:
    with resources.files("subtyping.cohorts").joinpath("mouse_analytes.csv").open("rb") as source:
        return pd.read_csv(source, keep_default_na=False).set_index("analyte")


def _groups(settings: dict[str, Any]) -> pd.Series:
    names = [label for key, label in GROUPS.items() for _ in range(settings[key])]
    index = pd.Index([f"M{i + 1:04d}" for i in range(len(names))], name="sample_id", dtype=object)
    return pd.Series(names, index=index, dtype="str", name="group")


def _people(settings: dict[str, Any], draws: Draws) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the truth and the latent factors of the animals."""
    groups = draws.groups
    treated = (groups == "treated").to_numpy()
    is_defeated = (groups != "control").to_numpy()
    would_be = draws.each("susceptible", "uniform") < settings["susceptible_frac"]
    susceptible = (groups == "susceptible").to_numpy() | (treated & would_be)
    share = np.where(susceptible, 1.0, settings["resilient_share"]) * is_defeated
    th2_shift = settings["axis_shift"] * share * np.where(treated, 1 - settings["reversal"], 1.0)
    latent = pd.DataFrame({"level": draws.skewed("level", LEVEL_SHAPE)}, index=groups.index)
    for axis in immune_axes():
        latent[axis] = draws.each(f"axis {axis}")
    latent["Th2"] += th2_shift
    latent["innate"] += settings["innate_shift"] * share
    z = draws.each("behaviour")
    without = np.where(susceptible, 0.96 - 0.3 * np.abs(z), 1.02 + 0.3 * np.abs(z))
    without = np.clip(np.where(is_defeated, without, 1.3 + 0.25 * z), 0.05, None)
    truth = pd.DataFrame(
        {
            "group": groups,
            "is_susceptible": susceptible,
            "level": latent["level"],
            "th2_skew": latent["Th2"],
            "th2_shift": th2_shift,
            "innate_shift": settings["innate_shift"] * share,
            "interaction_without_drug": without,
        }
    )
    return truth, latent


def _samples(truth: pd.DataFrame, settings: dict[str, Any], draws: Draws) -> pd.DataFrame:
    treated = (truth["group"] == "treated").to_numpy()
    lift = BEHAVIOUR_LIFT * settings["reversal"] * treated
    cage = [name.replace("plate", "cage") for name in plates(draws, settings["n_cages"])]
    table = pd.DataFrame(
        {
            "subject": [f"A{i + 1:04d}" for i in range(len(truth))],
            "group": truth["group"],
            "batch": cage,
            "social_interaction_ratio": truth["interaction_without_drug"] + lift,
            "body_weight_g": 25 + 1.6 * draws.each("body weight"),
        },
        index=truth.index,
    )
    return table.round(4)


def _log2(latent: pd.DataFrame, cage: pd.Series, sd: float, draws: Draws) -> pd.DataFrame:
    """Return log2 pg/mL: mean + sd (level, axis, own noise) + cage shift."""
    number = cage.str.removeprefix("cage_").astype(int).to_numpy() - 1
    columns = {}
    for name, row in _analytes().iterrows():
        level = stream(draws.seed, "cohort", "csds", "loadings", str(name)).uniform(0.2, 0.5)
        axis = float(row["loading"])
        own = np.sqrt(1 - level**2 - axis**2)
        scaled = level * latent["level"] + own * draws.each(f"noise {name}")
        if row["axis"]:
            scaled = scaled + axis * latent[row["axis"]]
        shifts = stream(draws.seed, "cohort", "csds", "cage shift", str(name))
        shift = sd * shifts.normal(size=int(number.max()) + 1)[number]
        columns[str(name)] = row["mean_log2"] + row["sd_log2"] * scaled + shift
    return pd.DataFrame(columns, index=latent.index)


def social_defeat(seed: int, settings: dict[str, Any]) -> tuple[Panel, pd.DataFrame, str]:
    """Return the panel (pg/mL), the truth and a sentence of a social defeat experiment."""
    draws = Draws(seed, "csds", _groups(settings))
    truth, latent = _people(settings, draws)
    samples = _samples(truth, settings, draws)
    log2 = _log2(latent, samples["batch"], settings["cage_sd"], draws)
    values = np.exp2(log2).round(5)
    lod = _analytes()["lod_pg_ml"].astype(float)
    below = values < lod
    is_text = settings["below_lod"] == "text"
    limits = pd.DataFrame(
        np.broadcast_to(lod.to_numpy(), values.shape), values.index, values.columns
    )
    if is_text:
        values, limits = values.mask(below), limits.where(below)
    panel = panel_from_frame(values, samples, unit="pg/mL", lod=limits, below_lod=below)
    counts = ", ".join(f"{name} {count}" for name, count in truth["group"].value_counts().items())
    sentence = (
        f"Simulated design csds ({counts}; {values.shape[1]} analytes): the susceptible are "
        f"{settings['axis_shift']:g} SD up on the Th2 factor, the resilient "
        f"{settings['resilient_share']:.0%} of that, and the drug takes away "
        f"{settings['reversal']:.0%}. {NOTES[1]}"
    )
    return panel, truth, sentence
