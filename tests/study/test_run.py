"""The run as a whole: what a stopped run leaves, and what is asked before it starts."""

from pathlib import Path
from typing import Any

import pytest

from subtyping.cli import exit_code_of
from subtyping.exceptions import InputError
from subtyping.study import load_cohort, run_study, spec_from
from subtyping.study.documents import apply_overrides
from subtyping.study.plan import make_plan

TINY: dict[str, Any] = {
    "seed": 2,
    "cohort": {"simulate": {"design": "null", "n_case": 40, "n_reference": 40, "n_analytes": 40}},
    "discovery": {"axis": "Th2", "bootstrap": 19, "resamples": 20, "twin_draws": 2},
    "criteria": {"resamples": 20},
}


def test_a_stopped_run_leaves_no_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*words: object, **settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("subtyping.study.stages.compare_groups", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_study(spec_from(TINY), out=tmp_path, jobs=1, track=False)
    assert not (tmp_path / "DONE").exists()


def test_the_out_folder_may_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(InputError, match="is a file"):
        run_study(spec_from(TINY), out=tmp_path / "out", track=False)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("discovery.axis=Th3", "no axis 'Th3'"),
        ("criteria.markers=[CCL111]", "'CCL111' is neither an analyte .* 'CCL11'"),
        ("criteria.icc={CCL111: 0.6}", "criteria.icc: 'CCL111' is neither .* mean 'CCL11'"),
        ("criteria.icc={TARC: 0.6, CCL17: 0.5}", "criteria.icc names CCL17 twice"),
        ("criteria.lloq={CCL111: 2}", "criteria.lloq: 'CCL111' is no analyte .* mean 'CCL11'"),
        ("criteria.lloq={crp: 2}", "criteria.lloq: 'crp' is no analyte"),
        ("cohort.simulate.n_cases=3", "n_case"),
        ("cohort.simulate.design=nul", "null"),
        ("cohort.groups={case: [MDD], reference: [HCC]}", r"'HCC'. Groups found: HC \(40\)"),
        ("cohort.groups={case: [MDD], reference: [HC], comparison: [AD]}", "comparison: .*'AD'"),
    ],
)
def test_the_plan_is_settled_before_the_first_computation(setting: str, message: str) -> None:
    spec = spec_from(apply_overrides(TINY, [setting]))
    with pytest.raises(InputError, match=message):
        make_plan(spec, load_cohort(spec))


@pytest.mark.parametrize("key", ["icc", "lloq"])
def test_a_name_that_was_not_measured_stops_a_run_before_it_is_tracked(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "study.yaml").write_text(
        "question: Is there a group?\nseed: 2\n"
        "cohort:\n  simulate: {design: 'null', n_case: 40, n_reference: 40, n_analytes: 40}\n"
        f"discovery: {{axis: Th2}}\ncriteria: {{{key}: {{CCL111: 0.6}}}}\n"
    )
    store = tmp_path / "store.db"
    words = ["run", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out")]
    assert exit_code_of([*words, "--tracking-uri", f"sqlite:///{store}"]) == 2
    said = capsys.readouterr().err
    assert f"criteria.{key}: 'CCL111' is n" in said
    assert "Did you mean 'CCL11'" in said
    assert "Traceback" not in said
    assert "preparation" not in said  # the first computation
    assert not store.exists()
    assert not (tmp_path / "out" / "DONE").exists()


def test_an_icc_may_come_with_its_interval() -> None:
    settings = ["criteria.icc={TARC: [0.6, 0.5, 0.7], crp: 0.3}"]
    spec = spec_from(apply_overrides(TINY, settings))
    assert make_plan(spec, load_cohort(spec)).markers is None


def test_contrasts_are_the_cases_and_each_comparison_group() -> None:
    spec = spec_from(
        {"seed": 1, "cohort": {"simulate": {"design": "index_study"}},
         "discovery": {"axis": "Th2"}}
    )  # fmt: skip
    plan = make_plan(spec, load_cohort(spec))
    names = list(plan.contrasts)
    assert names[0] == "MDD vs HC"
    assert len(names) == 3
    assert plan.axis_of["CCL17"] == "Th2"


def test_a_simulated_cohort_has_one_digest_per_seed() -> None:
    digests = [
        load_cohort(spec_from(apply_overrides(TINY, [f"seed={seed}"]))).data_sha256
        for seed in (2, 2, 3)
    ]
    assert digests[0] == digests[1] != digests[2]
