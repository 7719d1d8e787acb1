"""Repeated visits: what the study and `subtyping assign` say of the same people next time."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.cohorts import simulate_cohort
from subtyping.study import load_cohort, run_study, spec_from
from subtyping.study.visits import repeated_visits

SPEC = {
    "seed": 5,
    "cohort": {
        "panel": "panel.csv",
        "unit": "NPX",
        "samples": "samples.csv",
        "visits": "first",
        "columns": {
            "sample": "tube",
            "subject": "person",
            "visit": "visit",
            "group": "diagnosis",
            "qc": "qc",
        },
        "groups": {"case": ["MDD"], "reference": ["HC"]},
    },
    "discovery": {
        "axis": {"name": "Th2", "members": ["CCL11", "CCL13", "CCL17"]},
        "bootstrap": 99,
        "resamples": 20,
        "twin_draws": 0,
    },
    "prediction": {"enabled": False},
    "criteria": {"resamples": 20},
}


def write_visits(folder: Path, *, separation: float, n_case: int = 120) -> None:
    """Write a cohort whose people come again, with assay noise in between."""
    cohort = simulate_cohort(
        "th2_subtype",
        seed=8,
        n_case=n_case,
        n_reference=60,
        n_analytes=40,
        separation=separation,
    )
    rng = np.random.default_rng(2)
    values, samples = cohort.panel.values, cohort.panel.samples
    panels, tables = [], []
    for visit in ("V2", "V10"):
        moved = values + rng.normal(0, 0.4, values.shape)
        tubes = [f"{visit}-{name}" for name in values.index]
        panels.append(moved.set_axis(pd.Index(tubes, name="tube"), axis=0))
        tables.append(
            pd.DataFrame(
                {
                    "tube": tubes,
                    "person": values.index,
                    "visit": visit,
                    "diagnosis": samples["group"].to_numpy(),
                    "qc": ["Warning", *["Pass"] * (len(tubes) - 1)],
                }
            )
        )
    pd.concat(panels).dropna(axis=1).to_csv(folder / "panel.csv")
    pd.concat(tables).to_csv(folder / "samples.csv", index=False)


def run(folder: Path):
    return run_study(spec_from(SPEC), out=folder / "run", data=folder, jobs=1, track=False)


@pytest.fixture(scope="module")
def discrete(tmp_path_factory):
    folder = tmp_path_factory.mktemp("visits")
    write_visits(folder, separation=6.0)
    return folder, run(folder)


def test_the_study_compares_the_visits_of_its_people(discrete) -> None:
    folder, result = discrete
    assert result.verdict.kind == "discrete"
    table = pd.read_csv(folder / "run" / "tables" / "visits.csv")
    assert table["people"].unique().tolist() == ["cases", "cases and reference people"]
    assert table["visits"].unique().tolist() == ["V2 and V10"]  # numbers in names are numbers
    cases = table[table["people"] == "cases"].set_index("statistic")
    assert cases.loc["kappa of label", "n_subjects"] == 120
    assert cases.loc["kappa of label", "value"] > 0.8
    assert cases.loc["ICC(2,1) of the value", "value"] > 0.9
    inside = (table["ci_low"] <= table["value"]) & (table["value"] <= table["ci_high"])
    assert inside.all()
    every = pd.read_csv(folder / "run" / "tables" / "visit_assignments.csv")
    assert len(every) == 360
    mine = pd.read_csv(folder / "run" / "tables" / "assignments.csv").set_index("sample_id")
    again = every.set_index("sample_id").loc[mine.index]
    np.testing.assert_allclose(again["probability"], mine["probability"], atol=1e-9)


def test_assign_prints_the_agreement_and_the_quality_flags(discrete, capsys) -> None:
    folder, _ = discrete
    out = folder / "assigned.csv"
    words = ["assign", str(folder / "run"), str(folder / "panel.csv"), "--out", str(out)]
    assert exit_code_of(words) == 0
    assert "Repeated visits" not in capsys.readouterr().out  # nobody says whose tube it is
    assert exit_code_of([*words, "--samples", str(folder / "samples.csv")]) == 0
    said = capsys.readouterr().out
    assert "Repeated visits: Label at visits V2 and V10, 180 all people: kappa " in said
    assert "Score at visits V2 and V10, 180 all people: ICC(2,1) 0.9" in said
    table = pd.read_csv(out)
    assert table["reason"].fillna("").str.contains("quality flag Warning").sum() == 2


def test_without_a_subtype_only_the_score_is_compared(tmp_path) -> None:
    write_visits(tmp_path, separation=0.0)
    result = run(tmp_path)
    assert not result.verdict.is_discrete
    table = result.visits["visits"].set_index(["people", "statistic"])
    kappa = table.loc[("cases", "kappa of label")]
    assert np.isnan(kappa["value"])
    assert "kappa is not applicable" in kappa["sentence"]
    assert table.loc[("cases", "ICC(2,1) of the value"), "value"] > 0.8


def test_one_visit_makes_no_table(tmp_path) -> None:
    write_visits(tmp_path, separation=0.0, n_case=20)
    table = pd.read_csv(tmp_path / "samples.csv")
    table[table["visit"] == "V2"].to_csv(tmp_path / "samples.csv", index=False)
    spec = spec_from(SPEC)
    assert load_cohort(spec, tmp_path).visits is None
    again = {**SPEC, "cohort": {**SPEC["cohort"], "visits": None}}
    assert load_cohort(spec_from(again), tmp_path).visits is None


def assigned(labels: list[str], ids: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sample_id": ids,
            "probability": 0.5,
            "label": labels,
            "reason": "",
            "value": np.arange(len(ids)) % 20 * 1.0,
        }
    )


def test_samples_without_a_visit_are_numbered_and_few_people_give_nothing() -> None:
    ids = [f"s{i}" for i in range(60)]
    samples = pd.DataFrame({"subject": [f"p{i % 20}" for i in range(60)]}, index=ids)
    labels = (["subtype"] * 8 + ["other"] * 12) * 3
    found = repeated_visits(samples, assigned(labels, ids))
    assert found is not None
    assert found.table["visits"].unique().tolist() == ["1 and 2", "1 and 3", "2 and 3"]
    assert found.table.loc[found.table["statistic"] == "kappa of label", "value"].eq(1).all()
    few = samples.iloc[:38].assign(subject=[f"p{i % 19}" for i in range(38)])
    assert repeated_visits(few, assigned(labels[:38], ids[:38])) is None
    assert repeated_visits(samples.drop(columns="subject"), assigned(labels, ids)) is None


def test_blank_people_and_second_tubes_do_not_count() -> None:
    ids = [f"s{i}" for i in range(62)]
    people = [*(f"p{i % 20}" for i in range(60)), None, "p0"]
    visit = [*np.repeat(["a", "b", "b"], 20), "a", "b"]
    samples = pd.DataFrame({"subject": people, "visit": visit}, index=ids)
    labels = ["subtype"] * 5 + ["other"] * 15
    found = repeated_visits(samples, assigned([*labels * 3, "other", "other"], ids))
    assert found is not None
    assert found.table["n_subjects"].tolist() == [20, 20]
    assert len(found.samples) == 62


def test_the_card_of_such_a_study_is_plain_json(discrete) -> None:
    folder, _ = discrete
    card = json.loads((folder / "run" / "model" / "card.json").read_text())
    assert card["reading"]["columns"]["subject"] == "person"
    assert len(card["constants"]["draws"]["constant"]) == 100
