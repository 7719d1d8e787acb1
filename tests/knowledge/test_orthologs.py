"""The ortholog table: what it covers, what it refuses, and that no name is lost."""

import pandas as pd
import pytest

from subtyping.cohorts import _catalogue, _csds
from subtyping.knowledge import MARKS, handling_markers, immune_axes
from subtyping.knowledge.orthologs import RELATIONS, orthologs, to_human, to_mouse


def test_the_table_keeps_the_rules_of_curated_tables():
    table = orthologs()
    assert list(table.columns) == [
        "human", "mouse", "relation", "is_usable", "reason", "alias", "source", "mark",
    ]  # fmt: skip
    assert set(table["relation"]) == set(RELATIONS)
    assert set(table["mark"]) <= set(MARKS)
    assert table["is_usable"].dtype == bool
    assert not table.duplicated(["human", "mouse"]).any()


def test_every_analyte_of_the_package_is_in_it():
    wanted = [*_catalogue._known()["analyte"], *handling_markers()]
    for axis in immune_axes().values():
        wanted += [*axis.analytes, *axis.correlates]
    found = to_mouse(wanted)
    assert found.loc[found["relation"] == "unknown", "given"].tolist() == []


def test_every_simulated_mouse_analyte_is_in_it():
    found = to_human(_csds._analytes().index)
    assert found.loc[found["relation"] == "unknown", "given"].tolist() == []
    assert (found["given"] == found["mouse"]).all()


def test_what_is_not_usable_says_why_and_what_has_no_partner_is_not_usable():
    table = orthologs()
    assert (table.loc[~table["is_usable"], "reason"] != "").all()
    alone = (table["human"] == "") | (table["mouse"] == "")
    assert (alone == (table["relation"] == "none")).all()
    assert not table.loc[table["relation"].isin(["none", "functional"]), "is_usable"].any()


def test_relations_are_what_the_rows_say():
    table = orthologs()
    true = table[~table["relation"].isin(["none", "functional"])]
    n_mouse = true.groupby("human")["mouse"].transform("nunique")
    n_human = true.groupby("mouse")["human"].transform("nunique")
    one = true["relation"] == "one_to_one"
    assert (n_mouse[one] == 1).all()
    assert (n_human[one] == 1).all()
    assert (n_mouse[true["relation"] == "many_to_many"] > 1).all()
    assert (n_human[true["relation"] == "one_to_many"] == 1).all()
    assert (n_mouse[true["relation"] == "many_to_one"] == 1).all()


@pytest.mark.parametrize(
    ("human", "mouse", "relation", "is_usable"),
    [
        ("IL6", ["Il6"], "one_to_one", True),
        ("CCL11", ["Ccl11"], "one_to_one", True),
        ("CXCL8", ["Cxcl1", "Cxcl2", "Cxcl5"], "functional", False),
        ("CCL13", ["Ccl2", "Ccl12"], "functional", False),
        ("CCL18", ["Ccl8"], "functional", False),
        ("CCL26", [""], "none", False),
        ("CCL8", ["Ccl8"], "one_to_one", False),
        ("CXCL11", ["Cxcl11"], "one_to_one", False),
        ("S100A12", [""], "none", False),
        ("CXCL5", ["Cxcl5"], "many_to_one", True),
        ("CXCL6", ["Cxcl5"], "many_to_one", True),
        ("CXCL2", ["Cxcl1", "Cxcl2", "Cxcl3"], "many_to_many", True),
        ("FGF19", ["Fgf15"], "one_to_one", True),
        ("IL4R", ["Il4ra"], "one_to_one", True),
        ("CRP", ["Crp"], "one_to_one", False),
        ("RETN", ["Retn"], "one_to_one", True),
    ],
)
def test_known_pairs(human, mouse, relation, is_usable):
    found = to_mouse([human])
    assert found["mouse"].tolist() == mouse
    assert set(found["relation"]) == {relation}
    assert set(found["is_usable"]) == {is_usable}


@pytest.mark.parametrize(
    ("name", "mouse", "human"),
    [
        ("Ccl11", "Ccl11", ["CCL11"]),
        ("CCL11", "Ccl11", ["CCL11"]),
        ("ccl11", "Ccl11", ["CCL11"]),
        ("KC", "Cxcl1", ["CXCL1", "CXCL2", "CXCL3"]),
        ("LIX", "Cxcl5", ["CXCL5", "CXCL6"]),
        ("CXCL6", "Cxcl5", ["CXCL5", "CXCL6"]),
        ("IL-17A", "Il17a", ["IL17A"]),
        ("TNF-α", "Tnf", ["TNF"]),
        ("Ym1", "Chil3", [""]),
        ("FIZZ1", "Retnla", [""]),
        ("Cd244", "Cd244a", ["CD244"]),
        ("Ccl12", "Ccl12", ["CCL13"]),
    ],
)
def test_mouse_names_in_every_spelling(name, mouse, human):
    found = to_human([name])
    assert found["mouse"].unique().tolist() == [mouse]
    assert found["human"].tolist() == human


@pytest.mark.parametrize("translate", [to_mouse, to_human])
def test_unknown_names_keep_their_row(translate):
    found = translate(["IL66", "IL6", "no such thing"])
    assert found["given"].tolist() == ["IL66", "IL6", "no such thing"]
    assert found["relation"].tolist() == ["unknown", "one_to_one", "unknown"]
    assert "Did you mean" in found["reason"].iloc[0]
    assert not found["is_usable"].iloc[0]


def test_no_names_give_an_empty_table():
    assert to_mouse([]).empty
    assert list(to_human([]).columns) == list(to_mouse(["IL6"]).columns)


def test_there_and_back_for_one_to_one():
    table = orthologs().query("relation == 'one_to_one'")
    back = to_human(to_mouse(table["human"])["mouse"])
    assert back["human"].tolist() == table["human"].tolist()


def test_a_caller_cannot_change_the_table():
    first = orthologs()
    first.loc[:, "human"] = "changed"
    assert "changed" not in set(orthologs()["human"])
    assert isinstance(orthologs(), pd.DataFrame)
