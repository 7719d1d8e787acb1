"""The parts of a blockade against plain computation."""

import numpy as np
import pandas as pd
import pytest

from subtyping.signature.blockade.change import (
    clamp_gap,
    clamped_change,
    fold_covariances,
    permuted_change,
    reach_of,
    set_slopes,
)
from subtyping.signature.blockade.comparable import connectivity_traits, matched_sets
from subtyping.signature.blockade.moments import choose_signature, fold_moments
from subtyping.signature.blockade.patients import healthy_intervals, patient_shares
from subtyping.signature.blockade.people import gather_people, person_weights
from subtyping.signature.reversal.metrics import share_brought_back
from subtyping.statistics.conditional_network import clamp_slopes, clamp_weights, propagate
from subtyping.statistics.network_covariance import (
    within_group_covariance,
)


@pytest.fixture
def people(cohort):
    """Return the people of a small cohort."""
    prepared, is_case = cohort(n=30)
    return gather_people(prepared.z, is_case, ~is_case, subjects=None, folds=3, seed=1)[0]


@pytest.fixture
def once(people):
    """Return the moments of the people as they are."""
    return fold_moments(people, np.ones((1, len(people.x))))


def test_slopes_equal_the_plain_kernel_on_the_training_people(people, once):
    rows = clamp_weights(people.x.shape[1], [0, 1, 7])
    change, slopes = clamped_change(people, once, rows)
    for f in range(people.n_folds):
        training = people.fold != f
        covariance = within_group_covariance(people.x[training], people.is_case[training])
        np.testing.assert_allclose(
            slopes[0, f], clamp_slopes(covariance, rows), rtol=1e-6, atol=1e-7
        )
        np.testing.assert_allclose(fold_covariances(people)[f], covariance, atol=1e-10)
        healthy = people.x[training & ~people.is_case].mean(axis=0)
        cases = people.x[~training & people.is_case]
        after = propagate(cases, covariance, rows, rows @ healthy)
        np.testing.assert_allclose(change[0, f], (after - cases).mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("as_score", [True, False])
def test_sets_and_pathways_share_their_slopes(people, once, as_score):
    rows = clamp_weights(people.x.shape[1], [3, 9], as_score=as_score)
    level = np.ones(people.x.shape[1]) / people.x.shape[1]
    for kept in (None, level):
        _, slopes = clamped_change(people, once, rows, kept)
        levels = None if kept is None else kept[None]
        again, sd = set_slopes(fold_covariances(people), rows[None], levels)
        np.testing.assert_allclose(slopes[0], again[0], atol=1e-6)
        assert sd.shape == (1, 3, len(rows))


def test_the_level_that_is_kept_does_not_move(people, once):
    p = people.x.shape[1]
    level = np.arange(p) / p
    _, slopes = clamped_change(people, once, clamp_weights(p, [0]), level)
    np.testing.assert_allclose(level @ slopes[0, :, :, 0].T, 0.0, atol=1e-6)


def test_a_weight_of_two_is_the_person_twice(people):
    weights = np.ones((1, len(people.x)))
    weights[0, 4] = 2.0
    doubled = fold_moments(people, weights)
    values = np.vstack([people.x, people.x[4]])
    fold, case = np.append(people.fold, people.fold[4]), np.append(people.is_case, True)
    f = people.fold[4]
    held_out = values[(fold == f) & case].mean(axis=0)
    np.testing.assert_allclose(doubled.held_out[0, f, 0], held_out)
    np.testing.assert_allclose(
        doubled.training[0, f, 0], people.x[(people.fold != f) & people.is_case].mean(axis=0)
    )


def test_the_signature_is_welch_and_benjamini_hochberg(people, once):
    from scipy import stats

    from subtyping.statistics.multiplicity import benjamini_hochberg

    signature = choose_signature(people, once, 0.05)
    for f in range(people.n_folds):
        training = people.fold != f
        case, healthy = (people.x[training & side] for side in (people.is_case, ~people.is_case))
        p = stats.ttest_ind(case, healthy, equal_var=False).pvalue
        assert (signature.is_chosen[0, f] == (benjamini_hochberg(p) <= 0.05)).all()
    assert signature.is_chosen.any()


def test_all_of_the_difference_taken_away_is_a_hundred_percent(people, once):
    signature = choose_signature(people, once, 0.05)
    difference = once.held_out[:, :, 0] - once.held_out[:, :, 1]
    everyone = np.ones(people.x.shape[1], dtype=bool)
    assert reach_of(once, signature, -difference, everyone).percent[0] == pytest.approx(100)
    assert reach_of(once, signature, -difference / 4, everyone).percent[0] == pytest.approx(25)
    nothing = reach_of(once, signature, -difference, ~everyone)
    assert np.isnan(nothing.percent[0])
    assert nothing.n_judged[0] == 0


def test_visits_of_a_subject_share_a_fold_and_a_weight(cohort):
    prepared, is_case = cohort(n=30)
    subjects = pd.Series(np.arange(60) // 2)
    people, _ = gather_people(prepared.z, is_case, ~is_case, subjects=subjects, folds=3, seed=0)
    weights = person_weights(people, 25, 0)
    assert (people.fold[::2] == people.fold[1::2]).all()
    assert (weights[:, ::2] == weights[:, 1::2]).all()
    assert (weights[0] == 1).all()
    for f in range(3):
        for side in (people.is_case, ~people.is_case):
            rows = (people.fold == f) & side
            assert (weights[:, rows].sum(axis=1) == rows.sum()).all()


def test_permuted_labels_move_nothing_on_average(people, once):
    rows = clamp_weights(people.x.shape[1], [0, 1, 2, 3], as_score=True)
    change, slopes = clamped_change(people, once, rows)
    drawn = permuted_change(people, slopes[0], rows, 300, np.random.default_rng(0))
    assert np.abs(drawn.mean(axis=0)).max() < 0.1 * np.abs(change).max()
    assert (clamp_gap(once, rows) < -0.5).all()


def test_a_subject_of_both_groups_is_exchanged_with_itself(cohort):
    prepared, is_case = cohort(n=30)
    subjects = pd.Series([*range(30), *range(30)])
    people, _ = gather_people(prepared.z, is_case, ~is_case, subjects=subjects, folds=3, seed=0)
    rows = clamp_weights(people.x.shape[1], [0])
    slopes = np.ones((3, people.x.shape[1], 1))
    drawn = permuted_change(people, slopes, rows, 200, np.random.default_rng(0))
    assert abs(drawn.mean()) < 0.15


def test_patients_are_moved_by_their_own_distance(people, once):
    p = people.x.shape[1]
    rows = clamp_weights(p, [0])
    _, slopes = clamped_change(people, once, rows)
    judged = np.zeros((3, p), dtype=bool)
    judged[:, 0] = True
    intervals = healthy_intervals(people)
    found = patient_shares(people, slopes[0], rows, judged, intervals=intervals, doses=(0.0, 1.0))
    assert found.n_outside.sum() > 0
    # the clamped analyte itself stands at the healthy mean afterwards: all of it is back inside
    assert (found.n_back[:, 1] == found.n_outside).all()
    assert (found.n_back[:, 0] == 0).all()
    assert found.mean()[1] == 1.0
    nowhere = patient_shares(
        people, slopes[0], rows, judged & False, intervals=intervals, doses=(1.0,)
    )
    assert np.isnan(nowhere.mean()[0])


def test_patients_are_counted_as_in_reversal(people, once):
    p = people.x.shape[1]
    rows = clamp_weights(p, [0, 1, 2, 3], as_score=True)
    _, slopes = clamped_change(people, once, rows)
    judged, intervals = np.ones((3, p), dtype=bool), healthy_intervals(people)
    found = patient_shares(people, slopes[0], rows, judged, intervals=intervals, doses=(0.4, 1.0))
    for f in range(people.n_folds):
        cases = (people.fold == f) & people.is_case
        healthy = people.x[(people.fold != f) & ~people.is_case] @ rows.T
        gap = healthy.mean(axis=0) - people.x[cases] @ rows.T
        after = people.x[cases] + 0.4 * gap @ slopes[0, f].T
        expected = share_brought_back(people.x[cases], after, *intervals[f])
        mine = np.isin(found.rows, np.flatnonzero(cases))
        np.testing.assert_array_equal(found.n_outside[mine], expected.n_outside)
        np.testing.assert_array_equal(found.n_back[mine, 0], expected.n_back)
        np.testing.assert_array_equal(found.n_pushed_out[mine, 0], expected.n_pushed_out)
        np.testing.assert_array_equal(found.share[mine, 0], expected.share)


def test_the_interval_is_of_percentiles_when_many_are_healthy(cohort):
    prepared, is_case = cohort(n=200)
    people, _ = gather_people(prepared.z, is_case, ~is_case, subjects=None, folds=3, seed=1)
    healthy = people.x[(people.fold != 0) & ~people.is_case]
    assert healthy_intervals(people)[0] == pytest.approx(np.quantile(healthy, [0.025, 0.975], 0))


def test_matched_sets_are_near_distinct_and_from_the_pool(rng):
    traits = rng.normal(size=(80, 2))
    targets, pool = np.array([0, 1, 2]), np.arange(10, 80)
    sets = matched_sets(traits, targets, pool, 50, rng)
    assert set(sets.ravel()) <= set(pool)
    assert all(len(set(one)) == 3 for one in sets)
    near = np.abs(traits[sets[:, 0]] - traits[0]).sum(axis=1).mean()
    anywhere = np.abs(traits[pool] - traits[0]).sum(axis=1).mean()
    assert near < 0.75 * anywhere
    assert matched_sets(traits, targets, pool[:10], 50, rng).shape == (0, 3)


def test_connectivity_is_the_mean_correlation_with_the_rest():
    covariance = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 1.0]])
    traits = connectivity_traits(covariance)
    # mean |r| is .3, .3, 0: two alike and one apart
    assert traits[0, 1] == pytest.approx(traits[1, 1])
    assert traits[2, 1] == 0
    assert (traits[:, 0] == 0).all()
