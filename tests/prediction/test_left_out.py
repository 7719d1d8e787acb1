import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction import outer_folds, predict_membership

ASK = {"case": ("MDD",), "reference": ("HC",), "seed": 1}


@pytest.fixture
def sited(cohort):
    """Draw a cohort at three sites; the last has no cases."""
    from dataclasses import replace

    panel = cohort(31, n_case=80, n_reference=60)
    site = np.array((["north", "south"] * 40) + (["north", "south", "west"] * 20))
    return replace(panel, samples=panel.samples.assign(site=site, batch=site))


@pytest.mark.parametrize("name", ["leave_one_site_out", "leave_one_plate_out"])
def test_each_place_with_cases_is_held_out_once(sited, name):
    fold, names = outer_folds(sited, folds=name, **ASK)
    assert names == ("north", "south")
    site = sited.samples["site"].to_numpy()
    assert [set(site[fold == k]) for k in range(3)] == [{"north"}, {"south"}, {"west"}]


def test_prediction_says_who_was_held_out_and_keeps_everybody(sited, procedure):
    found = predict_membership(
        procedure(),
        sited,
        axis_of={},
        models=("elastic_net",),
        folds="leave_one_site_out",
        explain=None,
        seed=1,
        jobs=1,
        resamples=20,
    )
    assert found.folds["held_out"].tolist() == ["north", "south"]
    assert found.folds["n_test"].tolist() == [40, 40]
    assert found.out_of_fold["elastic_net_probability"].notna().all()
    assert found.metrics["value"].iloc[0] > 0.9


@pytest.mark.parametrize(
    ("folds", "roles", "message"),
    [
        ("leave_one_site", {}, "Did you mean 'leave_one_site_out'"),
        ("leave_one_site_out", {"site": None}, "needs the site role; none was declared"),
        ("leave_one_plate_out", {"batch": [None] * 8}, "8 samples have none, such as"),
        ("leave_one_site_out", {"site": ["a"] * 4 + ["b"] * 4}, "at least 2 with case samples"),
        (
            "leave_one_site_out",
            {"site": list("abababab"), "subject": ["p", "p", *"cdefgh"]},
            "1 subject has samples on more than one site, such as 'p'",
        ),
    ],
)
def test_folds_that_cannot_be_made(make_panel, folds, roles, message):
    given = {"group": ["MDD"] * 4 + ["HC"] * 4} | {k: v for k, v in roles.items() if v is not None}
    with pytest.raises(InputError, match=message):
        outer_folds(make_panel(np.zeros((8, 1)), ["a"], **given), folds=folds, **ASK)
