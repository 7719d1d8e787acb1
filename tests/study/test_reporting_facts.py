"""What a run says to the reporting guidelines: what it knows, and nothing more."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.criteria import reporting_items
from subtyping.criteria.reporting import FACTS
from subtyping.report import StudyResult
from subtyping.study import spec_from
from subtyping.study.reporting_facts import reporting_facts

FAKE = Path(__file__).parents[1] / "report" / "fake_result.py"
RULE = SimpleNamespace(text="CCL17 >= 9.2 NPX", platform=None, detection_policy="below is below")


@pytest.fixture(scope="module")
def cohort() -> Any:
    drawn = simulate_cohort("th2_subtype", seed=1, n_case=30, n_reference=20, n_analytes=40)
    return SimpleNamespace(panel=drawn.panel, routine=pd.DataFrame({"crp": [1.0]}))


def study(kind: str) -> StudyResult:
    """Return a made-up result with a whole specification and dated-free provenance."""
    result: StudyResult = runpy.run_path(str(FAKE))["fake_result"](kind)
    spec = spec_from({
        "seed": 1, "cohort": {"simulate": {"design": "null"}}, "discovery": {"axis": "Th2"},
    }).to_dict()  # fmt: skip
    table = result.criteria.table.assign(
        note="Only 36% chose it.", chosen_by="Youden index", obtained="this rule, out of bag"
    )
    criteria = replace(result.criteria, table=table, rules=(RULE, RULE))
    design = SimpleNamespace(**vars(result.design), notes=("bmi differs.",))
    return replace(result, spec=spec, criteria=criteria, design=design)


def test_a_proposed_rule_is_written_in_full_with_its_limits(cohort: Any) -> None:
    facts = reporting_facts(study("discrete"), cohort)
    assert set(facts) <= set(FACTS)
    assert facts["model_output"].startswith("Yes or no for each person: CCL17 >= 9.2 NPX;")
    assert "below is below" in facts["specification"]
    assert "sensitivity 88% (81% to 95%)" in facts["performance"]
    assert "CCL17 >= 9.2 NPX: candidate. Only 36% chose it." in facts["limitations"]
    assert "Youden index" in facts["analysis"]
    assert "that of these cases" in facts["class_imbalance"]
    assert "No independent people in this run." in facts["validation"]


@pytest.mark.parametrize("kind", ["none", "underpowered", "blocked"])
def test_where_no_rule_is_proposed_its_items_stay_open(kind: str, cohort: Any) -> None:
    facts = reporting_facts(study(kind), cohort)
    absent = {"model_output", "specification", "performance", "validation", "class_imbalance"}
    assert not absent & set(facts)
    assert f"verdict: {kind}" in facts["outcome"]
    assert ("sample_size" in facts) == (kind != "blocked")


def test_a_cut_of_unknown_sensitivity_leaves_performance_open(cohort: Any) -> None:
    result = study("discrete")
    table = result.criteria.table.assign(sensitivity=float("nan"))
    table["kind"] = table["kind"].replace("subtype", "upper_tail")
    criteria = replace(result.criteria, table=table)
    facts = reporting_facts(replace(result, criteria=criteria, prediction=None), cohort)
    assert "model_output" in facts
    assert not {"performance", "validation", "class_imbalance"} & set(facts)


def test_people_are_counted_and_those_left_out_by_reason(cohort: Any) -> None:
    facts = reporting_facts(study("none"), cohort)
    assert facts["participants"] == (
        "120 cases (MDD), 80 reference people (HC), 20 for comparison (AD). 222 sample rows read, "
        "220 kept; left out: 1 (no samples row), 1 (blank group)."
    )
    assert facts["characteristics"] == "Bmi differs."


def test_nothing_hangs_on_the_clock_and_fairness_is_never_claimed(cohort: Any) -> None:
    result = study("discrete")
    later = replace(
        result, provenance={**result.provenance, "started": "2030", "seconds": 1.0,
                            "git_commit": "abc"},
    )  # fmt: skip
    facts = reporting_facts(result, cohort)
    assert reporting_facts(later, cohort) == facts
    assert "fairness" not in facts
    assert result.provenance["data_sha256"] in facts["seed"]


def test_further_facts_add_to_an_item_and_do_not_fill_it() -> None:
    def text(facts: dict[str, str]) -> str:
        items = reporting_items(facts).set_index(["guideline", "item"])
        return str(items.loc[("TRIPOD+AI", "18"), "text"])

    assert text({"seed": "Root seed 1."}) == ""
    assert text({"seed": "Root seed 1.", "code": "subtyping."}) == "subtyping. Root seed 1."
