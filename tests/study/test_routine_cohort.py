"""Cohorts whose axis is made of routine markers, with and without a panel, and groups by number."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.exceptions import InputError, SpecError
from subtyping.study import load_cohort, load_spec, run_study, spec_from
from subtyping.study.documents import apply_overrides
from subtyping.study.plan import make_plan

ROUTINE = {
    "seed": 3,
    "cohort": {
        "samples": "people.csv",
        "columns": {"sample": "id", "group": "score", "age": "age", "subject": "person"},
        "bands": {"high": {"at_least": 10}, "low": {"below": 5}},
        "groups": {"case": ["high"], "reference": ["low"]},
        "routine": {
            "crp": {
                "column": "hsCRP",
                "unit": "mg/L",
                "below_lod": {"column": "code", "values": [1]},
            },
            "eosinophils": {"column": "eos", "unit": "10^3/uL"},
        },
    },
    "discovery": {
        "axis": {"name": "CRP", "members": ["crp"]},
        "bootstrap": 19,
        "resamples": 20,
        "twin_draws": 0,
    },
    "criteria": {"resamples": 20},
}


def write_people(folder: Path, n: int = 240, *, gap: float = 0.0) -> pd.DataFrame:
    """Write people with a score of 0 to 14 and lognormal CRP; `gap` sets 30 % of cases apart."""
    rng = np.random.default_rng(5)
    score = np.arange(n) % 15
    log2 = rng.normal(0, 1, n) + gap * ((score >= 10) & (rng.random(n) < 0.3))
    crp = np.round(2**log2, 3)
    table = pd.DataFrame(
        {
            "id": [f"s{i:03d}" for i in range(n)],
            "person": [f"p{i:03d}" for i in range(n)],
            "score": score,
            "age": 40 + np.arange(n) % 20,
            "hsCRP": crp,
            "code": (crp < 0.2).astype(int),
            "eos": np.round(rng.gamma(4, 0.05, n), 1),
        }
    )
    table.to_csv(folder / "people.csv", index=False)
    return table


def cohort_of(folder: Path, *settings: str):
    spec = spec_from(apply_overrides(ROUTINE, list(settings)))
    return load_cohort(spec, folder), spec


def test_the_samples_table_alone_is_a_panel(tmp_path) -> None:
    table = write_people(tmp_path).set_index("id")
    cohort, _ = cohort_of(tmp_path)
    assert (list(cohort.panel.values), cohort.panel.unit) == (["CRP"], "log2")
    np.testing.assert_allclose(cohort.panel.values["CRP"], np.log2(table["hsCRP"]))
    assert cohort.panel.below_lod["CRP"].sum() == table["code"].sum() > 0
    assert cohort.groups_table().set_index("group")["n"].to_dict() == {
        "(blank)": 80,
        "high": 80,
        "low": 80,
    }
    assert cohort.panel.samples["score"].tolist() == table["score"].tolist()
    assert any("80 samples with a number of score in none" in n for n in cohort.panel.reading.notes)
    assert list(cohort.routine) == ["crp", "eosinophils"]


def test_people_without_the_marker_are_left_out_and_listed(tmp_path) -> None:
    table = write_people(tmp_path)
    table.loc[[0, 7], "hsCRP"] = np.nan
    table.to_csv(tmp_path / "people.csv", index=False)
    cohort, _ = cohort_of(tmp_path)
    dropped = cohort.panel.reading.dropped
    assert dropped["sample_id"].tolist() == ["s000", "s007"]
    assert set(dropped["reason"]) == {"no value of crp"}
    assert len(cohort.routine) == len(cohort.panel.sample_ids) == 238


def test_where_duplicates_and_visits_hold_for_markers_too(tmp_path) -> None:
    table = write_people(tmp_path)
    twice = table.iloc[:3].assign(hsCRP=9.0)
    pd.concat([table, twice]).to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(InputError, match="3 sample ids repeat in the samples file"):
        cohort_of(tmp_path)
    cohort, _ = cohort_of(tmp_path, "cohort.duplicates=last", "cohort.where={age: [40, 41, 42]}")
    assert cohort.panel.values["CRP"]["s000"] == pytest.approx(np.log2(9))
    assert set(cohort.panel.samples["age"]) == {40.0, 41.0, 42.0}


@pytest.fixture(scope="module", autouse=True)
def no_picture():
    """Leave the drawing of the picture as it is: one marker has none."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the folder and the result of a study of one marker."""
    folder = tmp_path_factory.mktemp("routine")
    write_people(folder)
    spec = spec_from(ROUTINE)
    return folder, run_study(spec, out=folder / "run", data=folder, jobs=1, track=False)


