"""cutpointr 1.1.2 and OptimalCutpoints 1.1.5 (R 4.2.2); golden/r/cutpoint.R.

The bootstrap is replayed: the same resamples (1-based indices) must give the same 1000 cuts.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.bootstrap_cuts import cuts_of_counts
from subtyping.statistics.cutpoints import youden_cut
from subtyping.statistics.roc import roc_curves

pytestmark = pytest.mark.real_data


def golden(shared: Path, task: str, name: str) -> np.ndarray:
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"{task}.json").read_text())["arrays"][name]
    size = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"{task}.bin", "<f8", size, offset=entry["offset"])
    return np.squeeze(values.reshape(entry["dims"], order="F"))


def scores(shared: Path, size: str) -> tuple[pd.DataFrame, np.ndarray]:
    data = pd.read_csv(shared / "golden" / "data" / f"{size}_roc.csv")
    return data, data["y"].to_numpy() == 1


@pytest.mark.parametrize("size", ["A", "B"])
@pytest.mark.parametrize("score", ["s1", "s3"])
def test_the_cut_is_cutpointrs(shared: Path, size: str, score: str) -> None:
    data, y = scores(shared, size)
    cut = youden_cut(data[score], y, ~y)
    threshold, youden, _, sensitivity, specificity, _ = golden(
        shared, f"cutpoint_{size}", f"cutpoint.{score}.optimal"
    )
    assert cut.threshold[0] == threshold
    np.testing.assert_allclose(
        [cut.youden[0], cut.sensitivity[0], cut.specificity[0]],
        [youden, sensitivity, specificity],
        rtol=1e-12,
    )


@pytest.mark.parametrize("size", ["A", "B"])
def test_the_cut_is_that_of_optimalcutpoints(shared: Path, size: str) -> None:
    data, y = scores(shared, size)
    expected = golden(shared, f"cutpoint_{size}", "cutpoint.OC.Youden.cutoff")
    assert youden_cut(data["s1"], y, ~y).threshold[0] == expected


@pytest.mark.parametrize("size", ["A", "B"])
def test_a_thousand_replayed_resamples_give_the_same_cuts(shared: Path, size: str) -> None:
    data, y = scores(shared, size)
    index = golden(shared, f"cutpoint_{size}", "cutpoint.boot.idx1").astype(int) - 1
    counts = np.column_stack([np.bincount(rows, minlength=len(y)) for rows in index])
    cut = youden_cut(data["s1"], counts * y[:, None], counts * ~y[:, None])
    boot = golden(shared, f"cutpoint_{size}", "cutpoint.boot.matrix")
    columns = dict(zip(_columns(shared, size), boot.T, strict=True))
    assert (cut.threshold == columns["optimal_cutpoint"]).all()
    assert (cuts_of_counts(data["s1"], y, counts.T) == columns["optimal_cutpoint"]).all()
    areas = roc_curves(data["s1"], counts * y[:, None], counts * ~y[:, None]).auc
    np.testing.assert_allclose(areas, columns["AUC_b"], rtol=1e-12)


def _columns(shared: Path, size: str) -> list[str]:
    index = json.loads((shared / "golden" / "values" / f"cutpoint_{size}.json").read_text())
    return index["results"]["boot.columns"]
