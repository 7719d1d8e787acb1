"""The known-answer benchmark as modules the tests can call."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "experiments" / "benchmarks" / "known_answer"


@pytest.fixture(scope="session")
def benchmark() -> Iterator[SimpleNamespace]:
    """Return the benchmark's modules ``draw``, ``run`` and ``summarise``."""
    sys.path.insert(0, str(BENCHMARK))
    try:
        import draw
        import run
        import summarise

        yield SimpleNamespace(draw=draw, run=run, summarise=summarise)
    finally:
        sys.path.remove(str(BENCHMARK))
