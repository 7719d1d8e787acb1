"""GSVA 1.46.0 (R 4.2.2): zscore, plage, ssgsea and gsva scores of seeded cohorts.

Made by golden/r/gsva.R of the shared folder; `lod_*` are the same scores of a panel whose values
below detection stand at the limit, so that many are tied.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.set_scores import fit_combined_z, fit_gsva, fit_plage, fit_ssgsea

pytestmark = pytest.mark.real_data

SCORES = {
    "zscore": fit_combined_z,
    "plage": fit_plage,
    "ssgsea": fit_ssgsea,
    "ssgsea_nonorm": lambda X, sets: fit_ssgsea(X, sets, normalise=False),
    "gsva_none": lambda X, sets: fit_gsva(X, sets, kernel="none"),
    "gsva": fit_gsva,
    "gsva_maxdev": lambda X, sets: fit_gsva(X, sets, max_diff=False),
}


def golden(shared: Path, size: str, name: str) -> np.ndarray:
    """Return one array of the column-major float64 file beside the JSON index, sample by set."""
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"gsva_{size}.json").read_text())["arrays"][f"gsva.{name}"]
    count = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"gsva_{size}.bin", "<f8", count, offset=entry["offset"])
    return values.reshape(entry["dims"], order="F").T


def panel_and_sets(shared: Path, size: str, kind: str = "x") -> tuple[np.ndarray, list[list[int]]]:
    folder = shared / "golden" / "data"
    panel = pd.read_csv(folder / f"{size}_{kind}.csv", index_col=0)
    lines = (folder / f"{size}_sets.gmt").read_text().splitlines()
    column = {name: number for number, name in enumerate(panel.columns)}
    sets = [[column[name] for name in line.split("\t")[2:] if name in column] for line in lines]
    return panel.to_numpy(dtype=float), sets


def same_sign(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Turn each set of theirs to our sign: a singular vector has none of its own."""
    return theirs * np.sign((ours * theirs).sum(axis=0))


@pytest.mark.parametrize("size", ["A", "B"])
@pytest.mark.parametrize("name", list(SCORES))
def test_scores_of_the_fitted_people_agree_with_gsva(shared: Path, size: str, name: str) -> None:
    X, sets = panel_and_sets(shared, size)
    ours, theirs = SCORES[name](X, sets).score(X), golden(shared, size, name)
    if name == "plage":
        theirs = same_sign(ours, theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["zscore", "plage", "ssgsea", "gsva"])
def test_tied_values_at_the_limit_agree_with_gsva(shared: Path, name: str) -> None:
    X, sets = panel_and_sets(shared, "A", "xlod")
    assert np.mean([len(np.unique(column)) for column in X.T]) < len(X)
    ours, theirs = SCORES[name](X, sets).score(X), golden(shared, "A", f"lod_{name}")
    if name == "plage":
        theirs = same_sign(ours, theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", list(SCORES))
def test_half_of_the_people_keep_their_scores_without_the_other_half(
    shared: Path, name: str
) -> None:
    X, sets = panel_and_sets(shared, "A")
    learnt = SCORES[name](X, sets)
    np.testing.assert_array_equal(learnt.score(X[::2]), learnt.score(X)[::2])
