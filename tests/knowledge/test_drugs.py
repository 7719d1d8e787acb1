"""What the table of drug effects promises, and what it refuses to claim."""

import math
import re

import pytest

from subtyping.exceptions import InputError
from subtyping.knowledge import MARKS, resolve_analyte
from subtyping.knowledge.drugs import drug_effects, drug_table, drugs, known_drug

NUMBERS = ["log2_fc", "log2_fc_low", "log2_fc_high"]


def test_every_row_has_a_source_a_mark_and_a_direction():
    rows = drug_effects()
    assert rows["source"].str.strip().ne("").all()
    assert set(rows["mark"]) <= set(MARKS)
    assert set(rows["direction"]) == {"down", "up", "none"}
    assert set(rows["tissue"]) == {"blood", "skin", "breath"}
    assert set(rows["drug"]) <= set(drugs())


def test_numbers_have_the_sign_of_their_direction():
    rows = drug_effects()
    for column in [*NUMBERS, "log2_fc_placebo_adjusted"]:
        assert (rows.loc[rows["direction"] == "down", column].dropna() < 0).all()
        assert (rows.loc[rows["direction"] == "up", column].dropna() > 0).all()
    assert (rows["log2_fc_low"].dropna() <= rows["log2_fc_high"].dropna()).all()


def test_a_number_of_a_placebo_arm_explains_the_adjusted_one():
    rows = drug_effects().dropna(subset=["log2_fc", "log2_fc_placebo"])
    assert len(rows) == 5
    left = rows["log2_fc"] - rows["log2_fc_placebo"] - rows["log2_fc_placebo_adjusted"]
    assert left.abs().max() < 0.02


@pytest.mark.parametrize(
    ("drug", "analyte", "context", "percent"),
    [
        ("tralokinumab", "CCL17", "AD", -75),
        ("tralokinumab", "POSTN", "AD", -34),
        ("dupilumab", "ige", "COPD", -22.5),
        ("dupilumab", "CCL26", "COPD", -8.8),
        ("dupilumab", "eosinophils", "CRSwNP", -29.4),
    ],
)
def test_median_changes_are_kept_as_log2(drug, analyte, context, percent):
    rows = drug_effects(drug).query("analyte == @analyte and disease_context == @context")
    number = rows["log2_fc"].dropna().item()
    assert number == pytest.approx(math.log2(1 + percent / 100), abs=0.005)


def test_what_is_known_by_direction_only_has_no_number():
    rows = drug_effects("ustekinumab")
    assert len(rows) == 8
    assert rows[[*NUMBERS, "log2_fc_placebo_adjusted"]].isna().all(axis=None)


def test_no_row_claims_that_a_ligand_falls():
    assert not {"IL4", "IL13"} & set(drug_effects()["analyte"])


def test_the_interferon_chemokines_do_not_move_in_skin_under_dupilumab():
    skin = drug_effects("dupilumab", tissue="skin").set_index("analyte")["direction"]
    assert skin[["CXCL9", "CXCL10"]].tolist() == ["none", "none"]


def test_names_are_the_names_the_readers_use():
    routine = {"ige", "eosinophils", "feno", "ldh", "calprotectin"}
    for name in sorted(set(drug_effects()["analyte"]) - routine):
        assert resolve_analyte(name) in (name, None), name


def test_a_gap_is_a_row_without_effects():
    table = drug_table().set_index("drug")
    for name in ("secukinumab", "ixekizumab", "etanercept", "adalimumab", "infliximab"):
        assert table.loc[name, "n_analytes"] == 0
        assert table.loc[name, "gap"]
        assert drug_effects(name).empty
    assert table.loc["ustekinumab", ["n_analytes", "n_with_number"]].tolist() == [8, 0]
    assert (table["n_placebo_adjusted"] <= 2).all()


def test_target_and_class_agree_between_the_two_tables():
    effects = drug_effects()[["drug", "target", "drug_class"]].drop_duplicates()
    table = drug_table()[["drug", "target", "drug_class"]]
    assert len(effects.merge(table)) == len(effects) == effects["drug"].nunique()


@pytest.mark.parametrize("load", [drug_effects, drug_table])
def test_a_caller_cannot_change_the_cached_table(load):
    first = load()
    first.loc[:, "mark"] = "changed"
    assert "changed" not in set(load()["mark"])


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: drug_effects("dupilimab"), "No drug 'dupilimab'.* Did you mean 'dupilumab'"),
        (lambda: drug_effects(["dupilumab", "aspirin"]), "No drug 'aspirin'.* It knows dupilumab"),
        (lambda: drug_effects(tissue="bloed"), "tissue must be one of .* Did you mean 'blood'"),
    ],
)
def test_near_misses_are_suggested(call, match):
    with pytest.raises(InputError, match=match):
        call()


def test_spelling_of_a_drug_is_forgiven():
    assert known_drug(" TRALOKINUMAB ") == "tralokinumab"


def test_identifiers_look_like_identifiers():
    for doi in drug_effects()["doi"].dropna():
        assert re.fullmatch(r"10\.\d{4,}/\S+", doi)
