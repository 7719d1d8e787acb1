"""Groups, zero crossings, dependence, one sample: laws and values by hand."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction.attribution import attribute
from subtyping.prediction.explain import (
    FoldExplanation,
    attribution_samples,
    attribution_tables,
    correlated_groups,
    dependence,
    explain_sample,
    rank_attributions,
    rank_limits,
    sum_attributions,
    zero_crossing,
    zero_crossings,
)
from subtyping.prediction.prediction import predict_membership


def attributed(values, data, *, model="elastic_net", axis_of=None):
    fold = FoldExplanation(data, values, 0.25, None, 9, 90, ("a",))
    return attribute([fold], axis_of=axis_of or {}, model=model)


@pytest.fixture
def made(rng):
    z = rng.normal(size=(60, 4))
    z[:, 2] = -z[:, 0] + 0.05 * rng.normal(size=60)
    data = pd.DataFrame(z, columns=list("abcd"), index=[f"s{i:02d}" for i in range(60)])
    return attributed(z * [1.0, 0.5, 0.8, 0.0], data, axis_of={"a": "Th2", "b": "Th2"})


def test_groups_and_axes_are_the_sums_of_their_members(made):
    by_name = dict(zip(made.data.columns, made.values.T, strict=True))
    for table, key in ((made.by_axis, "axis"), (made.by_group, "group")):
        for line in table.itertuples():
            members = (
                [n for n, t in made.table[["analyte", "axis"]].to_numpy() if t == line.axis]
                if key == "axis"
                else line.analytes.split(", ")
            )
            assert len(members) == line.n_analytes
            together = sum(by_name[name] for name in members)
            assert line.mean_abs == pytest.approx(np.abs(together).mean(), rel=1e-12)
    sums = sum_attributions(made.values, ["x", "y", "x", "y"])[1]
    assert sums.sum(axis=1) == pytest.approx(made.values.sum(axis=1))


def test_correlated_analytes_share_a_group_named_by_its_largest(made):
    assert made.by_group["group"].tolist()[:2] == ["b", "a"]  # a and c nearly cancel: .2 |z|
    line = made.by_group.set_index("group").loc["a"]
    assert line["analytes"] == "a, c"
    assert line["smallest_abs_r"] > 0.95
    assert np.isnan(made.by_group.set_index("group").loc["b", "smallest_abs_r"])


def test_every_pair_of_a_group_reaches_the_cut(rng):
    factor = rng.normal(size=(80, 3))
    data = pd.DataFrame(np.repeat(factor, 5, axis=1) + 0.6 * rng.normal(size=(80, 15)))
    r = data.corr(method="spearman").abs().to_numpy()
    for cut in (0.5, 0.7, 0.9):
        found = correlated_groups(data, cut=cut)
        of = np.array(found.group_of)
        for k in range(of.max() + 1):
            block = r[np.ix_(of == k, of == k)]
            assert block.min() >= cut - 1e-9
            if len(block) > 1:
                assert found.smallest_abs_r[k] == pytest.approx(block.min())
    assert len(set(correlated_groups(data, cut=1.0).group_of)) == 15


def test_missing_and_constant_analytes_group_with_what_they_share():
    x = np.arange(10.0)
    holed = np.where(x < 5, np.nan, x)
    data = pd.DataFrame({"a": x, "b": np.ones(10), "c": holed, "d": np.full(10, np.nan)})
    assert correlated_groups(data).group_of == (0, 1, 0, 2)
    assert correlated_groups(data[["a"]]).group_of == (0,)
    assert correlated_groups(data[[]]).group_of == ()


@pytest.mark.parametrize("cut", [0.0, -0.2, 1.1, float("nan")])
def test_a_cut_outside_its_range_is_refused(cut):
    with pytest.raises(InputError, match=r"cut on \|r\| must lie above 0"):
        correlated_groups(pd.DataFrame({"a": [1.0, 2.0]}), cut=cut)


@pytest.mark.parametrize(
    ("values", "phi", "expected"),
    [
        ([1, 2, 3, 4], [-1, -1, 1, 1], [2.5]),
        ([4, 3, 2, 1], [-1, -1, 1, 1], [2.5]),  # falling; the order of rows is nothing
        ([1, 2, 3, 4], [1, 1, 1, 1], []),
        ([1, 2, 3, 4], [0, 0, 0, 0], []),
        ([2, 2, 2], [-1, 1, 1], []),  # one value cannot be cut
        ([1, 2, 2, 3], [-3, -1, 2, 3], [1.5]),  # at 2 the mean attribution is positive
        ([1, 2, 3, 4, 5], [-1, -1, 0, 1, 1], [3.0]),  # nothing attributed in between
        ([1, 2, np.nan, 4], [-1, -1, 5, 1], [3.0]),
        ([1, 2, 3, 4, 5, 6], [-1, -1, 2, 2, -1, -1], [2.5, 4.5]),
        ([1, 2, 3, 4, 5, 6], [-9, 0.01, -9, 9, 9, 9], [3.5]),  # a flicker is no turn
        ([], [], []),
    ],
)
def test_zero_crossings_by_hand(values, phi, expected):
    found = zero_crossings(np.array(values, dtype=float), np.array(phi, dtype=float))
    assert found.tolist() == expected


def test_the_crossing_moves_with_the_unit_and_not_with_the_size_of_attributions(rng):
    x = rng.normal(size=200)
    phi = np.where(x > 0.4, 1.5, -0.7) + 0.4 * rng.normal(size=200)
    drawn = [(x[rows], phi[rows]) for rows in rng.integers(0, 200, size=(30, 200))]
    one = zero_crossing(x, phi, refits=drawn)
    again = zero_crossing(x, 100 * phi, refits=[(a, 100 * b) for a, b in drawn])
    shifted = zero_crossing(7 + 2 * x, phi, refits=[(7 + 2 * a, b) for a, b in drawn])
    turned = zero_crossing(-x, phi, refits=[(-a, b) for a, b in drawn])
    assert again == one
    assert (shifted.value, shifted.ci_low) == pytest.approx((7 + 2 * one.value, 7 + 2 * one.ci_low))
    assert (turned.value, turned.direction) == (pytest.approx(-one.value), -1)
    assert (turned.ci_low, turned.ci_high) == pytest.approx((-one.ci_high, -one.ci_low))
    assert one.value in zero_crossings(x, phi)
    assert one.ci_low <= one.value <= one.ci_high
    assert (one.direction, one.found_frac) == (1, 1.0)


def test_a_linear_model_crosses_at_the_mean_of_its_background(rng):
    x = rng.normal(size=400)
    background = x[:100].mean()
    found = zero_crossing(x, 0.8 * (x - background))
    spacing = np.diff(np.sort(x)[np.abs(np.sort(x) - background) < 0.2]).max()
    assert abs(found.value - background) <= spacing
    assert np.isnan([found.ci_low, found.ci_high, found.found_frac]).all()


def step_at(turn):
    x = np.arange(20.0)
    return x, np.where(x > turn, 1.0, -1.0)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([9.5, 7.5, 12.5], (7.5, 12.5, 1.0)),
        ([12.5, 13.5], (9.5, 13.5, 1.0)),  # widened to hold the crossing itself
        ([8.5, 10.5, 9.5, 11.5, None], (8.5, 11.5, 0.8)),
        ([8.5, 10.5, 9.5, None], (np.nan, np.nan, 0.75)),  # too few have one
        ([], (np.nan, np.nan, np.nan)),
    ],
)
def test_the_interval_is_of_refits_with_such_a_crossing(turns, expected):
    none = (np.empty(0), np.empty(0))
    falling = (step_at(4)[0], -step_at(4)[1])
    for absent in (none, falling, (np.arange(3.0), np.zeros(3))):
        refits = [absent if turn is None else step_at(turn) for turn in turns]
        found = zero_crossing(*step_at(9.5), refits=refits)
        assert (found.value, found.direction) == (9.5, 1)
        assert [found.ci_low, found.ci_high, found.found_frac] == pytest.approx(
            expected, nan_ok=True
        )


def test_vectors_must_match():
    with pytest.raises(InputError, match=r"equal length; got shapes \(3,\) and \(2,\)"):
        zero_crossings(np.zeros(3), np.zeros(2))
    with pytest.raises(InputError, match=r"equal length; got shapes \(3,\) and \(2,\)"):
        zero_crossing(np.zeros(3), np.zeros(2))


def test_dependence_takes_other_units_and_names_what_is_absent(made):
    found = dependence(made, "a")
    assert found.table["value"].is_monotonic_increasing
    stored = made.crossings.set_index("analyte").loc["a"]
    assert found.crossing.value == stored["crossing_z"]
    assert np.isnan([found.crossing.ci_low, stored["crossing_z_ci_low"]]).all()
    in_units = dependence(made, "a", values=2 ** made.data["a"] * 100, unit="pg/mL")
    assert in_units.unit == "pg/mL"
    below, above = (
        in_units.table.loc[side, "attribution"].sum()
        for side in (
            in_units.table["value"] < in_units.crossing.value,
            in_units.table["value"] > in_units.crossing.value,
        )
    )
    assert below < 0 < above
    assert "neither way against the background" in in_units.sentence
    with pytest.raises(InputError, match=r"'aa' is not among the 4 analytes explained"):
        dependence(made, "aa")
    with pytest.raises(InputError, match="values must hold every explained sample; 59 samples"):
        dependence(made, "a", values=made.data["a"].iloc[:1])
    assert "do not change sign" in dependence(made, "d").sentence


def test_rows_of_a_sample_add_up_and_nobody_is_lost(made):
    folds = pd.DataFrame({"sample_id": made.data.index, "fold": 0})
    table = attribution_samples(made, folds)
    assert set(table["sample_id"]) == set(made.data.index)
    assert "d" not in set(table["analyte"])  # contributes nothing
    total = table.groupby("sample_id")["attribution"].sum() + 0.25
    assert total.to_numpy() == pytest.approx(made.values.sum(axis=1) + made.baseline)
    nothing = attributed(np.zeros((3, 2)), made.data.iloc[:3, :2])
    kept = attribution_samples(nothing, folds)
    assert kept["sample_id"].tolist() == list(made.data.index[:3])


def test_one_sample_is_told_upwards_downwards_and_by_construction():
    rows = pd.DataFrame(
        {
            "sample_id": "p7",
            "analyte": ["a", "b", "c"],
            "value_z": [2.0, np.nan, -1.0],
            "attribution": [0.2, -0.1, 0.3],
            "base_value": 0.25,
            "model": "random_forest",
            "fold": 1,
        }
    )
    found = explain_sample(rows, axis_of={"a": "Th2"}, members=["a"])
    assert (found.scale, found.fold) == ("probability", 1)
    assert found.predicted == found.probability == pytest.approx(0.65)
    assert found.table["analyte"].tolist() == ["c", "a", "b"]
    assert found.table["axis"].tolist() == ["no axis", "Th2", "no axis"]
    assert (
        "c (z -1.0) and a (z 2.0) pushed the probability of p7 up from 25% to 65%, b (not kept)"
        in (found.sentence)
    )
    assert "not what causes" in found.sentence
    assert "by construction" in found.sentence
    still = explain_sample(rows.assign(attribution=0.0))
    assert "Nothing pushed the probability of p7 away from 25%" in still.sentence


def test_nothing_explained_has_no_tables():
    class Bare:
        attribution = None

    assert attribution_tables(Bare()) == {}


def test_the_permuted_baseline_is_flat(cohort, procedure):
    """With labels permuted no analyte stands out, and those of the labels no more than others."""
    real, permuted = [], []
    for seed in range(3):
        found = predict_membership(
            procedure(), cohort(seed, n_case=120), axis_of={}, folds=3, seed=seed, jobs=1,
            models=("gradient_boosting",), resamples=0,
        )  # fmt: skip
        table = found.attribution.table.set_index("analyte").sort_index()
        real.append(table["mean_abs"].to_numpy())
        permuted.append(table["permuted_mean_abs"].to_numpy())
        is_member = table["is_label_member"].to_numpy()
    real, permuted = np.mean(real, axis=0), np.mean(permuted, axis=0)
    assert real[is_member].min() > 5 * real[~is_member].max()
    assert permuted.max() < 2.5 * permuted.min()
    ratio = permuted[is_member].mean() / permuted[~is_member].mean()
    assert 0.6 < ratio < 1.6


def test_tables_of_a_run_add_up_to_the_out_of_fold_probability(cohort, procedure):
    found = predict_membership(
        procedure(), cohort(5), axis_of={"CCL17": "Th2"}, folds=3, seed=1, jobs=1,
        models=("random_forest",), explain="random_forest", resamples=20,
    )  # fmt: skip
    tables = attribution_tables(found)
    assert tables["attribution"] is found.attribution.table
    samples = tables["attribution_samples"]
    told = found.out_of_fold.set_index("sample_id")
    assert set(samples["sample_id"]) == set(told.index)
    for sample, rows in samples.groupby("sample_id"):
        one = explain_sample(rows)
        assert one.probability == pytest.approx(
            told.loc[sample, "random_forest_probability"], abs=1e-6
        )
        assert one.fold == told.loc[sample, "fold"]


def test_ranks_without_refits_have_no_interval():
    table = rank_attributions(np.eye(2), np.zeros((0, 2)))
    assert table["rank"].tolist() == [1.5, 1.5]
    assert table[["rank_ci_low", "permuted_mean_abs"]].isna().all(axis=None)
    assert np.isnan(rank_limits(np.array([1.5, 1.5]), np.zeros((0, 2)))).all()
