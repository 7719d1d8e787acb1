"""Outcomes that are none: told by sample, never by what the cells hold."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction import predict_outcome
from subtyping.prediction.outcome_checks import check_counts, checked_outcome, excluded_names

SECRET = "Jane Doe 12.3.1970"


@pytest.fixture
def panel(make_panel):
    """Return four cases and two reference people."""
    group = ["MDD"] * 4 + ["HC"] * 2
    return make_panel(np.zeros((6, 2)), ["CCL17", "IL6"], group=group)


def series(*cells: object, **options: object) -> pd.Series:
    names = [f"s{i:03d}" for i in range(len(cells))]
    return pd.Series(list(cells), names, name="relapse", **options)


@pytest.mark.parametrize(
    ("outcome", "kind", "match"),
    [
        (series(SECRET, SECRET, 1, 0), "number", "2 samples hold something else: 's000', 's001'"),
        (series(1, SECRET), "binary", "1 sample holds something else: 's001'"),
        (series(1j, 2j), "number", "2 samples hold something else"),
        (pd.to_datetime(series("1970-03-12", None)), "number", "1 sample holds something else"),
        (series(12.31970, 1.0, 0.0), "binary", "another number in 1 case sample: 's000'. Use"),
        (series(*range(4)), "binary", "another number in 2 case samples: 's002', 's003'"),
        (series(1e300, 1.0, -1e101), "number", "2 samples lie beyond: 's000', 's002'"),
        (series(np.inf, 1.0), "number", "1 sample lies beyond: 's000'"),
        (pd.concat([series(1.0, 0.0)] * 2), "number", "2 sample ids occur more than once"),
        (series(np.nan, np.nan), "number", "known for no case sample"),
        (series(None, None, None, None, 1.0), "number", "known for no case sample"),
        ([1.0, 0.0], "number", "must be a pandas Series .* got list"),
    ],
)
def test_an_outcome_that_is_none_names_samples_and_repeats_no_cell(panel, outcome, kind, match):
    with pytest.raises(InputError, match=match) as caught:
        checked_outcome(panel, outcome, kind, ("MDD",))
    for secret in ("Jane", "1970", "12.3"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "outcome",
    [
        series(True, False, None),
        series(1, 0, pd.NA, dtype="Int64"),
        series(True, False, pd.NA, dtype="boolean"),
        series("1", "0", None),
        series(1, 0, None, dtype="category"),
    ],
)
def test_truth_values_and_numbers_of_any_kind_are_read(panel, outcome):
    values, name = checked_outcome(panel, outcome, "binary", ("MDD",))
    np.testing.assert_array_equal(values, [1, 0, *[np.nan] * 4])
    assert name == "relapse"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"null_draws": -1}, "null_draws must be a whole number of at least 0; got -1"),
        ({"resamples": -1}, "resamples must be a whole number of at least 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
        ({"trials": 0}, "trials must be a whole number of at least 1"),
        ({"exclude": "CCL71"}, "neither an analyte .* Did you mean 'CCL17'"),
        ({"exclude": ("IL6", "")}, "neither an analyte"),
        ({"routine": pd.DataFrame({"crp": [1.0, 2.0]}, ["s000"] * 2)}, "1 sample id stands"),
        ({"routine": pd.DataFrame({"crp": [SECRET]}, ["s000"])}, "1 sample holds something"),
    ],
)
def test_options_that_cannot_be_met_are_one_sentence(panel, procedure, given, match):
    asked = {"kind": "number", "seed": 1, "jobs": 1} | given
    with pytest.raises(InputError, match=match) as caught:
        predict_outcome(panel, series(1, 2, 3, 4), procedure=procedure(), **asked)
    assert "Jane" not in str(caught.value)


def test_one_name_given_as_text_is_excluded(cohort, procedure):
    panel = cohort(41, n_case=60)
    given = {"kind": "number", "models": ("elastic_net",), "folds": 2, "seed": 1, "jobs": 1}
    y = panel.values["A00"].rename("madrs")
    text, names = (
        predict_outcome(panel, y, procedure=procedure(), exclude=exclude, **given).metrics
        for exclude in ("a00", ("A00",))
    )
    pd.testing.assert_frame_equal(text, names)
    r2 = text.set_index("metric")["value"]["r2_out_of_fold"]
    assert r2 < 0.5


def test_counts_and_names_that_are_right_pass():
    check_counts(seed=(np.int64(0), 0))
    assert excluded_names((), ["IL6"]) == ()
    assert excluded_names(["il6"], ["IL6"]) == ("il6",)
