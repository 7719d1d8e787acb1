"""pROC 1.18.0 (R 4.2.2): AUC, DeLong's interval, the best Youden point; golden/r/roc.R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.areas import auc, delong_interval
from subtyping.statistics.cutpoints import youden_cut

pytestmark = pytest.mark.real_data


def golden(shared: Path, task: str, name: str) -> np.ndarray:
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"{task}.json").read_text())["arrays"][name]
    size = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"{task}.bin", "<f8", size, offset=entry["offset"])
    return np.squeeze(values.reshape(entry["dims"], order="F"))


@pytest.mark.parametrize("size", ["A", "B"])
@pytest.mark.parametrize("score", ["s1", "s2", "s3"])
def test_auc_delong_and_the_youden_point_agree_with_proc(
    shared: Path, size: str, score: str
) -> None:
    data = pd.read_csv(shared / "golden" / "data" / f"{size}_roc.csv")
    x, y = data[score].to_numpy(), data["y"].to_numpy() == 1
    area, low, high = delong_interval(x, y)
    expected = golden(shared, f"roc_{size}", f"roc.{score}.ci_delong")
    np.testing.assert_allclose([low, area, high], expected, rtol=1e-8)
    assert auc(x, y) == pytest.approx(float(golden(shared, f"roc_{size}", f"roc.{score}.auc")))
    # pROC cuts half-way to the next lower score; its sensitivity and specificity are the same
    cut = youden_cut(x, y, ~y)
    threshold, sensitivity, specificity = golden(shared, f"roc_{size}", f"roc.{score}.best_youden")[
        :3
    ]
    assert cut.sensitivity[0] == pytest.approx(sensitivity, rel=1e-12)
    assert cut.specificity[0] == pytest.approx(specificity, rel=1e-12)
    below = x[x < cut.threshold[0]].max()
    assert (cut.threshold[0] + below) / 2 == pytest.approx(threshold, rel=1e-12)
