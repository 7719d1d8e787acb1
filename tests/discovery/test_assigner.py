"""New people from a frozen card."""

import json

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.discovery import (
    Assigner,
    DiscoverySettings,
    LabellingProcedure,
    build_card,
    decide,
    load_assigner,
    study_design,
)
from subtyping.exceptions import ModelError, PanelError


def card_of(design: str, **settings) -> dict:
    cohort = simulate_cohort(design, seed=6, n_reference=100, **settings)
    fitted = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2")).fit(cohort.panel)
    report = study_design(cohort.panel, ("MDD",), ("HC",))
    verdict = decide(fitted, cohort.panel, report, DiscoverySettings(), seed=1)
    card = build_card(fitted, verdict, reading={"format": "wide"}, provenance={"seed": 1})
    return json.loads(json.dumps(card, allow_nan=False))


@pytest.fixture(scope="module")
def card():
    return card_of("th2_subtype", n_case=200, separation=4.5)


@pytest.fixture(scope="module")
def newcomers():
    return simulate_cohort("th2_subtype", seed=77, n_case=80, n_reference=20, separation=4.5)


def test_new_people_are_assigned_as_they_truly_are(card, newcomers) -> None:
    table = Assigner(card).assign(newcomers.panel).table.set_index("sample_id")
    assert list(table.index) == list(newcomers.panel.sample_ids)
    clear = table["label"] != "unclear"
    truth = newcomers.truth.loc[table.index, "is_subtype"].astype(bool)
    assert ((table["label"] == "subtype") == truth)[clear].mean() > 0.95


def test_one_patient_alone_gets_the_bits_of_the_batch(card, newcomers) -> None:
    assigner = Assigner(card)
    batch = assigner.assign(newcomers.panel).table["probability"].to_numpy()
    alone = [assigner.assign(newcomers.panel.take([i])).table["probability"][0] for i in range(100)]
    assert (batch == np.array(alone)).all()


def test_a_verdict_that_is_not_discrete_assigns_nobody(newcomers) -> None:
    card = card_of("null", n_case=200)
    table = Assigner(card).assign(newcomers.panel).table
    assert (table["label"] == "unclear").all()
    assert table["probability"].isna().all()
    assert set(table["reason"]) <= {"none", "continuum", "underpowered"}


def test_raw_tables_with_other_spellings_and_text_values_are_read(card, newcomers) -> None:
    panel = newcomers.panel
    raw = panel.values.astype(object).rename(columns={"CCL17": "TARC", "CCL11": "Eotaxin-1"})
    below = panel.below_lod.rename(columns={"CCL17": "TARC", "CCL11": "Eotaxin-1"})
    limits = panel.lod.rename(columns={"CCL17": "TARC", "CCL11": "Eotaxin-1"})
    raw = raw.mask(below, "<" + limits.astype(str))
    for covariate in ("age", "sex", "bmi"):
        raw[covariate] = panel.samples[covariate]
    assigner = Assigner(card)
    read = assigner.read(raw.reset_index())
    first = assigner.assign(read).table["probability"]
    second = assigner.assign(panel).table["probability"]
    np.testing.assert_allclose(first, second, atol=1e-9)


def test_what_is_missing_is_said(card, newcomers) -> None:
    assigner = Assigner(card)
    without = newcomers.panel.select([a for a in newcomers.panel.values if a != "CCL17"])
    table = assigner.assign(without).table
    assert table["reason"].str.contains("4 of 5 members of the axis measured").all()
    none_left = newcomers.panel.select(
        [a for a in newcomers.panel.values if a not in assigner.members]
    )
    empty = assigner.assign(none_left).table
    assert empty["probability"].isna().all()
    assert (empty["label"] == "unclear").all()
    assert empty["reason"].str.contains("0 of 5 members").all()


def test_absent_covariates_are_said(card, newcomers) -> None:
    from dataclasses import replace

    bare = replace(newcomers.panel, samples=newcomers.panel.samples.drop(columns=["age", "bmi"]))
    table = Assigner(card).assign(bare).table
    assert table["reason"].str.contains("age, bmi not given").all()


