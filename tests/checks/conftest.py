"""Contexts to judge: a small panel of two groups, changed one thing at a time."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from subtyping.checks import CHECKS, CheckContext, CheckResult
from subtyping.cohorts import simulate_cohort
from subtyping.panel.panel import Panel, ReadingReport
from subtyping.preparation.quality import examine_quality
from subtyping.statistics.design import design_report

Make = Callable[..., CheckContext]


def small_panel(n_case: int = 60, n_reference: int = 50, **columns: object) -> Panel:
    """Return a panel of two analytes with cases first; `columns` are put in the samples table."""
    n = n_case + n_reference
    ids = pd.Index([f"s{i:03d}" for i in range(n)], name="sample_id")
    values = pd.DataFrame({"CCL11": np.arange(n, dtype=float), "IL6": 1.0}, index=ids)
    group = ["MDD"] * n_case + ["HC"] * n_reference
    samples = pd.DataFrame({"group": group, **columns}, index=ids)
    none = pd.DataFrame({"sample_id": [], "reason": []}, dtype=object)
    return Panel(
        values=values,
        unit="NPX",
        below_lod=values.isna(),
        above_uloq=values.isna(),
        lod=values * np.nan,
        analytes=pd.DataFrame(index=values.columns),
        samples=samples,
        reading=ReadingReport("panel.csv", "wide", None, n, n, none),
    )


@pytest.fixture
def make() -> Make:
    """Return a maker of contexts with declared groups."""

    def build(panel: Panel | None = None, **fields: Any) -> CheckContext:
        measured = small_panel() if panel is None else panel
        return replace(CheckContext(panel=measured, case=("MDD",), reference=("HC",)), **fields)

    return build


@pytest.fixture
def panel_only() -> CheckContext:
    """Return the context of ``subtyping check``: a panel and nothing else."""
    return CheckContext(panel=small_panel())


def judged(code: str, context: CheckContext) -> CheckResult:
    """Return what the check of this code says."""
    (check,) = [item for item in CHECKS if item.code == code]
    return check.run(context)


@pytest.fixture
def judge() -> Callable[[str, CheckContext], CheckResult]:
    """Return `judged` as a fixture."""
    return judged


@pytest.fixture
def panel_of() -> Callable[..., Panel]:
    """Return `small_panel` as a fixture."""
    return small_panel


@pytest.fixture
def axes_of() -> Callable[..., Any]:
    """Return a maker of stand-in axis scores."""

    def build(**fields: Any) -> Any:
        members = pd.DataFrame(
            {
                "axis": ["Th2", "Th2", "Th2", "Th1"],
                "analyte": ["CCL11", "CCL13", "IL13", "IFNG"],
                "is_used": [True, True, False, False],
                "reason": ["", "", "below detection", "below detection"],
                "detected_case_frac": [1.0, 0.9, 0.1, 0.2],
                "detected_reference_frac": [1.0, 0.4, 0.2, 0.2],
            }
        )
        defaults = {
            "axis": "Th2",
            "members": members,
            "used_members": ("CCL11", "CCL13"),
            "level_reliability": 0.9,
            "n_level_analytes": 30,
        }
        return SimpleNamespace(**{**defaults, **fields})

    return build


@pytest.fixture
def design_of() -> Callable[..., Any]:
    """Return a maker of design reports of one factor, cases first."""

    def build(case_levels: list[str], reference_levels: list[str], name: str = "batch") -> Any:
        levels = np.array([*case_levels, *reference_levels], dtype=object)
        is_case = np.arange(len(levels)) < len(case_levels)
        return design_report(is_case, ~is_case, {name: pd.Series(levels)})

    return build


@pytest.fixture(scope="session")
def clean() -> Panel:
    """Return a simulated panel in which nothing is wrong: 60 cases, 40 reference people."""
    settings = {"n_case": 60, "n_reference": 40, "plate_sd": 0.0, "below_lod": "number"}
    return simulate_cohort("null", seed=11, **settings).panel


@pytest.fixture
def examined() -> Make:
    """Return a maker of contexts with the quality report; without groups if asked."""

    def build(panel: Panel, *, grouped: bool = True, **fields: Any) -> CheckContext:
        groups = {"case": ("MDD",), "reference": ("HC",)} if grouped else {}
        quality = examine_quality(panel, **groups)
        return CheckContext(panel=panel, quality=quality, **groups, **fields)

    return build


@pytest.fixture
def changed() -> Callable[..., Panel]:
    """Return a maker of panels with other values; flags are kept where they fit."""

    def build(panel: Panel, values: pd.DataFrame | np.ndarray, **fields: Any) -> Panel:
        frame = pd.DataFrame(values, index=panel.values.index, columns=panel.values.columns)
        return replace(panel, values=frame, **fields)

    return build


@pytest.fixture
def with_columns() -> Callable[..., Panel]:
    """Return a maker of panels with more columns of the samples table."""

    def build(panel: Panel, **columns: object) -> Panel:
        return replace(panel, samples=panel.samples.assign(**columns))

    return build
