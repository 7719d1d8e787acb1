"""What is kept and what is broken by each null."""

import numpy as np

from subtyping.signature.reversal.nulls import (
    analyte_strata,
    chance_directions,
    matched_relabellings,
    relabellings,
)


def test_labels_move_within_strata_only(rng):
    strata = rng.integers(0, 4, 50)
    rows = relabellings(strata, 25, rng)
    assert (strata[rows] == strata).all()
    assert (np.sort(rows, axis=1) == np.arange(50)).all()
    assert len(np.unique(rows, axis=0)) == 25


def test_strata_hold_panel_abundance_and_detection(rng):
    abundance, panels = rng.normal(size=60), ["A"] * 30 + ["B"] * 30
    strata = analyte_strata(abundance, np.ones(60), panels)
    assert len(set(strata)) == 6
    assert not set(strata[:30]) & set(strata[30:])
    low = abundance[:30][strata[:30] == strata[int(np.argmin(abundance[:30]))]]
    assert len(low) == 10


def test_a_small_panel_is_not_a_stratum_of_its_own():
    strata = analyte_strata(np.arange(33.0), np.ones(33), ["A"] * 30 + ["tiny"] * 3)
    assert len(set(strata[30:])) == 1
    counts = np.bincount(strata)
    assert counts[strata[:30]].min() >= 5


def test_matched_sets_are_permutations_that_stay_together(rng):
    factor = rng.normal(size=(200, 3)).repeat(10, axis=1)
    x = factor + rng.normal(size=(200, 30))
    x = (x - x.mean(0)) / x.std(0)
    targets = np.arange(8)
    rows = matched_relabellings(x, np.ones(30), targets, 60, rng)
    assert (np.sort(rows, axis=1) == np.arange(30)).all()
    r = np.corrcoef(x, rowvar=False)

    def cohesion(members):
        return r[np.ix_(members, members)][np.triu_indices(len(members), 1)].mean()

    moved = [np.flatnonzero(np.isin(row, targets)) for row in rows]
    assert all(len(members) == 8 for members in moved)
    chance = np.mean([cohesion(rng.choice(30, 8, replace=False)) for _ in range(60)])
    assert np.mean([cohesion(members) for members in moved]) > 0.8 * cohesion(targets)
    assert chance < 0.5 * cohesion(targets)


def test_chance_directions_have_the_correlation_of_the_panel(rng):
    x = rng.normal(size=(400, 4)) @ np.linalg.cholesky(0.6 * np.ones((4, 4)) + 0.4 * np.eye(4)).T
    x = (x - x.mean(0)) / x.std(0)
    t = chance_directions(x, 4000, rng)
    np.testing.assert_allclose(
        np.corrcoef(t, rowvar=False), np.corrcoef(x, rowvar=False), atol=0.06
    )
    np.testing.assert_allclose(t.std(axis=0), 1.0, atol=0.05)
