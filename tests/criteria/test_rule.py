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


def clauses(least: float | None, units: list[str]) -> st.SearchStrategy[Clause]:
    return st.builds(
        Clause,
        st.sampled_from(["CCL17", "CCL13"]),
        st.sampled_from([">=", "<=", ">", "<"]),
        st.floats(least, allow_nan=False, allow_infinity=False),
        st.sampled_from(units),
    )


CLAUSES = clauses(None, ["NPX", "log2"]) | clauses(0.0, ["pg/mL"])


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
    assert (
        "not portable: needs bridging or an absolute assay" in one("CCL17", ">=", 10.0).portability
    )
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


def three() -> EligibilityRule:
    clauses = (
        Clause("CCL17", ">=", 510, "pg/mL", "panel", 430.0, 700.0),
        Clause("CCL13", "<", 0.1 + 0.2, "pg/mL"),
        Clause("eosinophils", ">=", 300, "/uL", "routine"),
    )
    return EligibilityRule(
        clauses, "or", "MSD", target_condition="Th2-skewed", provenance=(("seed", "1"),)
    )


def test_three_clauses_and_no_more() -> None:
    assert three().text == "CCL17 >= 510 pg/mL or CCL13 < 0.3 pg/mL or eosinophils >= 300/uL"
    clauses = tuple(Clause(name, ">", 1, "NPX") for name in "ABCD")
    with pytest.raises(InputError, match="at most 3 clauses; got 4"):
        EligibilityRule(clauses)


def test_three_clauses_apply_by_three_valued_logic() -> None:
    routine = pd.DataFrame({"crp": [5.0, 1.0, 5.0, np.nan]}, index=IDS)
    clauses = (
        Clause("CCL17", ">=", 10.0, "NPX"),
        Clause("CCL13", ">=", 15.0, "NPX"),
        Clause("crp", ">", 3, "mg/L", "routine"),
    )
    # CCL17 9, 11, -, 10; CCL13 15, 14, 16, 15; CRP 5, 1, 5, -
    assert EligibilityRule(clauses).apply(panel(), routine).tolist() == [False, False, pd.NA, pd.NA]
    either = EligibilityRule(clauses, "or").apply(panel(), routine)
    assert either.tolist() == [True, True, True, True]


def test_a_rule_reads_as_a_protocol_would_write_it() -> None:
    assert repr(one("CCL17", ">=", 10.21)) == (
        "Eligible if CCL17 >= 10.21 NPX (claim: candidate; "
        "not portable: needs bridging or an absolute assay)"
    )
    assert repr(three()).endswith("(claim: candidate; MSD)")
    assert repr(EligibilityRule(())) == "Eligible everybody (claim: candidate)"


def test_an_analyte_is_found_under_another_name() -> None:
    assert one("TARC", ">=", 10.0).apply(panel()).tolist() == [False, True, pd.NA, True]


def test_a_file_round_trip(tmp_path) -> None:
    rule, file = three(), tmp_path / "rule.json"
    text = rule.to_json(file)
    assert file.read_text(encoding="utf-8") == text
    back = EligibilityRule.from_json(file)
    assert back == rule
    assert hash(back) == hash(rule)
    assert back.clauses[1].threshold == 0.1 + 0.2  # every digit
    assert back.to_json() == text
    assert json.loads(text)["schema_version"] == 1
    assert EligibilityRule.from_json(EligibilityRule(()).to_json()) == EligibilityRule(())


def test_a_rule_without_the_newer_keys_is_read() -> None:
    old = {"clauses": [{"marker": "CCL17", "operator": ">=", "threshold": 5, "unit": "NPX"}]}
    assert EligibilityRule.from_dict(old) == one("CCL17", ">=", 5.0)


def test_equality_and_hash_do_not_see_notes() -> None:
    noted = replace(three(), notes=("read from a file",))
    assert noted == three()
    assert hash(noted) == hash(three())
    assert three() != replace(three(), joiner="and")