def test_a_study_of_one_marker_says_raw_score_everywhere(finished) -> None:
    folder, result = finished
    assert result.verdict.kind in ("continuum", "none", "underpowered")
    assert result.verdict.quantity == "raw score"
    assert (folder / "run" / "DONE").is_file()
    assert "skew not applicable" in result.axis_scores.declared["reason"]
    assert result.axis_scores.table["CRP_skew"].isna().all()
    assert result.embedding is None
    texts = [result.verdict.sentence, *result.criteria.table["target_condition"].astype(str)]
    assert not any("CRP skew" in text for text in (*texts, result.criteria.sentence))


def test_the_verdict_and_the_tail_name_the_raw_score(tmp_path) -> None:
    write_people(tmp_path, 900)
    spec = spec_from(
        apply_overrides(ROUTINE, ["prediction.enabled=false", "discovery.assay_cv_pct=5"])
    )
    result = run_study(spec, out=tmp_path / "run", data=tmp_path, jobs=1, track=False)
    assert result.verdict.kind == "continuum"
    assert "raw CRP score (skew not applicable)" in result.verdict.sentence
    assert "raw CRP score (skew not applicable) is a continuum" in result.criteria.sentence
    tail = result.criteria.table.iloc[0]
    assert tail["rule_text"].startswith("CRP >= ")
    assert tail["unit"] == "mg/L"


def test_a_group_by_one_marker_is_found_and_its_model_assigns(tmp_path, capsys) -> None:
    write_people(tmp_path, 900, gap=5.0)
    spec = spec_from(
        apply_overrides(ROUTINE, ["prediction.enabled=false", "discovery.bootstrap=99"])
    )
    result = run_study(spec, out=tmp_path / "run", data=tmp_path, jobs=1, track=False)
    assert result.verdict.kind == "discrete"
    words = [*result.criteria.table["target_condition"].astype(str), result.criteria.sentence]
    brief = (tmp_path / "run" / "brief.html").read_text(encoding="utf-8")
    assert not any("CRP skew" in text or "CRP-skewed" in text for text in (*words, brief))
    card = json.loads((tmp_path / "run" / "model" / "card.json").read_text())
    assert card["constants"]["analytes"]["unit"] == ["mg/L"]
    new = tmp_path / "new.csv"
    new.write_text("id,hsCRP,age\nhigh,64,45\nlow,1.5,45\nnone,,45\nlimit,<0.2,45\n")
    out = tmp_path / "assigned.csv"
    assert exit_code_of(["assign", str(tmp_path / "run"), str(new), "--out", str(out)]) == 0
    table = pd.read_csv(out).set_index("sample_id")
    assert table.columns.tolist()[:3] == ["probability", "label", "reason"]
    assert table["label"].to_dict() == {
        "high": "subtype",
        "low": "other",
        "none": "unclear",
        "limit": "other",
    }
    assert "0 of 1 members of the axis measured, too few" in table["reason"]["none"]
    assert "1 of 1 members of the axis below detection" in table["reason"]["limit"]
    low, high = table["probability_ci_low"], table["probability_ci_high"]
    known = table["probability"].notna()
    assert ((low <= table["probability"]) & (table["probability"] <= high))[known].all()
    words = ["replicate", str(tmp_path / "run"), str(new), "--out", str(tmp_path / "rep")]
    assert exit_code_of(words) == 2
    assert "replication reads panels only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,CRP\na,3\n", "read from the column 'hsCRP' (mg/L)"),
        ("id,hsCRP\na,positive\n", "cannot be a level, such as 'positive'"),
        ("id,hsCRP\na,-3\n", "cannot be a level, such as"),
        ("id,hsCRP\na,3\na,4\n", "1 sample id repeats in the samples file"),
    ],
)
def test_new_people_that_do_not_fit_are_one_sentence(
    finished, tmp_path, capsys, text, words
) -> None:
    folder, _ = finished
    (tmp_path / "new.csv").write_text(text)
    out = tmp_path / "o.csv"
    line = ["assign", str(folder / "run"), str(tmp_path / "new.csv"), "--out", str(out)]
    assert exit_code_of(line) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert not out.exists()


