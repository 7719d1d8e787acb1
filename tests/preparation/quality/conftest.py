"""Panels to examine."""

import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.panel import Panel


@pytest.fixture(scope="session")
def clean() -> Panel:
    """Return a simulated panel in which nothing is wrong."""
    settings = {"n_case": 60, "n_reference": 40, "plate_sd": 0.0, "below_lod": "number"}
    return simulate_cohort("null", seed=5, **settings).panel
