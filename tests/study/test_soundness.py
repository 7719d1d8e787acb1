"""What else could be behind a difference: handling, design, covariates, as a study writes them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import load_assigner
from subtyping.exceptions import InputError, SpecError
from subtyping.preparation import Preparation
from subtyping.study import run_study
from subtyping.study.soundness import _unless_impossible
from subtyping.study.spec import spec_from

QUICK = {
    "seed": 1,
    "cohort": {"simulate": {"design": "null", "n_case": 60, "n_reference": 40}},
    "discovery": {"axis": "Th2", "bootstrap": 19, "resamples": 20, "twin_draws": 0},
    "prediction": {"enabled": False},
    "criteria": {"resamples": 20},
}


def run(tmp_path: Path, **changes: object) -> Path:
    run_study(spec_from({**QUICK, **changes}), out=tmp_path / "run", jobs=1, track=False)
    return tmp_path / "run"


@pytest.fixture(scope="module")
def regressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a study that regresses handling out."""
    folder = tmp_path_factory.mktemp("regressed")
    return run(folder, preparation={"handling": "regress_out"})


def test_a_study_writes_what_else_could_be_behind_a_difference(tmp_path: Path) -> None:
    folder = run(tmp_path)
    names = {path.stem for path in (folder / "tables").glob("*.csv")}
    assert names >= {
        "detection_by_group", "design_balance", "design_joint", "handling_scores",
        "handling_associations", "handling_analytes", "handling_sensitivity",
        "handling_sensitivity_analytes", "covariate_sensitivity",
    }  # fmt: skip
    scores = pd.read_csv(folder / "tables" / "handling_scores.csv")
    assert len(scores) == 100
    options = pd.read_csv(folder / "tables" / "handling_sensitivity.csv")["handling"]
    assert set(options) == {"report", "drop", "regress_out"}
    adjusted = pd.read_csv(folder / "tables" / "covariate_sensitivity.csv")
    assert {"unadjusted", "bmi", "all"} <= set(adjusted["adjustment"])
    said = json.loads((folder / "report.json").read_text())["sentences"]
    assert "case status" in said["if_people_were_alike"]
    brief = (folder / "brief.html").read_text()
    assert "If people were alike" in brief
    assert "If handling is left out" in brief


def test_handling_regressed_out_is_frozen_in_the_card_for_one_patient(regressed: Path) -> None:
    folder = regressed
    card = json.loads((folder / "model" / "card.json").read_text())
    assert card["preparation"]["settings"]["regress_handling"] is True
    assert np.abs(card["preparation"]["handling_slopes"]).max() > 0
    panel = simulate_cohort("null", seed=9, n_case=12, n_reference=12).panel
    assigner = load_assigner(folder / "model")
    together = assigner.assign(panel).table.set_index("sample_id")
    alone = pd.concat([assigner.assign(panel.take([k])).table for k in range(5)])
    pd.testing.assert_frame_equal(alone.set_index("sample_id"), together.iloc[:5])


def test_regressing_out_leaves_no_correlation_with_handling_in_healthy_people() -> None:
    panel = simulate_cohort("null", seed=2, n_case=60, n_reference=60).panel
    healthy = panel.in_groups(["HC"])

    def strongest(*, regress: bool) -> float:
        settings = {"case": ["MDD"], "reference": ["HC"], "regress_handling": regress}
        prepared = Preparation(**settings).fit_transform(panel)
        others = prepared.z.drop(columns=list(prepared.handling_markers))[healthy]
        r = others.corrwith(prepared.handling[healthy])
        return float(r.abs().max())

    assert strongest(regress=False) > 0.2
    assert strongest(regress=True) < 1e-9


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("hamd17", "no column of the samples table"), ("sex", "must be a column of numbers")],
)
def test_an_outcome_that_cannot_be_one_is_refused_before_the_run(
    tmp_path: Path, outcome: str, said: str
) -> None:
    with pytest.raises(SpecError, match=said):
        run(tmp_path, signature={"outcome": outcome})


def test_a_muted_check_keeps_its_reason_in_brief_and_table(tmp_path: Path) -> None:
    folder = run(tmp_path, checks={"mute": {"ST003": "cytokines are known to be undetected"}})
    table = pd.read_csv(folder / "tables" / "checks.csv").set_index("code")
    assert table.loc["ST003", "muted_reason"] == "cytokines are known to be undetected"
    assert "cytokines are known to be undetected" in (folder / "brief.html").read_text()


def test_plates_none_is_the_same_as_no_plates(tmp_path: Path) -> None:
    folder = run(tmp_path, preparation={"plates": "none"})
    card = json.loads((folder / "model" / "card.json").read_text())
    assert card["preparation"]["settings"]["adjust_plates"] is False


def test_what_a_cohort_does_not_allow_keeps_its_reason() -> None:
    def refuse() -> int:
        message = "The outcome must differ."
        raise InputError(message)

    assert str(_unless_impossible(refuse)) == "The outcome must differ."
    assert _unless_impossible(lambda: 3) == 3


def test_markers_are_not_adjusted_for_the_score_they_make(regressed: Path) -> None:
    table = pd.read_csv(regressed / "tables" / "differential.csv").set_index("analyte")
    is_said = table["reason"].fillna("").str.contains("not adjusted for handling")
    assert {"SIRT2", "STAMBP"} <= set(table.index[is_said])
    assert is_said.sum() == 6