def write_panel(folder: Path, *, with_crp: bool = False) -> None:
    """Write a panel of twelve analytes for the people of `write_people`."""
    table = write_people(folder)
    rng = np.random.default_rng(6)
    names = ["CCL11", "CCL13", "IL6", "IL8", "TNF", "IL18", "CXCL9", "CXCL10", "VEGFA", "HGF"]
    names += ["OSM", "CRP" if with_crp else "MCP-2"]
    shared = rng.normal(0, 1, (len(table), 1))
    values = pd.DataFrame(shared + rng.normal(0, 1, (len(table), 12)) + 5, columns=names)
    values.insert(0, "id", table["id"])
    values.to_csv(folder / "panel.csv", index=False)


WITH_PANEL = ["cohort.panel=panel.csv", "cohort.unit=NPX"]


def test_a_marker_beside_a_panel_has_a_level_and_stays_out_of_others(tmp_path) -> None:
    write_panel(tmp_path)
    cohort, spec = cohort_of(tmp_path, *WITH_PANEL)
    assert list(cohort.panel.values)[-1] == "CRP"
    plan = make_plan(spec, cohort)
    fitted = plan.procedure.fit(cohort.panel, every_axis=True)
    assert fitted.scores.is_skew_available
    assert fitted.scores.used_members == ("CRP",)
    th2 = next(axis for axis in plan.procedure.axes if axis.name == "Th2")
    assert "CRP" in th2.correlates  # no routine marker is part of the panel's general level


def test_scores_of_the_panel_do_not_change_when_a_marker_is_declared(tmp_path) -> None:
    write_panel(tmp_path)
    scores = []
    for settings in ([], ["cohort.routine={}"], ["axes={blood: [crp, eosinophils]}"]):
        axis = "discovery.axis={name: Th2, members: [CCL11, CCL13]}"
        cohort, spec = cohort_of(tmp_path, *WITH_PANEL, axis, *settings)
        fitted = make_plan(spec, cohort).procedure.fit(cohort.panel, every_axis=True)
        scores.append(fitted.scores.table["Th2_skew"].to_numpy())
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_allclose(scores[0], scores[2], atol=1e-12)


def test_the_panels_own_measurement_goes_before_the_routine_one(tmp_path) -> None:
    write_panel(tmp_path, with_crp=True)
    cohort, _ = cohort_of(tmp_path, *WITH_PANEL)
    assert cohort.panel.analytes["panel"].isna().all()
    assert cohort.panel.values["CRP"].mean() == pytest.approx(5, abs=1)


