"""Clusterwise Jaccard of fpc 2.2.10's clusterboot (R 4.2.2); golden/r/clusterboot.R, replayed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from subtyping.statistics.agreement import jaccard_stability

pytestmark = pytest.mark.real_data


def golden(shared: Path, task: str, name: str) -> np.ndarray:
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"{task}.json").read_text())["arrays"][name]
    size = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"{task}.bin", "<f8", size, offset=entry["offset"])
    return np.squeeze(values.reshape(entry["dims"], order="F"))


def ward(X: np.ndarray) -> np.ndarray:
    """Three clusters by Ward's criterion, numbered in the order of their first person."""
    labels = fcluster(linkage(X, "ward"), 3, "maxclust")
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return first.argsort().argsort()[place]


@pytest.mark.parametrize("size", ["A", "B"])
def test_replayed_bootstrap_gives_the_same_stability(shared: Path, size: str) -> None:
    task = f"clusterboot_{size}"
    table = pd.read_csv(shared / "golden" / "data" / f"{size}_mod.csv", index_col=0)
    X = table.to_numpy(dtype=float)
    labels = ward(X)
    tag = "clusterboot.hclust_wardD2_mod_k3"
    np.testing.assert_array_equal(labels + 1, golden(shared, task, f"{tag}.labels"))
    index = golden(shared, task, "clusterboot.boot_idx1").astype(int) - 1
    resampled = np.full((len(index), len(X)), -1)
    for row, drawn in zip(resampled, index, strict=True):
        distinct = np.unique(drawn)
        row[distinct] = ward(X[distinct])
    jaccard = jaccard_stability(labels, resampled)
    for name in (f"{tag}.bootmean", "clusterboot.replay_hclust.bootmean"):
        expected = golden(shared, task, name)
        np.testing.assert_allclose(jaccard.mean(axis=0), expected, rtol=1e-12)
    recovered = golden(shared, task, f"{tag}.recover")  # resamples above .75
    np.testing.assert_array_equal((jaccard > 0.75).sum(axis=0), recovered)
