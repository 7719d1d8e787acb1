"""Contrasts of a few animals: the moderated t, cages, refusals."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.signature.mouse import contrast_of_animals
from subtyping.statistics.moderated_t import moderated_t


def animals(rng: np.random.Generator, n: int = 12, p: int = 20):
    values = pd.DataFrame(rng.normal(size=(2 * n, p)), columns=[f"Il{i + 1}" for i in range(p)])
    groups = pd.Series(["susceptible"] * n + ["control"] * n)
    return values, groups


def test_without_cages_it_is_the_moderated_t_of_two_groups(rng):
    values, groups = animals(rng)
    found = contrast_of_animals(values, groups, "susceptible", "control").table
    case = (groups == "susceptible").to_numpy(dtype=float)
    fit = moderated_t(values.to_numpy(), np.column_stack([np.ones(24), case]), [0, 1])
    np.testing.assert_allclose(found["log2_fc"], fit.coefficient[:, 0])
    np.testing.assert_allclose(found["p_value"], fit.p_value[:, 0])
    np.testing.assert_allclose(found["se"], fit.standard_error[:, 0])
    means = values.groupby(groups).mean()
    np.testing.assert_allclose(found["log2_fc"], means.loc["susceptible"] - means.loc["control"])


def test_a_cage_shift_is_adjusted_for(rng):
    values, groups = animals(rng)
    cage = pd.Series(np.tile(["a", "b", "c"], 8))
    plain = contrast_of_animals(values, groups, "susceptible", "control", cage=cage)
    shifted = values.add(cage.map({"a": 0.0, "b": 5.0, "c": -3.0}), axis=0)
    same = contrast_of_animals(shifted, groups, "susceptible", "control", cage=cage)
    assert plain.is_cage_adjusted
    np.testing.assert_allclose(plain.table["log2_fc"], same.table["log2_fc"], atol=1e-9)


def test_cages_of_one_group_cannot_be_adjusted_for(rng):
    values, groups = animals(rng)
    cage = pd.Series([f"c{i // 4}" for i in range(24)])
    found = contrast_of_animals(values, groups, "susceptible", "control", cage=cage)
    assert not found.is_cage_adjusted
    assert "Every cage holds one group only" in found.notes[0]
    assert np.isfinite(found.table["p_value"]).all()


def test_other_groups_stay_out_and_several_may_stand_on_a_side(rng):
    values, groups = animals(rng)
    groups.iloc[:4] = "treated"
    found = contrast_of_animals(values, groups, ["susceptible", "treated"], "control")
    assert found.name == "susceptible + treated vs control"
    assert found.is_case.sum() == 12
    alone = contrast_of_animals(values, groups, "susceptible", "control")
    assert len(alone.values) == 20


def test_what_was_hardly_measured_has_a_blank_row(rng):
    values, groups = animals(rng)
    values.loc[:9, "Il1"] = np.nan
    values["Il2"] = 3.0
    values["Il3"] = np.nan
    table = contrast_of_animals(values, groups, "susceptible", "control").table.set_index("analyte")
    assert table.loc[["Il1", "Il2", "Il3"], "p_value"].isna().all()
    assert table.loc[["Il1", "Il2"], "reason"].tolist() == [
        "measured in too few animals",
        "constant",
    ]
    assert table.loc["Il1", "n_case"] == 2
    assert table["p_value"].notna().sum() == 17


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"case": "susceptibel"}, "No animal has the case group .* Did you mean 'susceptible'"),
        ({"reference": "susceptible"}, "stand on both sides"),
        ({"case": "few"}, "at least 3 animals a side; 'few' has 2"),
        ({"cage": pd.Series(["a"] * 24, index=range(1, 25))}, "list the same animals"),
        ({"cage": pd.Series(["a"] * 23 + [None])}, "Some animals have no cage"),
    ],
)
def test_refusals(rng, change, match):
    values, groups = animals(rng)
    groups.iloc[:2] = "few"
    arguments = {"case": "susceptible", "reference": "control"} | change
    with pytest.raises(InputError, match=match):
        contrast_of_animals(values, groups, **arguments)
