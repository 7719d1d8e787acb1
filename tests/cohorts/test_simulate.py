"""What a simulated cohort promises about its truth."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import DESIGNS, design_settings, simulate_cohort
from subtyping.cohorts._catalogue import catalogue, th2_carriers
from subtyping.exceptions import InputError
from subtyping.knowledge import (
    handling_markers,
    immune_axes,
    resolve_analyte,
    routine_markers,
    to_canonical,
)

PEOPLE = [name for name in DESIGNS if name != "csds"]  # mice have tests of their own
FLOOR = ["IL4", "IL5", "IL13", "IL33", "TSLP"]
CHEMOKINES = ["CCL11", "CCL13", "CCL17", "CCL22"]


def adjusted_separation(cohort):
    """Difference of class means over the within-class SD, level, plate and covariates out."""
    panel, truth = cohort.panel, cohort.truth
    case = panel.in_groups(["MDD"])
    table = catalogue(cohort.settings["n_analytes"])
    members = th2_carriers(table)
    filled = panel.values.fillna(panel.lod)  # the limit stands where the file gives only "<x"
    score = (filled[members] / table.loc[members, "sd_npx"]).mean(axis=1)[case]
    samples = panel.samples[case]
    dummies = pd.get_dummies(samples[["batch", "sex"]], drop_first=True).astype(float)
    design = np.column_stack(
        [
            np.ones(case.sum()),
            truth["is_subtype"][case],
            truth["level"][case],
            samples["age"],
            np.log(samples["bmi"]),
            dummies,
        ]
    ).astype(float)
    coefficients = np.linalg.lstsq(design, score, rcond=None)[0]
    residual = score - design @ coefficients
    return coefficients[1] / residual.std(ddof=design.shape[1])


@pytest.mark.parametrize("design", PEOPLE)
def test_counts_are_as_declared(design):
    cohort = simulate_cohort(design, seed=3)
    settings = cohort.settings
    counts = cohort.truth["group"].value_counts()
    assert counts["MDD"] == settings["n_case"]
    assert counts["HC"] == settings["n_reference"]
    assert counts.get("AD", 0) == settings["n_ad"]
    assert counts.get("psoriasis", 0) == settings["n_psoriasis"]
    assert cohort.panel.values.shape == (len(cohort.truth), settings["n_analytes"])
    assert cohort.truth.index.equals(cohort.panel.values.index)
    assert cohort.truth["group"].tolist() == cohort.panel.samples["group"].tolist()


def test_the_index_study_has_its_published_numbers():
    cohort = simulate_cohort("index_study")
    assert cohort.truth["group"].value_counts().to_dict() == {
        "HC": 32,
        "AD": 30,
        "MDD": 25,
        "psoriasis": 21,
    }
    panels = cohort.panel.analytes["panel"].value_counts().to_dict()
    assert panels == {
        "Inflammation": 92,
        "Cardiovascular II": 91,
        "Cardiovascular III": 90,
        "Neurology": 90,
    }
    assert cohort.groups["comparison"] == ["AD", "psoriasis"]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_index_study_has_the_effects_of_the_evidence(seed):
    cohort = simulate_cohort(
        "index_study", seed=seed, n_case=200, n_ad=200, n_psoriasis=200, n_reference=200
    )
    means = cohort.panel.values.groupby(cohort.panel.samples["group"]).mean()
    change = (means - means.loc["HC"]) / cohort.panel.values.std()
    th2 = change[CHEMOKINES].mean(axis=1)
    assert th2["AD"] > th2["MDD"] > 0.4 > abs(th2["psoriasis"])
    assert change.loc["psoriasis", "CCL20"] > 0.4 + change.loc["MDD", "CCL20"]
    named = ["PECAM1", "SELP", "VWF", "SIRT2", "STAMBP", "CD274", "CASP3", "CASP8"]
    assert (change.loc["MDD", named] > 0.3).all()


@pytest.mark.parametrize("design", ["index_study", "continuum", "null"])
def test_designs_without_a_subtype_have_none(design):
    assert not simulate_cohort(design).truth["is_subtype"].any()


@pytest.mark.parametrize(("n_case", "fraction", "expected"), [(300, 0.27, 81), (100, 0.0, 0)])
def test_the_subtype_has_its_share(n_case, fraction, expected):
    truth = simulate_cohort("th2_subtype", n_case=n_case, fraction=fraction).truth
    assert truth["is_subtype"].sum() == expected
    assert not truth.loc[truth["group"] == "HC", "is_subtype"].any()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("declared", [0.0, 3.0, 4.5])
def test_the_effective_separation_is_the_declared_one(seed, declared):
    cohort = simulate_cohort("th2_subtype", seed=seed, n_case=2000, separation=declared)
    assert adjusted_separation(cohort) == pytest.approx(declared, abs=0.3)


def test_the_null_has_no_gradient():
    def mean_r(design):
        cohort = simulate_cohort(design, seed=1, n_reference=600, handling_sd=0, plate_sd=0)
        values = cohort.panel.values[cohort.panel.in_groups(["HC"])].dropna(axis=1)
        upper = np.triu_indices(values.shape[1], 1)
        return np.abs(np.corrcoef(values.to_numpy().T)[upper]).mean()

    assert mean_r("null") < 0.06
    assert mean_r("continuum") > 0.12
    assert (simulate_cohort("null").truth[["level", "th2_skew"]] == 0).all(axis=None)


def test_the_gradient_of_the_continuum_is_skewed():
    level = simulate_cohort("continuum", seed=1, n_case=3000).truth["level"]
    # the skewness of a gamma is 2 / sqrt(shape) = 2 / sqrt(3) = 1.15
    assert level.skew() == pytest.approx(1.15, abs=0.2)


def test_same_seed_same_cohort_other_seed_another():
    first, again = (simulate_cohort("continuum", seed=4, n_case=50) for _ in range(2))
    pd.testing.assert_frame_equal(first.panel.values, again.panel.values)
    pd.testing.assert_frame_equal(first.panel.samples, again.panel.samples)
    other = simulate_cohort("continuum", seed=5, n_case=50)
    assert not first.panel.values.equals(other.panel.values)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("n_plates", 9), ("n_analytes", 60), ("plate_sd", 0.5), ("separation", 2.0)],
)
def test_one_setting_does_not_move_the_draws_of_another(setting, value):
    plain = simulate_cohort("th2_subtype", seed=2)
    changed = simulate_cohort("th2_subtype", seed=2, **{setting: value})
    kept = ["age", "sex", "bmi", "smoking", "medication", "qc", "crp_mg_l"]
    pd.testing.assert_frame_equal(plain.panel.samples[kept], changed.panel.samples[kept])
    pd.testing.assert_frame_equal(
        plain.truth[["is_subtype", "level", "handling"]],
        changed.truth[["is_subtype", "level", "handling"]],
    )


def test_fewer_analytes_leave_the_others_as_they_were():
    many, few = (simulate_cohort("continuum", seed=2, n_analytes=n) for n in (92, 40))
    pd.testing.assert_frame_equal(many.panel.values[few.panel.values.columns], few.panel.values)


def test_more_people_leave_the_first_ones_as_they_were():
    few = simulate_cohort("continuum", seed=2, n_case=40)
    many = simulate_cohort("continuum", seed=2, n_case=80)
    kept = ["age", "sex", "smoking"]
    for group, n in (("MDD", 40), ("HC", 120)):
        rows = many.panel.samples.loc[many.panel.in_groups([group]), kept].head(n)
        old = few.panel.samples.loc[few.panel.in_groups([group]), kept]
        assert (rows.to_numpy() == old.to_numpy()).all()


def test_no_stream_feeds_two_consumers():
    cohort = simulate_cohort("continuum", seed=1, n_case=1500, case_level=0.0, case_th2=0.0)
    case = cohort.panel.in_groups(["MDD"])
    table = cohort.panel.samples.loc[case, ["age", "eosinophils_10e3_ul", "monocytes_10e3_ul"]]
    table = table.join(cohort.truth[["level", "th2_skew", "th17_skew", "handling"]])
    table["sex"] = (cohort.panel.samples["sex"] == "male").astype(float)
    table["eosinophils_10e3_ul"] /= np.exp(0.12 * table["th2_skew"])
    table["monocytes_10e3_ul"] /= np.exp(0.06 * table["level"])
    correlation = table.corr(method="spearman").to_numpy()
    assert np.abs(correlation[np.triu_indices(len(correlation), 1)]).max() < 0.1


@pytest.mark.parametrize("design", PEOPLE)
def test_every_plate_holds_its_share_of_every_group(design):
    samples = simulate_cohort(design, seed=1).panel.samples
    counts = pd.crosstab(samples["batch"], samples["group"])
    assert (counts.max() - counts.min()).max() <= 1
    assert counts.sum(axis=1).max() - counts.sum(axis=1).min() <= 1


@pytest.mark.parametrize("seed", [1, 2])
def test_high_crp_is_as_frequent_as_published(seed):
    cohort = simulate_cohort("continuum", seed=seed, n_case=2000, n_reference=2000)
    high = cohort.panel.samples["crp_mg_l"] > 3
    shares = high.groupby(cohort.panel.samples["group"]).mean()
    assert shares["MDD"] == pytest.approx(0.27, abs=0.04)
    assert shares["HC"] == pytest.approx(0.20, abs=0.04)
    logs = np.log(cohort.panel.samples["crp_mg_l"])
    assert np.corrcoef(logs, cohort.truth["level"])[0, 1] == pytest.approx(0.55, abs=0.1)


def test_the_subtype_has_more_eosinophils_and_more_atopy():
    cohort = simulate_cohort("th2_subtype", seed=1, n_case=1000)
    cases = cohort.panel.samples[cohort.panel.in_groups(["MDD"])]
    subtype = cohort.truth.loc[cases.index, "is_subtype"]
    eosinophils = cases["eosinophils_10e3_ul"].groupby(subtype).median()
    atopy = cases["atopy"].eq("yes").groupby(subtype).mean()
    assert eosinophils[True] > 1.3 * eosinophils[False]
    assert atopy[True] > 1.5 * atopy[False]


def test_cases_are_depressed_and_only_they_take_antidepressants():
    samples = simulate_cohort("th2_subtype", seed=1).panel.samples
    case = samples["group"] == "MDD"
    assert samples.loc[case, "madrs"].min() >= 20
    assert samples.loc[~case, "madrs"].max() <= 8
    assert samples.loc[case, "medication"].eq("yes").mean() == pytest.approx(0.6, abs=0.1)
    assert (samples.loc[~case, "medication"] == "no").all()


@pytest.mark.parametrize("seed", [1, 2])
def test_th2_cytokines_are_below_detection_and_chemokines_are_not(seed):
    panel = simulate_cohort("continuum", seed=seed).panel
    share = panel.detected_frac()
    assert (share[FLOOR] < 0.2).all()
    assert (share[CHEMOKINES] > 0.99).all()
    assert 0.5 < share["CCL26"] <= 1
    assert 15 <= (share < 0.25).sum() <= 30


def test_nothing_is_below_complete_detection():
    panel = simulate_cohort("th2_subtype", detection="complete").panel
    assert panel.detected.all(axis=None)


def test_below_detection_a_gap_or_a_number():
    text = simulate_cohort("continuum", seed=1).panel
    number = simulate_cohort("continuum", seed=1, below_lod="number").panel
    pd.testing.assert_frame_equal(text.below_lod, number.below_lod)
    assert text.values.isna().equals(text.below_lod)
    assert (number.values < number.lod).equals(number.below_lod)


def test_missing_values_are_not_flagged():
    panel = simulate_cohort("continuum", seed=1, missing_frac=0.1, below_lod="number").panel
    assert panel.values.isna().to_numpy().mean() == pytest.approx(0.1, abs=0.01)
    assert not (panel.values.isna() & panel.below_lod).any(axis=None)


def test_handling_markers_hang_together():
    panel = simulate_cohort("null", seed=1, below_lod="number").panel
    correlation = np.corrcoef(panel.values[list(handling_markers())].to_numpy().T)
    assert correlation[np.triu_indices(6, 1)].mean() == pytest.approx(0.69, abs=0.1)


def test_names_are_those_the_readers_use():
    table = catalogue(363)
    assert table.index.is_unique
    wrong = [name for name in table.index if resolve_analyte(name) not in (name, None)]
    assert wrong == []
    members = {name for axis in immune_axes().values() for name in axis.analytes}
    assert len(members & set(table.index)) > 40


def test_routine_markers_are_in_known_units():
    cohort = simulate_cohort("null")
    assert set(cohort.routine) <= set(routine_markers()["marker"])
    for marker, entry in cohort.routine.items():
        assert to_canonical(marker, 1.0, entry["unit"]) == 1.0
        assert entry["column"] in cohort.panel.samples


@pytest.mark.parametrize(
    ("design", "settings", "match"),
    [
        ("th2_subtyp", {}, "A design must be one of .* Did you mean 'th2_subtype'"),
        ("continuum", {"n_cas": 3}, "has no setting 'n_cas'.* Did you mean 'n_case'"),
        ("continuum", {"fraction": 0.3}, "Design continuum has no setting 'fraction'"),
        ("th2_subtype", {"fraction": 1.2}, "fraction .* must be a number from 0 to 1; got 1.2"),
        ("th2_subtype", {"n_case": 2.5}, "n_case .* must be a whole number"),
        ("th2_subtype", {"n_case": True}, "n_case .* got True"),
        ("th2_subtype", {"n_case": "many"}, "n_case .* got 'many'"),
        ("null", {"plate_sd": -1}, "plate_sd .* from 0 to 3; got -1"),
        ("null", {"n_plates": 0}, "n_plates .* from 1 to 200; got 0"),
        ("null", {"below_lod": "txt"}, "below_lod must be one of text, number.*'text'"),
        ("null", {"plate_sd": float("nan")}, "plate_sd .* got nan"),
    ],
)
def test_bad_settings(design, settings, match):
    with pytest.raises(InputError, match=match):
        design_settings(design, **settings)


def test_settings_are_resolved():
    cohort = simulate_cohort("th2_subtype", n_case=50)
    assert cohort.settings == design_settings("th2_subtype", n_case=50)
    assert set(DESIGNS["th2_subtype"].defaults) == set(cohort.settings)