def test_far_outside_the_derivation_range_is_said(card, newcomers) -> None:
    from dataclasses import replace

    far = newcomers.panel.values.copy()
    members = list(Assigner(card).members)
    far.loc[far.index[0], members] += 40
    table = Assigner(card).assign(replace(newcomers.panel, values=far)).table
    assert "outside the range" in table["reason"][0]


def test_another_platform_is_refused(card, newcomers) -> None:
    from dataclasses import replace

    name = "Olink Target 96"
    preparation = {**card["preparation"], "platform": name}
    elsewhere = {**card, "platform": name, "preparation": preparation}
    reading = replace(newcomers.panel.reading, platform="Luminex")
    with pytest.raises(ModelError, match="made on Olink Target 96, the panel comes from"):
        Assigner(elsewhere).assign(replace(newcomers.panel, reading=reading))


def test_cards_are_found_in_run_and_model_folders(card, tmp_path) -> None:
    (tmp_path / "model").mkdir()
    path = tmp_path / "model" / "card.json"
    path.write_text(json.dumps(card))
    for place in (tmp_path, tmp_path / "model", path):
        assert load_assigner(place).unit == "NPX"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not a readable model card"),
        ("[1]", "expected a JSON object"),
        ('{"schema": "other/9"}', "schema 'other/9'"),
    ],
)
def test_broken_cards_are_explained(tmp_path, content, words) -> None:
    (tmp_path / "card.json").write_text(content)
    with pytest.raises(ModelError, match=words):
        load_assigner(tmp_path)


def test_no_card_and_repeated_ids_are_explained(card, tmp_path) -> None:
    with pytest.raises(ModelError, match="No model card in"):
        load_assigner(tmp_path)
    raw = pd.DataFrame({"sample_id": ["a", "a"], "CCL17": [1.0, 2.0]})
    with pytest.raises(PanelError, match="'a' occurs more than once"):
        Assigner(card).read(raw)


def without(card: dict, *path: str) -> dict:
    """Return a copy of a card without one of its entries."""
    copy = json.loads(json.dumps(card))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return copy


@pytest.mark.parametrize(
    "path",
    [
        ("unit",),
        ("reading",),
        ("preparation",),
        ("axis", "members"),
        ("mixture", "sds"),
        ("verdict", "kind"),
        ("derivation", "value_min"),
        ("quantity",),
    ],
)
def test_a_card_that_lacks_something_is_damaged(card, path) -> None:
    with pytest.raises(ModelError, match=f"card is damaged .'{path[-1]}' is missing"):
        Assigner(without(card, *path))


def test_a_card_of_unequal_parts_is_damaged(card) -> None:
    short = {**card, "preparation": {**card["preparation"], "floor": [1.0, 2.0]}}
    with pytest.raises(
        ModelError, match=r"preparation\.floor should hold [0-9]+ entries; it holds 2"
    ):
        Assigner(short)
    with pytest.raises(ModelError, match=r"each entry of mixture\.sds should be above 0; got 0\.0"):
        Assigner({**card, "mixture": {**card["mixture"], "sds": [0.0, 1.0]}})
    with pytest.raises(ModelError, match="card is damaged"):
        Assigner({**card, "axis": None})


def test_too_few_members_or_level_analytes_leave_a_person_unclear(card, newcomers) -> None:
    assigner = Assigner(card)
    names = list(newcomers.panel.values)
    two_of_five = [n for n in names if n not in assigner.members[2:]]
    table = assigner.assign(newcomers.panel.select(two_of_five)).table
    assert (table["label"] == "unclear").all()
    assert table["probability"].isna().all()
    assert table["reason"].str.contains("2 of 5 members of the axis measured, too few").all()
    table = assigner.assign(newcomers.panel.select(list(assigner.members))).table
    assert (table["label"] == "unclear").all()
    assert table["reason"].str.contains("analytes of the level measured, too few").all()