def test_a_rule_may_name_the_marker_by_either_name(tmp_path) -> None:
    write_people(tmp_path)
    for name in ("crp", "hsCRP", "CRP"):
        cohort, spec = cohort_of(tmp_path, f"criteria.markers=[{name}]")
        assert make_plan(spec, cohort).markers == ("crp",)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("cohort.routine={}", "give either panel .* or simulate .* without a panel"),
        ("cohort.samples=null", "read from the samples table; write samples"),
        ("cohort.samples=same", "read from the samples table; write samples"),
        ("cohort.unit=pg/mL", "unit would describe a panel file"),
        ("cohort.analytes=[IL6]", "analytes would describe a panel file"),
        ("cohort.format=long", "format would describe a panel file"),
        ("cohort.zeros=value", "zeros would describe a panel file"),
        ("cohort.bands.high={}", "a band needs a limit"),
        ("cohort.bands.high={at_least: 5, below: 5}", "no number is at least 5 and below 5"),
        ("cohort.bands.high={at_least: 4}", "'low' and 'high' overlap"),
        ("cohort.bands.high={at_leest: 4}", "Did you mean 'at_least'"),
        ("cohort.bands.high={at_least: ten}", "at_least must be a number"),
        ("cohort.bands.high={at_least: .nan}", "a finite number"),
        ("cohort.groups={case: [hihg], reference: [low]}", "no band.* Did you mean 'high'"),
        ("cohort.routine.crp.lod=0", "lod must be more than 0"),
        ("cohort.routine.crp.below_lod={column: code}", "values is required"),
        ("cohort.routine.crp.below_lod={column: code, values: []}", "at least 1"),
        ("cohort.routine.crp.below_lod={column: code, values: [null]}", "a blank cell cannot"),
        ("cohort.routine.crp.below_lod=code", "must be keys with values"),
    ],
)
def test_declarations_that_make_no_sense_are_refused(setting, words) -> None:
    with pytest.raises(SpecError, match=words):
        spec_from(apply_overrides(ROUTINE, [setting]))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("discovery.axis=Th2", "'Th2' lists no members"),
        ("discovery.axis={name: x, members: [crp, IL6]}", "'IL6' is none"),
        ("cohort.routine.crp.column=hsCPR", "no column 'hsCPR'. Did you mean 'hsCRP'"),
        ("cohort.routine.crp.unit=mmol/L", "unit of crp must be one of"),
        ("cohort.routine.eosinophils.column=hsCRP", "is named for two markers"),
        ("cohort.routine.crp.below_lod.column=cod", "no column 'cod'"),
        ("cohort.columns.group=id", "group column 'id' has|both sample and group"),
        ("cohort.columns.group=person", "group column 'person' has 240 cells without a number"),
        ("cohort.columns.group=scores", "'scores'.*Did you mean 'score'"),
        ("cohort.samples=peple.csv", "Did you mean 'people.csv'"),
        ("cohort.where={age: 99}", "No row"),
    ],
)
def test_declarations_that_do_not_fit_the_file_are_refused(tmp_path, setting, words) -> None:
    write_people(tmp_path)
    with pytest.raises(InputError, match=words):
        cohort_of(tmp_path, setting)


def test_nobody_measured_is_an_error_and_not_an_empty_study(tmp_path) -> None:
    table = write_people(tmp_path)
    table.assign(hsCRP=np.nan).to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(InputError, match="'hsCRP' holds no number"):
        cohort_of(tmp_path)
    only_others = table.assign(hsCRP=table["hsCRP"].where(table["age"] == 59))
    only_others.to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(InputError, match="'hsCRP' holds no number in the samples kept"):
        cohort_of(tmp_path, "cohort.where={age: 40}")


@pytest.mark.real_data
def test_the_survey_shows_a_gradient_and_no_group(shared, repository) -> None:
    from subtyping.discovery import decide, study_design

    spec = load_spec(repository / "experiments" / "nhanes_crp.yaml")
    cohort = load_cohort(spec, shared / "datasets")
    plan = make_plan(spec, cohort)
    fitted = plan.procedure.fit(cohort.panel, seed=spec.seed)
    design = study_design(cohort.panel, plan.procedure.case, plan.procedure.reference)
    verdict = decide(fitted, cohort.panel, design, plan.discovery, seed=spec.seed)
    assert verdict.kind == "continuum"
    assert verdict.p_value > 0.05
    assert "raw CRP score (skew not applicable) of 425 cases" in verdict.sentence
    assert len(cohort.panel.reading.dropped) == 5533 - 5146
    assert int(cohort.panel.below_lod["CRP"].sum()) == 12
