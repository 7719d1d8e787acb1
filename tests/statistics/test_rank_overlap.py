"""Rank-rank overlap: hand values, symmetries, bounds."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.rank_overlap import largest_overlap, rank_overlap


def test_cells_are_hypergeometric_tails_at_their_own_ends(rng):
    x = rng.normal(size=40)
    y = x + rng.normal(size=40)
    found = rank_overlap(x, y)
    n, (up_x, up_y) = 40, found.n_up
    order = [np.argsort(-v) for v in (x, y)]
    for i, a in enumerate(found.first):
        for j, b in enumerate(found.second):
            A = set(order[0][:a]) if a <= up_x else set(order[0][a:])
            B = set(order[1][:b]) if b <= up_y else set(order[1][b:])
            k = len(A & B)
            sign = 1 if (a <= up_x) == (b <= up_y) else -1
            tail = -stats.hypergeom.logsf(k - 1, n, len(A), len(B)) / np.log(10)
            wanted = sign * tail if k * n > len(A) * len(B) else 0.0
            assert found.matrix[i, j] == pytest.approx(wanted, abs=1e-9)


def test_maximum_is_the_largest_cell_at_one_end(rng):
    found = rank_overlap(rng.normal(size=90), rng.normal(size=90))
    assert found.maximum == pytest.approx(found.matrix.max())


def test_turning_both_lists_over_swaps_raised_and_lowered(rng):
    x = rng.normal(size=50)
    y = x + 0.5 * rng.normal(size=50)
    one, two = rank_overlap(x, y), rank_overlap(-x, -y)
    assert one.maximum == pytest.approx(two.maximum)
    assert {one.direction, two.direction} == {"both raised", "both lowered"}


def test_opposite_signatures_overlap_only_at_opposite_ends(rng):
    x = rng.normal(size=60)
    found = rank_overlap(x, -x)
    assert found.maximum == 0
    assert found.matrix.min() < -10


@pytest.mark.parametrize("n", [5, 61, 363, 1500])
def test_the_matrix_has_sixty_cuts_at_most(rng, n):
    assert max(rank_overlap(rng.normal(size=n), rng.normal(size=n)).matrix.shape) <= 60


def test_the_quick_maximum_is_the_maximum(rng):
    for _ in range(60):
        x = rng.normal(size=120) + rng.normal()
        y = rng.normal() * x + rng.normal(size=120)
        assert largest_overlap(x, y) == pytest.approx(rank_overlap(x, y).maximum, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "match"),
    [([1, 2, 3], [1, 2, 3], "four or more"), ([1, 2, 3, 4], [1, 2, 3], "same"),
     ([1, 2, 3, np.nan], [1, 2, 3, 4], "missing")],
)  # fmt: skip
def test_bad_lists_are_told(x, y, match):
    with pytest.raises(InputError, match=match):
        rank_overlap(x, y)
