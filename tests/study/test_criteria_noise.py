"""What a specification and a cohort say of the noise of the markers, on the way to the criteria."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping._progress import silent
from subtyping.criteria import Clause, EligibilityRule, propose_criteria
from subtyping.criteria.known_icc import known_icc
from subtyping.criteria.noise import Noise
from subtyping.exceptions import InputError, SpecError
from subtyping.knowledge import published_criteria
from subtyping.study import load_cohort, spec_from
from subtyping.study.documents import apply_overrides
from subtyping.study.plan import make_plan
from subtyping.study.stages import propose

SPEC = {
    "seed": 3,
    "cohort": {
        "panel": "panel.csv",
        "samples": "people.csv",
        "unit": "pg/mL",
        "visits": "first",
        "columns": {"sample": "id", "group": "group", "subject": "person", "visit": "visit"},
        "groups": {"case": ["MDD"], "reference": ["HC"]},
        "routine": {"crp": {"column": "hsCRP", "unit": "mg/L"}},
    },
    "discovery": {"axis": {"name": "Th2", "members": ["CCL17", "CCL13"]}},
    "preparation": {"adjust": []},
    "criteria": {"resamples": 20},
}
ALONE = {
    "cohort.panel=null", "cohort.unit=null", "discovery.axis={name: CRP, members: [crp]}",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with 90 people at two visits; every third CRP is known as a limit only."""
    folder, n = tmp_path_factory.mktemp("noise"), 90
    rng = np.random.default_rng(11)
    usual = rng.normal(8, 0.8, (n, 10))
    log2 = np.vstack([usual + rng.normal(0, 0.4, usual.shape) for _ in range(2)])
    names = ["CCL17", "CCL13", "IL6", "TNF", "CXCL8", "IL10", "CXCL9", "CXCL10", "IL18", "CCL2"]
    ids = [f"t{i:03d}" for i in range(2 * n)]
    panel = pd.DataFrame(np.round(2**log2, 2), columns=names)
    panel.insert(0, "id", ids)
    panel.to_csv(folder / "panel.csv", index=False)
    crp = [f"{value:.2f}" for value in 2 ** (usual[:, 0] - 6)] * 2
    people = pd.DataFrame(
        {
            "id": ids,
            "person": [f"p{i % n}" for i in range(2 * n)],
            "visit": ["V1"] * n + ["V2"] * n,
            "group": ["MDD" if i % n < 60 else "HC" for i in range(2 * n)],
            "hsCRP": ["<5" if i % 3 == 0 else value for i, value in enumerate(crp)],
            "eos": np.round(rng.gamma(4, 0.05, 2 * n), 2),
        }
    )
    people.to_csv(folder / "people.csv", index=False)
    return folder


def proposed(folder: Path, kind: str, *settings: str):
    spec = spec_from(apply_overrides(SPEC, list(settings)))
    cohort = load_cohort(spec, folder)
    plan = make_plan(spec, cohort)
    fitted = plan.procedure.fit(cohort.panel)
    verdict = SimpleNamespace(kind=kind, axis="Th2", n_needed=None)
    return propose(cohort, plan, spec, fitted, verdict, jobs=1, shown=silent())


def test_repeated_visits_of_the_cases_give_the_icc(folder) -> None:
    found = proposed(folder, "continuum")
    row = found.table.iloc[0]
    assert row["icc_kind"] == "estimate"
    assert row["icc"] == pytest.approx(0.8, abs=0.1)  # .64 of .80
    assert "60 people of this study" in row["retest_note"]
    assert row["sensitivity_ci_low"] < row["sensitivity"] < row["sensitivity_ci_high"]
    crp = found.table.set_index("rule_text").loc["CRP > 3 mg/L"]
    assert crp["icc_kind"] == "estimate"
    assert "40 people of this study" in crp["retest_note"]  # a limit is no value
    assert crp["n_case"] == 40
    above = found.table.set_index("rule_text").loc["CRP > 5 mg/L"]
    assert above["n_case"] == 60


def test_what_the_specification_says_comes_first(folder) -> None:
    settings = ("criteria.icc={TARC: [0.6, 0.5, 0.7], MCP-4: 0.6, crp: 0.3}", "criteria.cv_pct=9")
    found = proposed(folder, "continuum", *settings)
    row, crp = found.table.iloc[0], found.table.set_index("rule_text").loc["CRP > 3 mg/L"]
    assert (row["icc"], crp["icc"]) == (0.6, 0.3)
    assert "of it the assay makes 0.13" in row["retest_note"]
    one = proposed(folder, "continuum", "criteria.icc=0.5").table
    assert set(one["icc"].dropna()) == {0.5}


def test_a_lower_limit_of_quantification_refuses(folder) -> None:
    found = proposed(folder, "continuum", "criteria.lloq={CCL17: 1000000, CCL13: 1000000}")
    assert set(found.refused["marker"]) <= {"CCL17", "CCL13"}
    assert len(found.refused)
    assert "LLOQ of 1e+06 pg/mL" in found.sentence


