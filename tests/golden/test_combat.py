"""sva::ComBat 3.46.0 (R 4.2.2) on seeded cohorts: golden/r/combat.R of the shared folder."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.preparation.combat import ComBat

pytestmark = pytest.mark.real_data

FULL = ["group", "age", "sex", "bmi"]
SETTINGS = {
    "param": ({}, FULL),
    "mean_only": ({"mean_only": True}, FULL),
    "ref_b0": ({"reference_batch": "b0"}, FULL),
    "group_only": ({}, ["group"]),
    "nomod": ({}, []),
    "nonparam": ({"prior": "nonparametric"}, FULL),
}


def golden(shared: Path, size: str, name: str) -> np.ndarray:
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"combat_{size}.json").read_text())["arrays"][f"combat.{name}"]
    count = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"combat_{size}.bin", "<f8", count, offset=entry["offset"])
    return values.reshape(entry["dims"], order="F").T


def cohort(shared: Path, size: str) -> tuple[np.ndarray, pd.DataFrame]:
    home = shared / "golden" / "data"
    X = pd.read_csv(home / f"{size}_x.csv", index_col=0).to_numpy(dtype=float)
    return X, pd.read_csv(home / f"{size}_meta.csv")


CASES = [(size, name) for size in "AB" for name in SETTINGS if (size, name) != ("B", "nonparam")]


@pytest.mark.parametrize(("size", "name"), CASES)
def test_the_corrected_panel_agrees_with_sva(shared, size, name) -> None:
    X, people = cohort(shared, size)
    settings, kept = SETTINGS[name]
    step = ComBat(**settings).fit(X, batches=people["batch"], covariates=people[kept])
    out = step.transform(X, batches=people["batch"], covariates=people[kept])
    np.testing.assert_allclose(out, golden(shared, size, name), rtol=1e-8)


def test_the_rows_of_a_part_are_the_rows_of_the_whole(shared) -> None:
    X, people = cohort(shared, "A")
    kept, part = people[FULL], [3, 50, 117]
    step = ComBat().fit(X, batches=people["batch"], covariates=kept)
    whole = step.transform(X, batches=people["batch"], covariates=kept)
    for row in part:
        one = step.transform(X[[row]], batches=people["batch"][[row]], covariates=kept.iloc[[row]])
        np.testing.assert_array_equal(one[0], whole[row])
