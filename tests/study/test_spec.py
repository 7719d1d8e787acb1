from pathlib import Path
from typing import Any

import pytest

from subtyping.exceptions import SpecError
from subtyping.study.documents import apply_overrides
from subtyping.study.spec import load_spec, spec_from

FILE: dict[str, Any] = {
    "seed": 1,
    "cohort": {
        "panel": "panel.csv",
        "unit": "NPX",
        "samples": "samples.csv",
        "columns": {"sample": "id", "group": "diagnosis", "bmi": "!unknown"},
        "groups": {"case": ["MDD"], "reference": ["HC"]},
    },
    "discovery": {"axis": "Th2"},
}
SIMULATED: dict[str, Any] = {
    "seed": 1,
    "cohort": {"simulate": {"design": "th2_subtype", "n_case": 40}},
    "discovery": {"axis": "Th2"},
}


def test_defaults_are_written_out() -> None:
    spec = spec_from(SIMULATED)
    plain = spec.to_dict()
    assert plain["preparation"]["adjust"] == ["age", "sex", "bmi"]
    assert plain["discovery"]["minimum_subtype"] == {"fraction": 0.25, "effective_separation": 3.5}
    assert plain["cohort"]["simulate"] == {"design": "th2_subtype", "seed": None, "n_case": 40}


def test_to_dict_is_a_fixed_point() -> None:
    for document in (FILE, SIMULATED):
        plain = spec_from(document).to_dict()
        if plain["cohort"]["simulate"] is not None:
            plain["cohort"] = {"simulate": plain["cohort"]["simulate"]}
        else:
            del plain["cohort"]["simulate"]
        again = spec_from(plain).to_dict()
        assert again == spec_from(document).to_dict()


def test_unknown_roles_are_told_apart_from_columns() -> None:
    cohort = spec_from(FILE).cohort
    assert cohort.roles == {"sample": "id", "group": "diagnosis"}
    assert cohort.unknown_roles == ("bmi",)


def test_group_values_compare_as_text_after_numeric_normalisation() -> None:
    document = apply_overrides(FILE, ["cohort.groups={case: [1.0, 2], reference: '0'}"])
    groups = spec_from(document).cohort.groups
    assert groups is not None
    assert (groups.case, groups.reference) == (["1", "2"], ["0"])


def test_axis_is_a_name_or_members() -> None:
    members = apply_overrides(SIMULATED, ["discovery.axis={name: mine, members: [CCL17]}"])
    assert spec_from(SIMULATED).discovery.axis.members is None
    assert spec_from(members).discovery.axis.members == ["CCL17"]


def test_the_unquoted_null_design_is_understood() -> None:
    spec = spec_from({**SIMULATED, "cohort": {"simulate": {"design": None}}})
    assert spec.cohort.simulate is not None
    assert spec.cohort.simulate.design == "null"


def test_load_spec_remembers_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("seed: 1\ncohort: {simulate: {design: th2_subtype}}\ndiscovery: {axis: Th2}\n")
    spec = load_spec(path, ["seed=5"])
    assert (spec.folder, spec.seed) == (tmp_path, 5)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("serd=1", "Unknown key 'serd' .* Did you mean 'seed'"),
        ("cohort.smples=a", r"Unknown key 'cohort\.smples' .* Did you mean 'samples'"),
        ("cohort.groups.cases=[a]", r"'cohort\.groups\.cases' .* Did you mean 'case'"),
        ("cohort.routine.crp={colum: a, unit: b}", r"'cohort\.routine\.crp\.colum' .*'column'"),
        ("discovery.axis={name: a, member: [b]}", r"'discovery\.axis\.member' .*'members'"),
        ("discovery.minimum_subtype.fracton=.2", r"minimum_subtype\.fracton' .*'fraction'"),
        ("folds=3", r"Did you mean 'prediction\.folds'"),
        ("zzz=3", "Keys here are question, seed"),
        ("seed=abc", "seed must be a whole number; got 'abc'"),
        ("seed=1.5", r"seed must be a whole number; got 1\.5"),
        ("seed=true", "seed must be a whole number; got True"),
        ("seed=-1", "seed must be at least 0; got -1"),
        ("seed=null", "seed must be a whole number; got nothing"),
        ("prediction=3", "prediction must be keys with values"),
        ("prediction.folds=1", r"prediction\.folds must be at least 2"),
        ("prediction.enabled=maybe", r"prediction\.enabled must be true or false; got 'maybe'"),
        ("discovery.minimum_subtype.fraction=2", r"fraction must be at most 0\.5; got 2"),
        ("discovery.candidates=[hdbskan]", r"candidates\[0\] must be one of .*'hdbscan'"),
        ("discovery=null", "discovery must be keys with values"),
        ("preparation.adjust=[agee]", r"adjust\[0\] must be one of .* Did you mean 'age'"),
        ("cohort.format=wyde", r"cohort\.format must be one of wide, .* Did you mean 'wide'"),
        ("cohort.unit=pg/ml", r"cohort\.unit must be one of pg/mL, NPX, log2; .*'pg/mL'"),
        ("cohort.unit=null", "unit of the values is not declared; write unit: pg/mL"),
        ("cohort.groups=null", "groups are not declared"),
        ("cohort.groups.case=[]", r"cohort\.groups\.case must list at least 1"),
        ("cohort.groups.reference=null", r"cohort\.groups\.reference must list at least 1"),
        ("cohort.groups.case=[No]", "truth value in YAML"),
        ("cohort.groups.reference=[MDD]", "'MDD' is named twice"),
        ("cohort.columns.agge=x", "'agge' is not a role. Did you mean 'age'"),
        ("cohort.columns.group=!unknown", "only a covariate can be declared unknown"),
        ("cohort.columns={sample: id}", "group column is not declared"),
        ("cohort.samples=same", "the analytes must be named"),
        ("cohort.simulate={design: 'null'}", "either panel .* or simulate"),
        ("cohort={}", "either panel .* or simulate"),
    ],
)
def test_wrong_keys_are_one_sentence_with_their_path(setting: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as error:
        spec_from(apply_overrides(FILE, [setting]), "study.yaml")
    text = str(error.value)
    assert text.startswith("study.yaml: ")
    assert "\n" not in text
    assert "pydantic" not in text


@pytest.mark.parametrize("key", ["cohort", "seed", "discovery"])
def test_required_sections(key: str) -> None:
    document = {name: value for name, value in FILE.items() if name != key}
    with pytest.raises(SpecError, match=f"{key} is required"):
        spec_from(document)


def test_simulate_refuses_keys_of_a_file() -> None:
    with pytest.raises(SpecError, match="so unit cannot stand beside it"):
        spec_from(apply_overrides(SIMULATED, ["cohort.unit=NPX"]))
