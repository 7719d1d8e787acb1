"""The JSON of a study."""

import json

import numpy as np
import pandas as pd
import pytest

from subtyping.report import criteria_dict, plain, report_dict, write_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64("nan"), None),
        (float("inf"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.bool_(True), True),
        (np.int64(3), 3),
        (np.array([1.0, np.nan]), [1.0, None]),
        (pd.Series(["a", None]), ["a", None]),
        ({1: (2, {"x"})}, {"1": [2, ["x"]]}),
        (pd.Timestamp("2026-01-17"), "2026-01-17 00:00:00"),
    ],
)
def test_plain_values(value, expected):
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)


@pytest.mark.parametrize("kind", ["discrete", "continuum", "none", "underpowered", "blocked"])
def test_the_report_has_the_agreed_shape(fake_result, kind):
    document = json.loads(json.dumps(report_dict(fake_result(kind)), allow_nan=False))
    assert set(document) >= {"spec", "provenance", "verdict", "checks", "criteria", "metrics"}
    assert set(document["provenance"]) >= {
        "package_version", "python", "library_versions", "git_commit", "data_sha256", "seed",
        "started", "seconds",
    }  # fmt: skip
    assert set(document["verdict"]) >= {
        "kind", "axis", "p_value", "prevalence_frac", "prevalence_ci_low", "prevalence_ci_high",
        "n_case", "sentence",
    }  # fmt: skip
    assert document["verdict"]["kind"] == kind
    for check in document["checks"]:
        assert set(check) == {
                "code", "title", "severity", "outcome", "sentence", "muted_reason",
            }  # fmt: skip
    for metric in document["metrics"].values():
        assert set(metric) == {"value", "ci_low", "ci_high", "null_twin"}


def test_missing_numbers_are_null(fake_result):
    document = report_dict(fake_result("blocked"))
    assert document["verdict"]["p_value"] is None
    assert document["verdict"]["prevalence_frac"] is None
    assert document["metrics"]["fidelity_roc_auc"]["value"] is None


def test_criteria_stand_alone(fake_result):
    document = criteria_dict(fake_result("discrete"))
    assert document["provenance"]["data_sha256"]
    assert document["criteria"][0]["rule_text"] == "CCL17 >= 9.2 NPX"
    assert document["criteria"][-1]["sensitivity"] is None


def test_report_dict_touches_nothing(fake_result):
    result = fake_result("discrete")
    before = result.criteria.table.copy()
    report_dict(result)
    pd.testing.assert_frame_equal(result.criteria.table, before)


def test_json_bytes(tmp_path):
    path = write_json({"b": float("nan"), "a": "µ"}, tmp_path / "x.json")
    assert path.read_bytes() == '{\n  "b": null,\n  "a": "µ"\n}\n'.encode()
