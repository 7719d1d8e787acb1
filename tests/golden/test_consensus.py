"""ConsensusClusterPlus 1.62.0 (R 4.2.2); golden/r/consensus.R with seed 42, its resamples replayed.

The stored array file ends inside the Pearson matrix of six clusters. What follows it (Euclidean,
k-means) was made again by the same script, data, seed and versions, whose first 1,347,584 bytes
are those of the stored file; its labels and summaries stand below.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.coassignment import CoAssignment, co_assignment

pytestmark = pytest.mark.real_data

EUCLIDEAN_LABELS = (
    (
        "111111111112111111111112111111111111111111111111211111111111"
        "111111111111111111111111111111111111111111111111111111112111"
    ),
    (
        "111111111112111111111112111111111111111111131111211111111111"
        "111111111111111111111111111111111111111111111111111111112111"
    ),
    (
        "111111111112111111111112111111111111111111131111211111111111"
        "111111111111111111111111141111111111111114111111111111112111"
    ),
    (
        "111111111112111111111112111111111131111111141111211111111111"
        "111111111111111111111111151111111111111115111111111111111111"
    ),
    (
        "111111111112111111111112111111111131111111141111211111111111"
        "111111111111111111111111151111111111111115111111111111116111"
    ),
)
EUCLIDEAN_AREA = (
    0.0598795518207283,
    0.09158123249299721,
    0.11591176470588235,
    0.1363417366946779,
    0.16407703081232494,
)
EUCLIDEAN_AMBIGUOUS = (
    0.08109243697478992,
    0.0645658263305322,
    0.06778711484593837,
    0.07450980392156863,
    0.11568627450980391,
)
EUCLIDEAN_SQUARES = (
    13463.687560337254,
    13014.321016445052,
    12544.598560519124,
    12174.293533456781,
    11574.433621104277,
)
KMEANS_AREA = (0.46415686, 0.65688515, 0.74651681, 0.79683754, 0.830493)


def golden(shared: Path, name: str) -> np.ndarray:
    """Return one array, or as much of it as the file holds, flat and column-major."""
    folder = shared / "golden" / "values"
    entry = json.loads((folder / "consensus_A.json").read_text())["arrays"][name]
    size = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / "consensus_A.bin", "<f8", size, offset=entry["offset"])
    return values if len(values) < size else values.reshape(entry["dims"], order="F")


@pytest.fixture(scope="module")
def people(shared: Path) -> np.ndarray:
    table = pd.read_csv(shared / "golden" / "data" / "A_clu.csv", index_col=0)
    return table.to_numpy(dtype=float)


def replay(shared: Path, people: np.ndarray, metric: str) -> CoAssignment:
    index = golden(shared, "consensus.subsample_idx1").astype(int) - 1
    return co_assignment(people, metric=metric, resamples=index)


def test_pearson_matrices_and_labels_are_equal(shared: Path, people: np.ndarray) -> None:
    mine = replay(shared, people, "pearson")
    np.testing.assert_array_equal(mine.labels.T + 1, golden(shared, "consensus.hc_pearson.labels"))
    for matrix, k in zip(mine.consensus, mine.n_clusters, strict=True):
        stored = golden(shared, f"consensus.hc_pearson.M{k}").ravel(order="F")
        assert len(stored) > 14_000
        np.testing.assert_array_equal(matrix.ravel(order="F")[: len(stored)], stored)
    area, ambiguous = (golden(shared, f"consensus.hc_pearson.{n}") for n in ("cdf_area", "pac"))
    np.testing.assert_allclose(mine.cdf_area, np.ravel(area), rtol=1e-12)
    np.testing.assert_allclose(mine.ambiguous_frac, np.ravel(ambiguous), rtol=1e-12)


def test_euclidean_labels_and_summaries_are_equal(shared: Path, people: np.ndarray) -> None:
    mine = replay(shared, people, "euclidean")
    assert tuple("".join(map(str, row + 1)) for row in mine.labels) == EUCLIDEAN_LABELS
    np.testing.assert_allclose(mine.cdf_area, EUCLIDEAN_AREA, rtol=1e-12)
    np.testing.assert_allclose(mine.ambiguous_frac, EUCLIDEAN_AMBIGUOUS, rtol=1e-12)
    np.testing.assert_allclose((mine.consensus**2).sum(axis=(1, 2)), EUCLIDEAN_SQUARES, rtol=1e-12)


def test_k_means_agrees_statistically(people: np.ndarray) -> None:
    """Another generator, and other local optima: areas within a hundredth of R's."""
    mine = co_assignment(people, base="kmeans", n_resamples=500, seed=1)
    np.testing.assert_allclose(mine.cdf_area, KMEANS_AREA, atol=0.01)
