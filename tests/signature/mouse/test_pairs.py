"""Pairs: standard errors from what is there, families averaged and used once, no row lost."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.signature.mouse.effects import effects_of
from subtyping.signature.mouse.pairs import paired_effects


def made(side: str, **effects: float) -> pd.DataFrame:
    table = pd.DataFrame({"analyte": list(effects), "log2_fc": list(effects.values()), "se": 0.2})
    return effects_of(table, None, side)[0]


@pytest.mark.parametrize(
    ("columns", "se"),
    [
        ({"se": 0.25}, 0.25),
        ({"t": -4.0}, 0.25),
        ({"ci_low": 0.51, "ci_high": 1.49}, 0.98 / (2 * 1.959964)),
        ({"p_value": 0.045500264}, 0.5),  # z of 2
        ({}, np.nan),
        ({"t": 0.0}, np.nan),
    ],
)
def test_a_standard_error_comes_from_what_is_there(columns, se):
    table = pd.DataFrame({"analyte": ["Il6"], "log2_fc": [1.0], **columns})
    found = effects_of(table, None, "mouse")[0]
    np.testing.assert_allclose(found["se"], [se], rtol=1e-6)


def test_a_contrast_must_be_told_where_there_are_several():
    table = pd.DataFrame({"analyte": ["A", "A"], "contrast": ["x vs y", "z vs y"], "log2_fc": 1.0})
    with pytest.raises(InputError, match="holds 'x vs y', 'z vs y'; name one contrast"):
        effects_of(table, None, "human")
    with pytest.raises(InputError, match="no contrast 'x vs z'"):
        effects_of(table, "x vs z", "human")
    assert effects_of(table, "z vs y", "human")[1] == "z vs y"
    with pytest.raises(InputError, match="mouse table lacks 'log2_fc'"):
        effects_of(table[["analyte"]], None, "mouse")


def test_many_to_many_is_averaged_and_used_once():
    human = made("human", CXCL1=1.0, CXCL3=3.0, IL6=1.0)
    mouse = made("mouse", Cxcl1=2.0, Cxcl2=-1.0, Il6=1.0)
    table, members = paired_effects(human, mouse)
    used = table[table["is_used"]].set_index("human")
    assert used.index.tolist() == ["CXCL1+CXCL3", "IL6"]
    assert used.loc["CXCL1+CXCL3", "human_log2_fc"] == 2.0  # (1 + 3) / 2
    assert used.loc["CXCL1+CXCL3", "mouse_log2_fc"] == 0.5  # (2 - 1) / 2
    assert used.loc["CXCL1+CXCL3", "human_se"] == pytest.approx(0.2)
    assert members == [[0, 1], [2]]


def test_the_reader_s_spelling_of_mouse_names_is_the_same():
    human = made("human", CCL11=1.0, IL4R=0.5)
    first = paired_effects(human, made("mouse", Ccl11=1.0, Il4ra=2.0))[0]
    second = paired_effects(human, made("mouse", CCL11=1.0, IL4RA=2.0))[0]
    pd.testing.assert_frame_equal(first, second)
    assert first["is_used"].all()


def test_every_analyte_of_both_sides_keeps_a_row():
    human = made("human", IL6=1.0, CXCL8=1.0, CCL26=1.0, XYZ9=1.0, IL10=1.0, IL4=np.nan)
    mouse = made("mouse", Il6=1.0, Retnla=1.0, Foo=2.0, Il4=1.0, Ccl5=1.0, Il2=np.nan)
    table, _ = paired_effects(human, mouse)
    told = table.set_index("pair")["reason"]
    assert told["IL6"] == ""
    assert told["CXCL8"].startswith("no mouse ortholog")
    assert told["CCL26"].startswith("the mouse copy is a pseudogene")
    assert told["XYZ9"].startswith("not in the ortholog table")
    assert told["IL10"] == "Il10 not measured in the mouse"
    assert told["IL4"] == "no fold change in people"
    assert told["Retnla"].startswith("resistin-like alpha")
    assert told["Foo"].startswith("not in the ortholog table")
    assert told["Ccl5"] == "CCL5 not measured in people"
    assert told["Il2"] == "no fold change in the mouse"
    assert told["Il4"] == "IL4 without a fold change in people, or left out"
    assert table["is_used"].sum() == 1
    assert table.loc[~table["is_used"], "agrees"].isna().all()


def test_what_the_table_refuses_can_be_used_where_it_is_one_to_one():
    human, mouse = made("human", CXCL11=1.0, CXCL8=1.0), made("mouse", Cxcl11=1.0, Cxcl1=1.0)
    assert not paired_effects(human, mouse)[0]["is_used"].any()
    table, _ = paired_effects(human, mouse, also_use=["CXCL11", "CXCL8"])
    assert table.loc[table["is_used"], "pair"].tolist() == ["CXCL11"]


def test_analytes_can_be_left_out():
    human, mouse = made("human", SIRT2=1.0, IL6=1.0), made("mouse", Sirt2=1.0, Il6=1.0)
    table, _ = paired_effects(human, mouse, leave_out=["SIRT2"])
    assert table.loc[table["is_used"], "pair"].tolist() == ["IL6"]
    assert "left out as asked" in set(table["reason"])


def test_nothing_measured_gives_no_pairs():
    table, members = paired_effects(made("human", IL6=1.0), made("mouse", Il10=1.0))
    assert members == []
    assert len(table) == 2
