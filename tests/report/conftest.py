"""One small study result."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from subtyping.report import StudyResult

FAKE = Path(__file__).with_name("fake_result.py")


@pytest.fixture(scope="session")
def fake_result() -> Callable[..., StudyResult]:
    """Return the factory of made-up results."""
    return runpy.run_path(str(FAKE))["fake_result"]
