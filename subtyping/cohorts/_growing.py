"""A cohort with a known answer, grown step by step: people, then measurements, then censoring."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping._validation import one_of
from subtyping.cohorts._catalogue import catalogue, loadings, shift_for
from subtyping.cohorts._measurements import measurements
from subtyping.cohorts._people import GROUPS, people, samples_table
from subtyping.cohorts.designs import COMMON, GRADIENT
from subtyping.cohorts.known_answer import Expectation, KnownAnswer
from subtyping.knowledge import handling_markers, immune_axes
from subtyping.panel.frames import panel_from_frame

CASE, REFERENCE = GROUPS["n_case"], GROUPS["n_reference"]
CHEMOKINES = ("CCL11", "CCL13", "CCL17", "CCL22", "CCL26")
CYTOKINES = ("IL4", "IL5", "IL13", "IL33", "TSLP")
SMALL_PANEL, FEW_HANDLING = 40, 3
FAR_BELOW = 8.0


def _table(n_analytes: int) -> pd.DataFrame:
    """Return the analytes, the Th2 members with limits of detection far below everybody."""
    table = catalogue(max(n_analytes, 92))
    if n_analytes < SMALL_PANEL:
        th2 = set(immune_axes()["Th2"].analytes)
        handling = [name for name in table.index if name in handling_markers()]
        rest = [name for name in table.index if name not in th2 and name not in handling]
        chosen = [*CHEMOKINES, *handling[:FEW_HANDLING], *rest]
        table = table.loc[chosen]
    table = table.head(n_analytes).copy()
    members = table.index.isin(immune_axes()["Th2"].analytes)
    lowered = table["mean_npx"] - FAR_BELOW * table["sd_npx"]
    table["lod_npx"] = np.where(members, lowered, table["lod_npx"])
    return table


class Growing:
    """A cohort on its way: change `latent` and `samples`, `measure`, change `values`, `finish`.

    Attributes
    ----------
    latent, samples, truth : pandas.DataFrame
        People; one order of rows.
    values : pandas.DataFrame
        NPX of every sample and analyte, nothing censored; after `measure`.
    lod : pandas.Series
        Limit of detection of each analyte; after `measure`.
    is_case : ndarray of bool
    is_member : ndarray of bool
        Who is in the group that the design makes.
    """

    def __init__(
        self,
        seed: int,
        name: str,
        size: dict[str, Any],
        *,
        has_gradient: bool = True,
        **settings: Any,
    ) -> None:
        one_of(size["cytokines"], ("detected", "undetected"), "cytokines")
        people_wanted = {key: size[key] for key in ("n_case", "n_reference")}
        self.seed, self.name, self.size = seed, name, size
        self.settings = {**COMMON, **settings, **people_wanted, "below_lod": "number"}
        if not has_gradient:
            self.settings = {k: v for k, v in self.settings.items() if k not in GRADIENT}
        self.table = _table(size["n_analytes"])
        self.loading = loadings(self.table, seed, name, has_gradient=has_gradient)
        self.truth, self.latent, self.draws = people(seed, name, self.settings, 0.0)
        self.samples = samples_table(self.truth, self.draws, self.settings)
        self.is_case = (self.truth["group"] == CASE).to_numpy()
        self.is_member = np.zeros(len(self.truth), dtype=bool)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator of one purpose of this cohort."""
        return stream(self.seed, "known answer", self.name, purpose)

    def pick(self, fraction: float, *, everybody: bool = False) -> np.ndarray:
        """Return a random part of the cases, or of everybody: each person with the same chance."""
        chosen = self.draws.each("member", "uniform") < fraction
        return np.asarray(chosen if everybody else chosen & self.is_case)

    def plant(self, rows: np.ndarray, separation: float) -> None:
        """Shift the Th2 factor of some people to a nominal separation."""
        table = self.table
        if self.size["cytokines"] == "undetected":
            table = table.assign(
                lod_npx=table["lod_npx"].where(~table.index.isin(CYTOKINES), np.inf)
            )
        self.latent.loc[rows, "Th2"] += shift_for(separation, table, self.loading)
        self.is_member = rows

    @property
    def members(self) -> list[str]:
        """Th2 members on the panel."""
        return [name for name in immune_axes()["Th2"].analytes if name in self.table.index]

    @property
    def others(self) -> list[str]:
        """Analytes outside the axis."""
        return [name for name in self.table.index if name not in self.members]

    def measure(self) -> "Growing":
        """Measure everybody: the values as the assay would see them without limits."""
        self.values, lod, _ = measurements(
            self.table,
            self.loading,
            self.latent,
            samples=self.samples,
            draws=self.draws,
            settings=self.settings,
        )
        self.lod = lod.iloc[0]
        if self.size["cytokines"] == "undetected":
            low = [name for name in CYTOKINES if name in self.values]
            self.lod[low] = self.values[low].quantile(0.95)
        return self

    def move(self, rows: np.ndarray, analytes: Sequence[str], sd: np.ndarray | float) -> None:
        """Move some analytes of some samples by so many SD."""
        names = list(analytes)
        by = np.broadcast_to(sd, len(names)) * self.table.loc[names, "sd_npx"].to_numpy()
        self.values.loc[rows, names] += by

    def finish(self, expectation: Expectation) -> KnownAnswer:
        """Censor what is below detection and hand the cohort over."""
        values, lod = self.values.round(5), self.lod.round(5)
        below = values < lod
        limits = pd.DataFrame(
            np.where(below, lod.to_numpy()[None, :], np.nan), values.index, values.columns
        )
        panel = panel_from_frame(
            values.mask(below), self.samples, unit="NPX", lod=limits, below_lod=below
        )
        reading = replace(panel.reading, source=f"known answer {self.name}", format="simulated")
        truth = pd.DataFrame(
            {
                "group": self.truth["group"],
                "is_member": self.is_member,
                "level": self.latent["level"],
                "th2_skew": self.latent["Th2"],
                "handling": self.latent["handling"],
            }
        )
        return KnownAnswer(
            panel=replace(panel, reading=reading),
            truth=truth.set_axis(panel.sample_ids),
            case=(CASE,),
            reference=(REFERENCE,),
            expectation=expectation,
        )