CLAUSE = '{"marker": "CCL17", "operator": ">=", "threshold": 510, "unit": "pg/mL"}'


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is not JSON: .* line 1, column 1"),
        ("[1, 2", "is not JSON"),
        ("3", "must be a JSON object; got 3"),
        ("null", "must be a JSON object; got None"),
        ("[" * 100_000, "nested too deeply"),
        ('{"clauses": [' + "9" * 6000 + "]}", "a number too long"),
        ("{}", "needs `clauses`"),
        ('{"clauses": []}', "no clauses. A rule that enrols everybody must say so"),
        ('{"clauses": "CCL17 > 5"}', "must be a list of objects"),
        ('{"clauses": [[]]}', "must be a list of objects"),
        ('{"clauses": [], "clauses": []}', "gives 'clauses' twice"),
        ('{"clauses": [], "klaim": "x"}', "Did you mean 'claim'"),
        ('{"clauses": [], "schema_version": 2}', "has schema_version 2; .* reads 1"),
        ('{"clauses": [], "schema_version": true}', "has schema_version True"),
        ('{"clauses": [], "claim": 3}', "`claim` of a rule must be text; got 3"),
        ('{"clauses": [], "claim": "proven"}', "claim must be one of candidate"),
        ('{"clauses": [], "joiner": ["and"]}', "`joiner` of a rule must be text"),
        ('{"clauses": [], "joiner": "xor"}', "joiner must be one of and, or"),
        ('{"clauses": [], "platform": 5}', "`platform` of a rule must be text or null"),
        ('{"clauses": [], "provenance": {"seed": 1}}', "names with text"),
        (f'{{"clauses": [{CLAUSE}], "rule_text": "CCL17 >= 100 pg/mL"}}', "changed by hand"),
        (f'{{"clauses": [{", ".join([CLAUSE] * 4)}]}}', "at most 3 clauses"),
    ],
)  # fmt: skip
def test_hostile_json_is_refused_in_a_sentence(text: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        EligibilityRule.from_json(text)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("510", "NaN", "holds NaN, which is no number"),
        ("510", "-Infinity", "holds -Infinity"),
        ("510", "1e999", "threshold of CCL17 must be a number; got inf"),
        ("510", '"510"', "`threshold` of clause 1 must be a number; got '510'"),
        ("510", "true", "must be a number; got True"),
        ("510", "null", "must be a number; got None"),
        ("510", "1" + "0" * 400, "must be a number; got inf|must be a number; got 1000"),
        ('"CCL17"', "17", "`marker` of clause 1 must be text"),
        ('"CCL17"', '" "', "marker must be a name"),
        ('">="', '"=>"', "operator must be one of"),
        ('"pg/mL"', '"ng/mL"', "unit of CCL17 must be one of"),
        ('"unit"', '"units"', "Did you mean 'unit'"),
        (', "unit": "pg/mL"', "", "Clause 1 lacks 'unit'"),
        ('"pg/mL"', '"pg/mL", "source": "blood"', "source must be one of"),
        ('"pg/mL"', '"pg/mL", "grey_low": 400', "end of the grey zone of CCL17 must be a number"),
        ('"pg/mL"', '"pg/mL", "grey_low": 9, "grey_high": 3', "must rise; got 9.0 to 3.0"),
    ],
)
def test_hostile_clauses_are_refused_in_a_sentence(old: str, new: str, match: str) -> None:
    text = f'{{"clauses": [{CLAUSE.replace(old, new, 1)}]}}'
    with pytest.raises(InputError, match=match):
        EligibilityRule.from_json(text)


