"""A panel with a planted subtype, and a labelling procedure small enough to read."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.panel import Panel, ReadingReport

MEMBERS = ("CCL11", "CCL13", "CCL17")


def make_panel(values: pd.DataFrame, samples: pd.DataFrame, **options) -> Panel:
    no = pd.DataFrame(data=False, index=values.index, columns=values.columns)
    analytes = pd.DataFrame(index=values.columns)
    reading = ReadingReport("x.csv", "wide", None, len(values), len(values), pd.DataFrame())
    parts = {"unit": "NPX", "below_lod": no, "above_uloq": no, "lod": values * np.nan}
    return Panel(values=values, analytes=analytes, samples=samples, reading=reading,
                 **(parts | options))  # fmt: skip


@dataclass(frozen=True)
class FakeFitted:
    """Splits the mean of the members of a panel at the point half-way between two groups."""

    low: float
    high: float
    members: tuple[str, ...]
    column: str | None

    def score(self, panel: Panel) -> SimpleNamespace:
        if self.column is not None:
            return SimpleNamespace(values=panel.samples[self.column])
        return SimpleNamespace(values=np.log2(panel.values[list(self.members)]).mean(axis=1))

    def label(self, panel: Panel, *, scores: SimpleNamespace | None = None) -> SimpleNamespace:
        x = (self.score(panel) if scores is None else scores).values
        middle, width = (self.low + self.high) / 2, (self.high - self.low) / 8 + 1e-9
        p = 1 / (1 + np.exp(-np.clip((x - middle) / width, -30, 30)))
        return SimpleNamespace(
            table=pd.DataFrame({"sample_id": x.index, "probability": p.to_numpy()})
        )


@dataclass(frozen=True)
class FakeProcedure:
    """Two means of the cases' score (of the members, or of a column of the samples table)."""

    case: tuple[str, ...] = ("MDD",)
    reference: tuple[str, ...] = ("HC",)
    members: tuple[str, ...] = MEMBERS
    column: str | None = None

    def fit(self, panel: Panel, seed: int = 0) -> FakeFitted:  # noqa: ARG002
        unfitted = FakeFitted(0, 1, self.members, self.column)
        x = unfitted.score(panel.take(panel.in_groups(self.case))).values.to_numpy()
        low, high = np.quantile(x, [0.2, 0.9])
        for _ in range(30):
            near_high = np.abs(x - high) < np.abs(x - low)
            low, high = x[~near_high].mean(), x[near_high].mean()
        return FakeFitted(float(low), float(high), self.members, self.column)


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate fewer people for the re-test of a rule of several clauses."""
    monkeypatch.setattr("subtyping.criteria.remeasured.DRAWS", 2000)


@pytest.fixture
def cohort(rng: np.random.Generator) -> Callable[..., tuple[Panel, pd.DataFrame]]:
    """Return a function that makes a panel and its routine markers."""

    def make(n_case: int = 120, n_reference: int = 60, shift: float = 2.5, scale: float = 1.0):
        n = n_case + n_reference
        ids = pd.Index([f"s{i}" for i in range(n)], name="sample_id")
        in_subtype = (np.arange(n) < n_case) & (rng.random(n) < 0.3)
        names = [*MEMBERS, *(f"X{i}" for i in range(12))]
        log2 = pd.DataFrame(rng.normal(8, 0.8, size=(n, len(names))), index=ids, columns=names)
        log2.loc[in_subtype, list(MEMBERS)] += shift
        samples = pd.DataFrame(
            {
                "group": np.where(np.arange(n) < n_case, "MDD", "HC"),
                "hidden": np.where(rng.random(n) < 0.3, 1.0, 0.0) + rng.normal(0, 0.05, n),
            },
            index=ids,
        )
        values = scale * 2**log2
        routine = pd.DataFrame(
            {"crp": rng.lognormal(0.5, 1, n), "eosinophils": rng.lognormal(-1.6, 0.5, n)}, index=ids
        )
        return make_panel(values, samples, unit="pg/mL"), routine

    return make


@pytest.fixture
def procedure() -> FakeProcedure:
    """Return a procedure whose labels are made of the planted members."""
    return FakeProcedure()


@pytest.fixture
def blind_procedure() -> FakeProcedure:
    """Return a procedure whose labels have nothing to do with any analyte."""
    return FakeProcedure(column="hidden")
