import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction.folds import deal_people, people_of, split_people

GROUPS = {"case": ("MDD",), "reference": ("HC",)}


@pytest.fixture
def visits(make_panel, rng):
    """40 case people with two visits each, 20 reference people, 6 people of another group."""
    subject = [f"p{i % 40}" for i in range(80)] + [f"h{i}" for i in range(20)]
    subject += [f"a{i}" for i in range(6)]
    group = ["MDD"] * 80 + ["HC"] * 20 + ["AD"] * 6
    site = [("north", "south")[i % 40 % 2] for i in range(80)] + ["north"] * 26
    roles = {"subject": subject, "group": group, "site": site}
    return make_panel(rng.normal(size=(106, 3)), ["a", "b", "c"], **roles)


def test_every_sample_of_a_person_lies_in_one_fold(visits):
    fold = split_people(visits, **GROUPS, folds=3, seed=5)
    people = people_of(visits)
    assert all(len(set(fold[people == person])) == 1 for person in set(people))


def test_folds_are_balanced_by_group_and_site_and_leave_others_out(visits):
    fold = split_people(visits, **GROUPS, folds=4, seed=5)
    group, site = visits.samples["group"].to_numpy(), visits.samples["site"].to_numpy()
    for name, where, people in (("MDD", "north", 20), ("MDD", "south", 20), ("HC", "north", 20)):
        samples = np.bincount(fold[(group == name) & (site == where)], minlength=4)
        visits_each = 2 if name == "MDD" else 1
        assert samples.tolist() == [people // 4 * visits_each] * 4
    assert set(fold[group == "AD"]) == {-1}


def test_folds_do_not_depend_on_the_order_of_rows_and_do_on_the_seed(visits, rng):
    order = rng.permutation(len(visits.sample_ids))
    fold = split_people(visits, **GROUPS, folds=3, seed=5)
    assert (split_people(visits.take(order), **GROUPS, folds=3, seed=5) == fold[order]).all()
    assert (split_people(visits, **GROUPS, folds=3, seed=6) != fold).any()


def test_a_blank_subject_is_a_person_of_its_own(make_panel):
    panel = make_panel(np.zeros((3, 1)), ["a"], subject=["p1", None, None])
    assert len(set(people_of(panel))) == 3


def test_a_deal_differs_by_at_most_one_person(rng):
    people = np.arange(23)
    strata = rng.choice(["a", "b", "c"], size=23)
    fold = deal_people(people, strata, 5, rng)
    for rows in (np.ones(23, bool), strata == "a", strata == "b", strata == "c"):
        assert np.ptp(np.bincount(fold[rows], minlength=5)) <= 1


@pytest.mark.parametrize(
    ("folds", "group", "message"),
    [
        (1, ["MDD"] * 4 + ["HC"] * 4, "at least 2 outer folds; got 1"),
        (3, ["MDD"] * 2 + ["HC"] * 6, "at least 3 people in the case group; got 2 in MDD"),
        (3, ["MDD"] * 6 + ["HC"] * 2, "at least 3 people in the reference group; got 2 in HC"),
    ],
)
def test_too_few_people_for_the_folds(make_panel, folds, group, message):
    panel = make_panel(np.zeros((8, 1)), ["a"], group=group)
    with pytest.raises(InputError, match=message):
        split_people(panel, **GROUPS, folds=folds, seed=0)
