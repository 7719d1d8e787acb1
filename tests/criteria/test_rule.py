"""Eligibility rules as data."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.criteria import Clause, EligibilityRule
from subtyping.exceptions import InputError
from subtyping.panel import Panel, ReadingReport

IDS = pd.Index(["a", "b", "c", "d"], name="sample_id")


def panel(unit: str = "NPX", **frames) -> Panel:
    values = pd.DataFrame({"CCL17": [9.0, 11.0, np.nan, 10.0], "CCL13": [15.0, 14.0, 16.0, 15.0]})
    values.index = IDS
    no = pd.DataFrame(data=False, index=IDS, columns=values.columns)
    parts = {"values": values, "below_lod": no, "above_uloq": no, "lod": values * np.nan} | frames
    reading = ReadingReport("x.csv", "wide", frames.pop("platform", None), 4, 4, pd.DataFrame())
    return Panel(
        unit=unit, analytes=pd.DataFrame(index=values.columns), samples=pd.DataFrame(index=IDS),
        reading=reading, **parts,
    )  # fmt: skip


def one(marker: str, operator: str, threshold: float, unit: str = "NPX") -> EligibilityRule:
    return EligibilityRule((Clause(marker, operator, threshold, unit),))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (one("CCL17", ">=", 10.0), [False, True, pd.NA, True]),
        (one("CCL17", ">", 10.0), [False, True, pd.NA, False]),
        (one("CCL17", "<=", 10.0), [True, False, pd.NA, True]),
        (one("CCL17", "<", 10.0), [True, False, pd.NA, False]),
        (EligibilityRule(()), [True, True, True, True]),
    ],
)
def test_operators(rule: EligibilityRule, expected: list) -> None:
    assert rule.apply(panel()).tolist() == expected


def test_clauses_join_by_three_valued_logic() -> None:
    clauses = (Clause("CCL17", ">=", 10.0, "NPX"), Clause("CCL13", ">=", 15.0, "NPX"))
    both, either = EligibilityRule(clauses), EligibilityRule(clauses, "or")
    assert both.apply(panel()).tolist() == [False, False, pd.NA, True]
    assert either.apply(panel()).tolist() == [True, True, True, True]
    strict = EligibilityRule((clauses[0], Clause("CCL13", ">=", 17.0, "NPX")))
    assert strict.apply(panel()).tolist() == [False, False, False, False]


def test_below_detection_counts_as_below_a_threshold_above_the_limit() -> None:
    below = pd.DataFrame({"CCL17": [True, False, True, False], "CCL13": False}, index=IDS)
    lod = pd.DataFrame({"CCL17": 9.5, "CCL13": np.nan}, index=IDS)
    censored = panel(below_lod=below, lod=lod)
    assert one("CCL17", ">=", 10.0).apply(censored).tolist() == [False, True, False, True]
    assert one("CCL17", "<=", 10.0).apply(censored).tolist() == [True, False, True, True]
    # a threshold under the limit: the file's number decides, and without one nothing does
    assert one("CCL17", ">=", 8.0).apply(censored).tolist() == [True, True, pd.NA, True]


def test_above_the_upper_limit_counts_as_above() -> None:
    above = pd.DataFrame({"CCL17": [False, False, True, False], "CCL13": False}, index=IDS)
    assert one("CCL17", ">=", 10.0).apply(panel(above_uloq=above)).tolist()[2] is True


def test_routine_markers_are_compared_in_their_canonical_unit() -> None:
    routine = pd.DataFrame({"eosinophils": [0.3, 0.29, np.nan]}, index=["a", "b", "c"])
    rule = EligibilityRule((Clause("eosinophils", ">=", 300, "/uL", "routine"),))
    assert rule.apply(panel(), routine).tolist() == [True, False, pd.NA, pd.NA]
    assert rule.text == "eosinophils >= 300/uL"


@given(st.floats(-5, 20), st.floats(0, 5))
def test_raising_a_threshold_never_enrols_more(threshold: float, more: float) -> None:
    lower = one("CCL13", ">=", threshold).apply(panel())
    higher = one("CCL13", ">=", threshold + more).apply(panel())
    assert not (higher & ~lower).any()


CLAUSES = st.builds(
    Clause,
    st.sampled_from(["CCL17", "CCL13"]),
    st.sampled_from([">=", "<=", ">", "<"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["NPX", "pg/mL", "log2"]),
)


@given(
    st.lists(CLAUSES, max_size=3),
    st.sampled_from(["and", "or"]),
    st.sampled_from(["candidate", "predictive"]),
)
def test_json_round_trip(clauses: list[Clause], joiner: str, claim: str) -> None:
    rule = EligibilityRule(
        tuple(clauses), joiner, platform="Olink", claim=claim, provenance=(("seed", "1"),)
    )
    back = EligibilityRule.from_dict(json.loads(json.dumps(rule.to_dict())))
    assert back == rule
    assert hash(back) == hash(rule)


def test_what_stands_between_a_rule_and_another_laboratory() -> None:
    assert "not portable without bridging" in one("CCL17", ">=", 10.0).portability
    assert "this assay platform only" in one("CCL17", ">=", 10.0, "pg/mL").portability
    assert EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),)).portability == ""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: one("CCL17", "=>", 1.0), "operator must be one of"),
        (lambda: one("CCL17", ">=", float("nan")), "must be a number"),
        (lambda: one("CCL17", ">=", 1.0, "npx"), "Did you mean 'NPX'"),
        (lambda: one("CCL71", ">=", 1.0).apply(panel()), "Did you mean 'CCL17'"),
        (lambda: one("CCL17", ">=", 510, "pg/mL").apply(panel()), "in pg/mL and the panel in NPX"),
        (
            lambda: EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),)).apply(panel()),
            "routine marker crp, which was not given",
        ),
        (lambda: EligibilityRule((), joiner="xor"), "joiner must be one of"),
        (lambda: EligibilityRule((), claim="validated"), "claim must be one of"),
        (lambda: EligibilityRule.from_dict({"clause": []}), "Did you mean 'clauses'"),
        (lambda: EligibilityRule.from_dict({"clauses": [{"marker": "x"}]}), "each with marker"),
    ],
)
def test_errors(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_another_platform_is_refused() -> None:
    rule = replace(one("CCL17", ">=", 10.0), platform="Olink Target 96")
    other = panel()
    other = replace(other, reading=replace(other.reading, platform="Luminex"))
    with pytest.raises(InputError, match="do not carry between platforms"):
        rule.apply(other)
    assert rule.apply(panel()).notna().any()