def test_files_that_are_none(tmp_path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        EligibilityRule.from_json(tmp_path / "absent.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(InputError, match="not UTF-8"):
        EligibilityRule.from_json(tmp_path / "binary.json")


DATA = {
    "derivation_sha256": "a" * 64,
    "replication_sha256": "b" * 64,
    "replication_conclusion": "replicated",
    "association_p": "0.003",
    "interaction_p": "0.01",
    "outcome_sha256": "c" * 64,
    "trial_sha256": "d" * 64,
    "outcome": "HDRS-17 at week 8",
    "interaction": "difference of effects 3.1 (1.2 to 5.0)",
}


@pytest.mark.parametrize("claim", ["replicated", "prognostic", "predictive"])
def test_a_claim_stands_on_evidence_and_survives_the_file(claim: str) -> None:
    proved = three().with_evidence(claim, DATA)
    assert proved.claim == claim
    assert proved.notes == ()
    back = EligibilityRule.from_json(proved.to_json())
    assert back == proved
    assert back.claim == claim


@pytest.mark.parametrize("claim", ["replicated", "prognostic", "predictive"])
def test_a_claim_cannot_be_written_into_a_file(claim: str) -> None:
    plain = three().to_dict() | {"claim": claim}
    found = EligibilityRule.from_dict(plain)
    assert found.claim == "candidate"
    assert f"{claim!r} is not supported and was lowered" in found.notes[0]
    assert found == three()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda p: p["clauses"][0].update(threshold=500.0), "changed after the evidence"),
        (lambda p: p.update(joiner="and"), "changed after the evidence"),
        (lambda p: p.update(platform="Luminex"), "changed after the evidence"),
        (lambda p: p.update(target_condition="response"), "changed after the evidence"),
        (lambda p: p.update(claim="predictive"), "'interaction', 'interaction_p'"),
        (lambda p: p["provenance"].pop("evidence_sha256"), "lacks 'evidence_sha256'"),
        (lambda p: p["provenance"].update(replication_sha256="a" * 64), "data it was made from"),
        (lambda p: p["provenance"].update(replication_sha256="e" * 64), "changed after"),
        (lambda p: p["provenance"].update(replication_sha256="yes"), "is no SHA-256"),
    ],
)
def test_an_edited_rule_loses_its_claim(change, match: str) -> None:
    plain = three().with_evidence("replicated", DATA).to_dict()
    change(plain)
    found = EligibilityRule.from_dict(plain)
    assert found.claim == "candidate"
    assert match in found.notes[0]


def test_evidence_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="'association_p' is not given"):
        three().with_evidence("prognostic", {"derivation_sha256": "a" * 64})
    with pytest.raises(InputError, match="tried on the data it was made from"):
        three().with_evidence("replicated", DATA | {"replication_sha256": "a" * 64})
    with pytest.raises(InputError, match="must be one of replicated"):
        three().with_evidence("candidate", DATA)


def test_grey_zones_are_no_part_of_what_evidence_is_tied_to() -> None:
    proved = three().with_evidence("replicated", DATA)
    moved = replace(proved.clauses[0], grey_low=400.0)
    assert replace(proved, clauses=(moved, *proved.clauses[1:])).claim == "replicated"


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Clause("CCL17", ">=", -1, "pg/mL"), "threshold of CCL17 must be 0 or more in pg"),
        (lambda: Clause("eosinophils", ">=", -300, "/uL", "routine"), "0 or more in /uL; got -300"),
        (
            lambda: Clause("crp", ">", 3, "mg/L", "routine", grey_low=-1, grey_high=4),
            "end of the grey zone of crp must be 0 or more",
        ),
        (lambda: EligibilityRule((), detection_policy="as it comes"), "detection policy must be"),
        (lambda: EligibilityRule((), detection_policy=""), "detection policy must be"),
        (
            lambda: EligibilityRule.from_dict({"clauses": [], "detection_policy": "drop"}),
            "detection policy must be",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, match: str) -> None:
    with pytest.raises(InputError, match=match):
        make()


def test_a_threshold_below_0_can_be_on_a_logarithmic_scale() -> None:
    assert one("CCL13", ">=", -1.5).apply(panel()).all()
    assert one("CCL13", ">=", -1.5, "log2").text == "CCL13 >= -1.5 log2"
