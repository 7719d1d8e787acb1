"""From the raw panel to the matrix."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError, ModelError
from subtyping.knowledge import handling_markers
from subtyping.panel import panel_from_frame
from subtyping.preparation import Preparation, handling_report


@pytest.fixture(scope="module")
def panel():
    return simulate_cohort("th2_subtype", seed=5, n_case=80, n_reference=60).panel


@pytest.fixture(scope="module")
def fitted(panel):
    return Preparation(["MDD"], ["HC"]).fit(panel)


def small_panel(rng: np.random.Generator, unit: str = "NPX", n: int = 60, p: int = 12):
    ids = [f"s{i}" for i in range(n)]
    log2 = rng.normal(4, 1, (n, p))
    values = pd.DataFrame(log2 if unit != "pg/mL" else 2.0**log2, index=ids)
    values.columns = [f"PROT{j}" for j in range(p)]
    group = pd.DataFrame({"group": np.where(np.arange(n) < n // 2, "MDD", "HC")}, index=ids)
    return panel_from_frame(values, group, unit=unit)


def test_the_matrix_is_complete_and_on_the_reference_scale(panel, fitted) -> None:
    z = fitted.transform(panel).z
    assert np.isfinite(z.to_numpy()).all()
    healthy = z[panel.in_groups(["HC"])]
    np.testing.assert_allclose(healthy.mean(), 0, atol=1e-9)
    np.testing.assert_allclose(healthy.std(), 1, atol=1e-9)


def test_undetected_analytes_are_dropped_and_named(fitted) -> None:
    dropped = fitted.detection_[~fitted.detection_["is_kept"]]
    assert {"IL4", "IL5", "IL13"} <= set(dropped["analyte"])
    assert dropped["reason"].str.contains("detected in fewer than 50%").all()


def test_one_person_alone_gets_the_same_bits_as_in_a_batch(panel, fitted) -> None:
    batch = fitted.transform(panel, same_plates=False).z
    for row in (0, 7, 101):
        alone = fitted.transform(panel.take([row]), same_plates=False).z
        assert (alone.to_numpy()[0] == batch.to_numpy()[row]).all()


def test_the_card_transforms_new_people_alike(panel, fitted) -> None:
    card = json.loads(json.dumps(fitted.to_card()))
    again = Preparation.from_card(card)
    first = fitted.transform(panel, same_plates=False)
    second = again.transform(panel, same_plates=False)
    pd.testing.assert_frame_equal(first.z, second.z, check_exact=True)
    pd.testing.assert_series_equal(first.handling, second.handling)


def test_permuting_people_permutes_the_matrix_and_nothing_else(panel, rng) -> None:
    order = rng.permutation(len(panel.sample_ids))
    first = Preparation(["MDD"], ["HC"]).fit_transform(panel).z.iloc[order]
    second = Preparation(["MDD"], ["HC"]).fit_transform(panel.take(order)).z
    pd.testing.assert_frame_equal(first, second, atol=1e-9)


def test_scaling_concentrations_changes_no_z(rng) -> None:
    panel = small_panel(rng, "pg/mL")
    from dataclasses import replace

    scaled = replace(panel, values=panel.values * 1000, lod=panel.lod * 1000)
    first = Preparation(["MDD"], ["HC"]).fit_transform(panel).z
    second = Preparation(["MDD"], ["HC"]).fit_transform(scaled).z
    pd.testing.assert_frame_equal(first, second, atol=1e-9)


def test_values_below_detection_take_the_number_else_the_limit_else_the_lowest(rng) -> None:
    panel = small_panel(rng)
    below = panel.below_lod.copy()
    below.iloc[0, 0] = below.iloc[1, 0] = below.iloc[2, 1] = True
    values, lod = panel.values.copy(), panel.lod.copy()
    values.iloc[0, 0] = 1.25
    values.iloc[1, 0], lod.iloc[1, 0] = np.nan, 0.75
    values.iloc[2, 1] = np.nan
    from dataclasses import replace

    changed = replace(panel, values=values, lod=lod, below_lod=below)
    log2 = Preparation(["MDD"], ["HC"]).fit_transform(changed).log2
    assert log2.iloc[0, 0] == 1.25
    assert log2.iloc[1, 0] == 0.75
    assert log2.iloc[2, 1] == values.iloc[:, 1][~below.iloc[:, 1]].min()


def test_unmeasured_values_stand_at_the_reference_median_and_are_counted(panel, fitted) -> None:
    from dataclasses import replace

    values = panel.values.copy()
    values.iloc[3, panel.values.columns.get_loc("CCL11")] = np.nan
    below = panel.below_lod.copy()
    below.iloc[3, panel.values.columns.get_loc("CCL11")] = False
    prepared = fitted.transform(replace(panel, values=values, below_lod=below))
    assert prepared.n_imputed.iloc[3] == 1
    assert prepared.n_imputed.sum() == 1


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"case": ["XXX"]}, InputError, "The case group .* holds 0 samples"),
        ({"reference": ["XXX"]}, InputError, "The reference group .* holds 0 samples"),
        ({"detection": "kep"}, InputError, "Did you mean 'keep'"),
    ],
)
def test_bad_settings_are_explained(panel, change, error, words) -> None:
    settings = {"case": ["MDD"], "reference": ["HC"], **change}
    with pytest.raises(error, match=words):
        Preparation(**settings).fit(panel)


def test_another_unit_or_another_panel_is_refused(fitted, rng) -> None:
    with pytest.raises(ModelError, match="made on NPX, the panel is in log2"):
        fitted.transform(small_panel(rng, "log2"))
    with pytest.raises(ModelError, match="none of the model's"):
        fitted.transform(small_panel(rng))


def test_a_covariate_too_few_have_is_passed_over_with_a_sentence(panel) -> None:
    few = panel.take(np.r_[0:80, 80:95])
    notes = Preparation(["MDD"], ["HC"]).fit(few).notes_
    assert any("age not adjusted for: 15 reference people" in note for note in notes)


def test_handling_is_linked_to_case_status_when_cases_waited_longer(panel, fitted) -> None:
    prepared = fitted.transform(panel)
    case, reference = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    calm = handling_report(prepared, case, reference)
    from dataclasses import replace

    late = replace(prepared, handling=prepared.handling + 1.5 * case)
    loud = handling_report(late, case, reference)
    assert abs(calm.table.iloc[0]["correlation"]) < 0.3
    assert loud.table.iloc[0]["correlation"] > 0.4
    assert "case status" in loud.sentence


def test_no_handling_report_without_markers(rng) -> None:
    panel = small_panel(rng)
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    mask = panel.in_groups(["MDD"])
    assert handling_report(prepared, mask, ~mask) is None


@pytest.mark.parametrize(
    ("group", "reason"),
    [("HC", "not measured in any reference person"), ("MDD", "not measured in any case")],
)
def test_an_analyte_one_group_lacks_altogether_is_left_out(group, reason) -> None:
    from dataclasses import replace

    panel = simulate_cohort("null", seed=1, n_case=30, n_reference=30).panel
    hole = panel.values.copy()
    hole.loc[panel.in_groups([group]), "CCL11"] = np.nan
    below = panel.below_lod.assign(CCL11=False)
    fitted = Preparation(case=["MDD"], reference=["HC"]).fit(
        replace(panel, values=hole, below_lod=below)
    )
    row = fitted.detection_.set_index("analyte").loc["CCL11"]
    assert not row["is_kept"]
    assert row["reason"] == reason


def test_two_reference_people_are_too_few() -> None:
    panel = simulate_cohort("null", seed=1, n_case=10, n_reference=4).panel
    two = panel.take(range(12))
    with pytest.raises(InputError, match="holds 2 samples; at least 3 needed"):
        Preparation(case=["MDD"], reference=["HC"]).fit(two)


@pytest.mark.parametrize(
    ("n_reference", "n_markers", "said"),
    [
        (40, 6, "among 40 reference people is taken out of every analyte but the handling markers"),
        (15, 6, "it takes 20 reference people with a handling score .* 15 reference people in all"),
        (40, 2, "is not: 2 handling markers in the matrix, 3 needed"),
    ],
)
def test_regressing_handling_out_leaves_a_note_also_where_it_cannot_be_done(
    n_reference: int, n_markers: int, said: str
) -> None:
    panel = simulate_cohort("null", seed=1, n_case=40, n_reference=n_reference).panel
    gone = handling_markers()[n_markers:]
    panel = panel.select([name for name in panel.values.columns if name not in gone])
    fitted = Preparation(["MDD"], ["HC"], regress_handling=True).fit(panel)
    assert any(re.search(said, note) for note in fitted.notes_)
    silent = Preparation(["MDD"], ["HC"]).fit(panel)
    assert not any("handling" in note for note in silent.notes_)