def test_limits_are_kept_with_and_without_a_panel(folder) -> None:
    for settings in ([], list(ALONE)):
        cohort = load_cohort(spec_from(apply_overrides(SPEC, settings)), folder)
        full = cohort.routine_of(cohort.panel)
        is_limit = full.below_lod["crp"].to_numpy()
        assert is_limit.tolist() == [i % 3 == 0 for i in range(90)]
        assert full.values["crp"].isna().to_numpy().tolist() == is_limit.tolist()
        assert (full.lod["crp"][is_limit] == 5).all()
        pd.testing.assert_frame_equal(full.numbers, cohort.routine)


def routine_alone(folder: Path):
    """Return a cohort without a panel whose axis is eosinophils: CRP is a member of none."""
    settings = (*ALONE, "cohort.routine.eosinophils={column: eos, unit: 10^3/uL}",
                "discovery.axis={name: eos, members: [eosinophils]}")  # fmt: skip
    spec = spec_from(apply_overrides(SPEC, sorted(settings)))
    return spec, load_cohort(spec, folder)


def test_a_limit_of_a_marker_of_no_axis_never_meets_a_threshold(folder) -> None:
    _, cohort = routine_alone(folder)
    assert list(cohort.panel.values) == ["eosinophils"]
    routine = cohort.routine_of(cohort.panel)
    is_limit = (np.arange(90) % 3 == 0).tolist()
    for threshold, wanted in ((5, False), (3, None)):
        rule = EligibilityRule((Clause("crp", ">=", threshold, "mg/L", "routine"),))
        told = rule.apply(cohort.panel, routine)[is_limit]
        assert [None if pd.isna(one) else bool(one) for one in told] == [wanted] * 30
    pd.testing.assert_frame_equal(routine.numbers, cohort.routine)


def test_repeated_visits_without_a_panel_give_the_icc_of_every_marker(folder) -> None:
    spec, cohort = routine_alone(folder)
    visits = cohort.visits
    routine = cohort.routine_of(visits)
    assert len(routine.values) == len(visits.sample_ids) == 180
    clause = Clause("crp", ">", 3, "mg/L", "routine")
    found = known_icc(clause, visits, visits=visits, visits_routine=routine)
    assert (found.kind, found.value) == ("estimate", 1.0)  # the same number twice
    assert "60 people of this study" in found.reason
    criteria = propose_criteria(
        cohort.panel,
        (procedure := make_plan(spec, cohort).procedure),
        procedure.fit(cohort.panel),
        SimpleNamespace(kind="none", axis="eos", n_needed=None),
        published=published_criteria(),
        routine=cohort.routine_of(cohort.panel),
        noise=Noise(visits=visits, visits_routine=routine),
    )
    table = criteria.table.set_index("rule_text")
    assert table.loc["CRP > 3 mg/L", ["icc", "n_case"]].tolist() == [1.0, 40]
    assert table.loc["CRP > 5 mg/L", "n_case"] == 60


def test_the_routine_markers_of_a_study_are_those_of_its_samples_table(folder) -> None:
    for settings in ([], sorted(ALONE)):
        cohort = load_cohort(spec_from(apply_overrides(SPEC, settings)), folder)
        for panel in (cohort.panel, cohort.visits, cohort.visits.take([4, 100, 0])):
            mine = cohort.routine_of(panel)
            assert mine.values.index.tolist() == panel.sample_ids.tolist()
            assert mine.below_lod["crp"].tolist() == [
                int(name[1:]) % 3 == 0 for name in panel.sample_ids
            ]
    without = load_cohort(spec_from(apply_overrides(SPEC, ["cohort.routine={}"])), folder)
    assert without.routine_of(without.panel) is None


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("criteria.icc=1.5", r"criteria\.icc.* an ICC must be a number between 0 and 1"),
        ("criteria.icc=high", r"criteria\.icc.* an ICC must be a number between 0 and 1"),
        ("criteria.icc=[0.5, 0.4, 0.6]", "an ICC must be a number between 0 and 1"),
        ("criteria.icc={CCL17: 2}", "the ICC of CCL17 must be a number between 0 and 1"),
        ("criteria.icc={CCL17: [0.9, 0.5, 0.7]}", "with the value between the others"),
        ("criteria.icc={CCL17: [0.6, 0.5]}", r"or \[value, low, high\]"),
        ("criteria.icc={CCL17: null}", "the ICC of CCL17 is blank"),
        ("criteria.icc={CCL17: true}", "the ICC of CCL17 must be a number"),
        ("criteria.cv_pct=0", r"criteria\.cv_pct must be more than 0"),
        ("criteria.lloq={CCL17: low}", r"criteria\.lloq\.CCL17 must be a number"),
        ("criteria.lloq=3", r"criteria\.lloq must be keys with values"),
        ("criteria.lloqs={CCL17: 3}", "Did you mean 'lloq'"),
    ],
)
def test_wrong_values_are_one_sentence(setting: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as error:
        spec_from(apply_overrides(SPEC, [setting]), "study.yaml")
    assert "pydantic" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("criteria.icc={CCL71: 0.6}", "criteria.icc: 'CCL71' is neither .* Did you mean 'CCL17'"),
        ("criteria.lloq={CCL71: 2}", "criteria.lloq: 'CCL71' is no analyte .* mean 'CCL17'"),
        ("criteria.lloq={CCL17: -2}", "limit of CCL17 must be a number above 0 in pg/mL"),
    ],
)
def test_names_that_were_not_measured_are_refused(folder, setting: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        proposed(folder, "none", setting)
