"""What a signature cannot be made of is said in one sentence, before the first computation."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort, write_cohort
from subtyping.exceptions import InputError
from subtyping.signature.mouse import contrast_of_animals, mouse_concordance
from subtyping.study.cohort import load_cohort
from subtyping.study.mice import read_mice
from subtyping.study.plan import make_plan
from subtyping.study.signature_spec import ContrastSpec, MouseSpec
from subtyping.study.spec import spec_from

EFFECTS = pd.DataFrame({"analyte": ["Il4", "Il6", "Tnf"], "log2_fc": [0.5, -0.2, 0.1], "se": 0.2})
ROLES = {"sample": "sample_id", "group": "group", "batch": "cage"}


def planned(signature):
    people = {"n_case": 12, "n_reference": 12, "n_ad": 8, "n_psoriasis": 8, "n_analytes": 24}
    spec = spec_from(
        {
            "seed": 3,
            "cohort": {"simulate": {"design": "index_study", **people}},
            "signature": signature,
            "discovery": {"axis": "Th2"},
        }
    )
    return make_plan(spec, load_cohort(spec))


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ({"contrasts": {"MDD vs HC": {"case": ["AD"], "reference": ["HC"]}}}, "another name"),
        ({"contrasts": {"AD vs HC": {"case": ["AD"], "reference": ["HC"]}}}, "another name"),
        ({"contrasts": {" ": {"case": ["AD"], "reference": ["HC"]}}}, "has no name"),
        ({"contrasts": {"x": {"case": ["AD", "ADD"], "reference": ["HC"]}}}, "mean 'AD'"),
        ({"reversal": {"observed": {"": {"before": ["AD"], "after": ["HC"]}}}}, "has no name"),
        ({"reversal": {"drugs": ["Dupilumab", "dupilumab"]}}, "are one drug"),
        ({"mouse": {"simulate": {"seed": 3}}}, "seed cannot be set"),
        ({"mouse": {"simulate": {"design": "csds"}}}, "design cannot be set"),
        ({"mouse": {"simulate": {}, "unit": "NPX"}}, "unit would not be used beside `simulate`"),
        ({"mouse": {"table": "t.csv", "case": ["a"]}}, "case would not be used beside `table`"),
        ({"mouse": {"simulate": {}, "case": ["control"]}}, "is a case and a reference group"),
        ({"mouse": {"simulate": {}, "case": ["stressed"]}}, "signature.mouse: No animal has"),
    ],
)
def test_a_signature_that_cannot_be_meant_is_refused(signature, message) -> None:
    with pytest.raises(InputError, match=message):
        planned(signature)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (EFFECTS.drop(columns="se"), "it needs one of the columns se, t, p_value"),
        (EFFECTS.rename(columns={"log2_fc": "logFC"}), "Did you mean 'logFC'"),
        (EFFECTS.assign(log2_fc=["0,5", "1", "2"]), "'0,5', which is no number"),
        (EFFECTS.assign(log2_fc=["inf", "1", "2"]), "no possible value"),
        (EFFECTS.assign(se=-0.2), "se of 'Il4' is '-0.2', which is no possible value"),
        (EFFECTS.assign(se=0), "no possible value"),
        (EFFECTS.assign(p_value=2), "p_value of 'Il4'"),
        (EFFECTS.assign(q_value="<0.05"), "q_value of 'Il4' is '<0.05'"),
        (EFFECTS.assign(ci_low=1, ci_high=2), "lies outside ci_low to ci_high"),
        (EFFECTS.assign(analyte=["", "Il6", "Tnf"]), "1 row without an analyte"),
        (EFFECTS.assign(analyte="Il6"), "'Il6' stands there more than once"),
        (EFFECTS.assign(contrast=["a", "b", "b"]), "it holds the contrasts 'a', 'b'"),
        (pd.concat([EFFECTS, EFFECTS[["se"]]], axis=1), "the column 'se' stands there twice"),
    ],
)
def test_a_table_of_mice_with_a_fault_is_refused(tmp_path, table, message) -> None:
    table.to_csv(tmp_path / "mice.csv", index=False)
    with pytest.raises(InputError, match=f"signature.mouse.table: .*{message}"):
        read_mice(MouseSpec(table="mice.csv"), tmp_path, 1)


def test_a_blank_cell_of_a_table_of_mice_stays_blank(tmp_path) -> None:
    EFFECTS.assign(log2_fc=["0.5", "", "NA"]).to_csv(tmp_path / "mice.csv", index=False)
    table, _ = read_mice(MouseSpec(table="mice.csv"), tmp_path, 1)
    assert table["log2_fc"].isna().tolist() == [False, True, True]


def animals(folder, change):
    write_cohort(simulate_cohort("csds", seed=1, n_control=6, n_susceptible=6), folder)
    samples = change(pd.read_csv(folder / "samples.csv", dtype=str))
    samples.to_csv(folder / "samples.csv", index=False)
    asked = MouseSpec(
        panel="panel.csv", samples="samples.csv", unit="pg/mL", columns=ROLES, draws=99
    )
    return read_mice(asked, folder, 1)[0]


def test_animals_left_out_are_counted(tmp_path) -> None:
    found = animals(tmp_path, lambda samples: samples.iloc[1:])
    assert "1 animal without a group not used." in found.notes
    human = pd.DataFrame({"analyte": ["IL6"], "log2_fc": [1.0], "se": [0.1]})
    assert set(found.notes) <= set(mouse_concordance(human, found).notes)


def test_animals_without_a_group_are_counted(tmp_path) -> None:
    found = animals(
        tmp_path, lambda samples: samples.assign(group=["", *samples["group"].iloc[1:]])
    )
    assert any(note == "1 animal without a group not used." for note in found.notes)


def test_a_cage_for_each_animal_hides_nothing() -> None:
    values = pd.DataFrame(np.random.default_rng(1).normal(size=(8, 9))).rename(columns=str)
    groups = pd.Series(["a", "b"] * 4)
    cages = pd.Series([f"cage {i}" for i in range(8)])
    found = contrast_of_animals(values, groups, "a", "b", cage=cages)
    assert found.notes == ("Every animal has a cage of its own, so cages are not adjusted for.",)


def test_a_whole_number_is_the_same_group_however_it_is_written() -> None:
    side = ContrastSpec(case=[2.0], reference={"visit": [1, "0"]})
    assert side.sides == (["2"], {"visit": ["1", "0"]})
