"""A panel of two groups, and a small labelling procedure that learns from its training people."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from subtyping.panel.panel import Panel, ReadingReport

MEMBERS = ("CCL11", "CCL13", "CCL17")


@pytest.fixture
def make_panel() -> Any:
    """Return a function from values and roles to a log2 panel."""

    def make(values: np.ndarray, names: list[str], **roles: Any) -> Panel:
        ids = pd.Index([f"s{i:03d}" for i in range(len(values))], name="sample_id")
        frame = pd.DataFrame(values, index=ids, columns=names)
        none = pd.DataFrame(False, index=ids, columns=names)
        n = len(ids)
        return Panel(
            values=frame,
            unit="log2",
            below_lod=none,
            above_uloq=none,
            lod=frame * np.nan,
            analytes=pd.DataFrame(index=frame.columns),
            samples=pd.DataFrame(roles, index=ids),
            reading=ReadingReport("made.csv", "wide", None, n, n, pd.DataFrame()),
        )

    return make


@pytest.fixture
def cohort(make_panel: Any) -> Any:
    """Return a function that draws cases (30 % shifted on three analytes) and reference people."""

    def draw(
        seed: int, *, n_case: int = 90, n_reference: int = 40, p: int = 12, shift: float = 4.0
    ) -> Panel:
        rng = np.random.default_rng(seed)
        n = n_case + n_reference
        values = rng.normal(size=(n, p)) + 0.6 * rng.normal(size=(n, 1))
        values[: int(0.3 * n_case), : len(MEMBERS)] += shift
        names = [*MEMBERS, *(f"A{j:02d}" for j in range(p - len(MEMBERS)))]
        group = ["MDD"] * n_case + ["HC"] * n_reference
        return make_panel(values, names, group=group)

    return draw


@pytest.fixture
def procedure() -> Any:
    """Return a function that makes a procedure; local classes travel to workers by value."""

    def make(
        *,
        threshold: float = 2.0,
        refuses_below: int = 0,
        silent: tuple[str, ...] = (),
        features: Any = None,
    ) -> Any:
        from subtyping.exceptions import InputError

        class Fitted:
            members = ("CCL11", "CCL13", "CCL17")

            def __init__(self, mean: pd.Series, sd: pd.Series, people: list[str]) -> None:
                self.mean, self.sd, self.people = mean, sd, people

            def prepare(self, panel: Panel) -> pd.DataFrame:
                z = (panel.values - self.mean) / self.sd
                return z if features is None else features(z)

            def label(self, panel: Panel) -> Any:
                z = (panel.values - self.mean) / self.sd
                score = z[list(self.members)].mean(axis=1).to_numpy()
                probability = 1 / (1 + np.exp(-4 * (score - threshold)))
                probability[panel.sample_ids.isin(silent)] = np.nan
                table = {"sample_id": panel.sample_ids, "probability": probability}
                return SimpleNamespace(table=pd.DataFrame(table))

        class Toy:
            case, reference = ("MDD",), ("HC",)

            def fit(self, panel: Panel, *, seed: int) -> Fitted:  # noqa: ARG002
                healthy = panel.values[panel.in_groups(self.reference)]
                if len(healthy) < refuses_below:
                    message = f"{len(healthy)} reference people are too few."
                    raise InputError(message)
                return Fitted(healthy.mean(), healthy.std(), list(panel.sample_ids))

        return Toy()

    return make
