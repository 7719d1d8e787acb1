"""The social defeat design: who is what, what was planted, and that it reads back."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import DESIGNS, simulate_cohort, write_cohort
from subtyping.exceptions import InputError
from subtyping.knowledge import immune_axes
from subtyping.knowledge.orthologs import to_human
from subtyping.panel import read_panel

MANY = {"n_control": 400, "n_susceptible": 400, "n_resilient": 400, "n_treated": 400}
TH2 = ["CCL11", "CCL17", "CCL22"]


def shift(cohort, group: str) -> float:
    """Return the mean difference from control on three Th2 chemokines, log2."""
    log2 = np.log2(cohort.panel.values[TH2])
    means = log2.mean(axis=1).groupby(cohort.panel.samples["group"]).mean()
    return float(means[group] - means["control"])


def test_groups_and_roles():
    cohort = simulate_cohort("csds", seed=1, n_susceptible=16)
    assert cohort.truth["group"].value_counts().to_dict() == {
        "susceptible": 16,
        "control": 14,
        "treated": 14,
        "resilient": 12,
    }
    assert cohort.groups == {
        "case": ["susceptible"],
        "reference": ["control"],
        "comparison": ["resilient", "treated"],
    }
    assert cohort.panel.unit == "pg/mL"
    assert set(cohort.settings) == set(DESIGNS["csds"].defaults)
    assert "Cxcl11, which C57BL/6 mice do not make" in cohort.sentence


def test_a_group_of_none_is_no_comparison():
    cohort = simulate_cohort("csds", n_resilient=0, n_treated=0)
    assert cohort.groups["comparison"] == []


def test_the_files_carry_mouse_names_and_read_back(tmp_path):
    cohort = simulate_cohort("csds", seed=3)
    panel_file, samples_file, truth_file = write_cohort(cohort, tmp_path)
    header = panel_file.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[:3] == ["sample_id", "Ccl11", "Ccl24"]
    assert "Retnla" in header
    assert not {"Cxcl11", "Cxcl8", "Ccl13", "Ccl26"} & set(header)
    samples = pd.read_csv(samples_file)
    assert samples.columns.tolist() == [
        "sample_id", "animal_id", "group", "cage", "social_interaction_ratio", "body_weight_g",
    ]  # fmt: skip
    assert "th2_shift" in pd.read_csv(truth_file)
    read = read_panel(panel_file, samples=samples_file, unit="pg/mL", columns=cohort.columns)
    assert read.values.columns.tolist() == cohort.panel.values.columns.tolist()
    for name in ("values", "below_lod", "lod"):
        np.testing.assert_array_equal(getattr(read, name), getattr(cohort.panel, name))


def test_numbers_below_detection_come_with_limits_under_mouse_names(tmp_path):
    cohort = simulate_cohort("csds", below_lod="number")
    write_cohort(cohort, tmp_path)
    limits = pd.read_csv(tmp_path / "limits.csv", index_col="analyte")["lod"]
    assert limits["Il4"] == 0.7
    written = pd.read_csv(tmp_path / "panel.csv", index_col="sample_id")
    assert (written < limits).to_numpy().tolist() == cohort.panel.below_lod.to_numpy().tolist()


def test_same_seed_same_animals():
    first, again = (simulate_cohort("csds", seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.panel.values, again.panel.values)
    other = simulate_cohort("csds", seed=5)
    assert not first.panel.values.equals(other.panel.values)


def test_more_animals_leave_the_first_ones_as_they_were():
    few = simulate_cohort("csds", seed=2, n_susceptible=10)
    many = simulate_cohort("csds", seed=2, n_susceptible=20)
    first = few.truth[few.truth["group"] == "susceptible"].reset_index(drop=True)
    same = many.truth[many.truth["group"] == "susceptible"].head(10).reset_index(drop=True)
    pd.testing.assert_frame_equal(first, same)


def test_the_planted_shift_and_its_reversal():
    cohort = simulate_cohort("csds", seed=1, **MANY)
    planted = cohort.truth.groupby("group")["th2_shift"].mean()
    assert planted.to_dict() == pytest.approx(
        {"control": 0.0, "susceptible": 1.5, "resilient": 0.45, "treated": 0.75}
    )
    # mean loading times SD of the three chemokines: .7 x (.55 + .70 + .60) / 3 = .43 log2 per SD
    assert shift(cohort, "susceptible") == pytest.approx(1.5 * 0.43, abs=0.12)
    assert shift(cohort, "treated") == pytest.approx(0.75 * 0.43, abs=0.12)


def test_a_drug_that_does_nothing():
    cohort = simulate_cohort("csds", seed=1, reversal=0, **MANY)
    assert shift(cohort, "treated") == pytest.approx(shift(cohort, "susceptible"), abs=0.15)
    ratio = cohort.panel.samples.groupby("group")["social_interaction_ratio"].mean()
    assert ratio["treated"] == pytest.approx(ratio["susceptible"], abs=0.05)


def test_an_unselected_treated_group_looks_better_without_any_effect():
    cohort = simulate_cohort("csds", seed=1, reversal=0, susceptible_frac=0.5, **MANY)
    treated = cohort.truth["group"] == "treated"
    assert cohort.truth.loc[treated, "is_susceptible"].mean() == pytest.approx(0.5, abs=0.07)
    ratio = cohort.panel.samples.groupby("group")["social_interaction_ratio"].mean()
    assert ratio["treated"] > ratio["susceptible"] + 0.15
    assert shift(cohort, "treated") < shift(cohort, "susceptible")


def test_susceptibility_is_an_interaction_ratio_below_one():
    samples = simulate_cohort("csds", seed=1, **MANY).panel.samples
    ratio = samples["social_interaction_ratio"].groupby(samples["group"])
    assert ratio.max()["susceptible"] < 1 <= ratio.min()["resilient"]
    assert (samples["social_interaction_ratio"] > 0).all()


def test_every_cage_block_holds_every_group():
    samples = simulate_cohort("csds", seed=1).panel.samples
    counts = pd.crosstab(samples["batch"], samples["group"])
    assert counts.shape == (4, 4)
    assert (counts.max() - counts.min()).max() <= 1


def test_changing_the_drug_changes_only_the_treated():
    plain, none = (simulate_cohort("csds", seed=6, reversal=r) for r in (0.5, 0.0))
    rest = (plain.truth["group"] != "treated").to_numpy()
    pd.testing.assert_frame_equal(plain.panel.values[rest], none.panel.values[rest])
    assert not plain.panel.values[~rest].equals(none.panel.values[~rest])


def test_the_th2_axis_can_be_scored_on_it():
    panel = simulate_cohort("csds", seed=1).panel
    members = set(immune_axes()["Th2"].analytes)
    assert {"CCL11", "CCL17", "CCL22", "IL4", "IL5", "IL13"} <= members & set(panel.values)
    names = to_human(panel.analytes["name_in_file"])
    assert (names["relation"] != "unknown").all()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"n_case": 3}, "Design csds has no setting 'n_case'"),
        ({"reversal": 1.2}, "reversal .* must be a number from 0 to 1; got 1.2"),
        ({"n_susceptible": 2}, "n_susceptible .* from 4 to 1000; got 2"),
        ({"n_susceptibel": 9}, "Did you mean 'n_susceptible'"),
    ],
)
def test_bad_settings(settings, match):
    with pytest.raises(InputError, match=match):
        simulate_cohort("csds", **settings)
