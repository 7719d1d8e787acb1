"""One tiny study, run once with each number of workers."""

from pathlib import Path

import pytest

from subtyping.cli import exit_code_of

SPEC = """
question: Is there a Th2-skewed subtype in a tiny simulated cohort?
seed: 3
cohort:
  simulate:
    {design: th2_subtype, n_case: 120, n_reference: 60, n_analytes: 40, separation: 5.5}
discovery: {axis: Th2, bootstrap: 59, resamples: 20, twin_draws: 2}
prediction: {folds: 2, models: [elastic_net]}
criteria: {resamples: 20}
"""


def run_tiny(folder: Path, *words: str) -> int:
    """Run the tiny study into `folder`."""
    spec = folder.parent / "tiny.yaml"
    spec.write_text(SPEC)
    return exit_code_of(["run", str(spec), "--out", str(folder), "--no-tracking", *words])


@pytest.fixture(scope="session")
def tiny_serial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny study run by one worker."""
    folder = tmp_path_factory.mktemp("serial") / "run"
    assert run_tiny(folder, "--jobs", "1") == 0
    return folder


@pytest.fixture(scope="session")
def tiny_parallel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny study run by two workers."""
    folder = tmp_path_factory.mktemp("parallel") / "run"
    assert run_tiny(folder, "--jobs", "2") == 0
    return folder
