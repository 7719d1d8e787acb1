"""Fixtures every room shares."""

import os
from pathlib import Path

# One thread a process: workers share the cores, and threads that wait for each other waste them.
os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", "1")
os.environ["OPENBLAS_NUM_THREADS"] = os.environ.get("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a fresh generator for each test."""
    return np.random.default_rng(20260117)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared real data and golden values, or skip."""
    folder = Path(os.environ.get("SUBTYPING_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "datasets").is_dir():
        pytest.skip("the shared data sets are not here (set SUBTYPING_SHARED to their folder)")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the project."""
    return REPOSITORY
