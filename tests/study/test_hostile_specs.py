"""Specifications nobody should write: each ends in a sentence, none in a traceback or a hang."""

import pytest

from subtyping.exceptions import InputError, SpecError
from subtyping.study import load_spec
from subtyping.study.cohort import load_cohort
from subtyping.study.documents import read_document, split_settings
from subtyping.study.plan import make_plan
from subtyping.study.spec import spec_from

SIMULATED = {"design": "null", "n_case": 30, "n_reference": 30}


def document(**sections: object) -> dict[str, object]:
    return {
        "seed": 1,
        "cohort": {"simulate": SIMULATED},
        "discovery": {"axis": "Th2"},
        **sections,
    }


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, r"Line 2 refers to another value \(\*a\)"),
        ("a: &a [*a]\n", "refers to another value"),
        ("a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ("seed: 2020-13-45\n", "cannot be read .month must be in 1..12"),
        ('seed: !!int "abc"\n', "cannot be read"),
        ('seed: !!bool "abc"\n', "cannot be read"),
        ("seed: !!timestamp abc\n", "cannot be read"),
        ("seed: " + "9" * 5000, "cannot be read"),
        ("seed: !!omap [a]\n", "expected a mapping"),
        ("seed: !other 3\n", "the tag '!other' is not understood"),
        ("bmi: !unknown [a]\n", "!unknown on line 1 stands alone"),
        ("yes: 2\n", "The key on line 1 is a truth value"),
        ("bmi: !unknown x\n", "!unknown on line 1 stands alone"),
        ("columns: {bmi: !unknown}\n", "Leave a blank after !unknown"),
    ],
)
def test_hostile_yaml_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(SpecError, match=words) as caught:
        read_document(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"discovery": {"axis": "Th2", "assay_cv_pct": float("inf")}}, "a finite number"),
        (
            {
                "discovery": {
                    "axis": "Th2",
                    "minimum_subtype": {"effective_separation": float("inf")},
                }
            },
            "a finite number",
        ),
        ({"discovery": {"axis": "Th2", "bootstrap": 10**12}}, "bootstrap must be at most"),
        ({"discovery": {"axis": "Th2", "twin_draws": 10**12}}, "twin_draws must be at most"),
        ({"criteria": {"resamples": 10**12}}, "resamples must be at most"),
        ({"criteria": {"markers": []}}, "criteria.markers must list at least 1"),
        ({"prediction": {"models": ["elastic_net", "elastic_net"]}}, "named twice"),
        ({"preparation": {"adjust": ["age", "age"]}}, "'age' is named twice"),
        ({"discovery": {"axis": {"name": "x", "members": ["IL6", "IL6"]}}}, "named twice"),
        ({"axes": {"": ["IL6", "TNF"]}}, "an axis needs a name"),
        ({"axes": {5: ["IL6"]}}, "axes has the key 5, which is no text"),
        ({3: 1}, "There is the key 3, which is no text"),
        ({"cohort": {"simulate": {**SIMULATED, "seed": -1}}}, "simulate.seed must be at least 0"),
    ],
)
def test_nonsense_is_refused_before_anything_runs(sections, words):
    with pytest.raises(SpecError, match=words):
        spec_from({**document(), **sections})


@pytest.mark.parametrize(
    ("minimum", "words"),
    [({"fraction": 1e-6}, "fraction"), ({"effective_separation": 0.01}, "effective_separation")],
)
def test_power_that_is_not_stored_is_not_claimed(minimum, words):
    spec = spec_from(document(discovery={"axis": "Th2", "minimum_subtype": minimum}))
    with pytest.raises(SpecError, match=f"minimum_subtype.{words} must be at least"):
        make_plan(spec, load_cohort(spec))


def test_column_names_are_taken_as_they_are_written():
    pairs = split_settings(["batch=0123", "group=yes"], "--columns", as_text=True)
    assert pairs == [("batch", "0123"), ("group", "yes")]


def files(folder, crp: list[str], **cohort: object):
    ids = [f"p{i}" for i in range(len(crp))]
    (folder / "panel.csv").write_text(
        "sample_id,IL6,TNF\n" + "".join(f"{name},{i}.5,3\n" for i, name in enumerate(ids))
    )
    (folder / "samples.csv").write_text(
        "sample_id,dx,crp\n"
        + "".join(f"{name},{'ab'[i % 2]},{crp[i]}\n" for i, name in enumerate(ids))
    )
    (folder / "s.yaml").write_text("seed: 1\n")
    spec = spec_from(
        document(
            cohort={
                "panel": "panel.csv",
                "unit": "NPX",
                "samples": "samples.csv",
                "columns": {"sample": "sample_id", "group": "dx"},
                "groups": {"case": ["a"], "reference": ["b"]},
                "routine": {"crp": {"column": "crp", "unit": "mg/L"}},
                **cohort,
            }
        )
    )
    return load_cohort(spec, folder)


def test_routine_limits_are_read_and_text_is_refused(tmp_path):
    levels = files(tmp_path, ["<0.3", "4", "", ">200"]).routine["crp"]
    assert levels.iloc[[0, 1, 3]].tolist() == [0.3, 4.0, 200.0]
    assert levels.isna().tolist() == [False, False, True, False]
    with pytest.raises(SpecError, match="'crp' has 2 cells that cannot be a level, such as"):
        files(tmp_path, ["pending", "4", "-4", "1"])


def test_a_folder_is_no_data_file_and_a_file_no_data_folder(tmp_path):
    with pytest.raises(SpecError, match=r"cohort\.panel: .* is a folder"):
        files(tmp_path, ["1", "2"], panel=".")
    spec = spec_from(document())
    with pytest.raises(SpecError, match="--data takes the folder"):
        load_cohort(spec, tmp_path / "samples.csv")


def test_a_store_that_fails_is_the_users_to_mend(tmp_path, monkeypatch):
    from contextlib import contextmanager

    from subtyping.study import run_study

    @contextmanager
    def broken(*words: object, **settings: object):
        message = "cannot reach postgresql://me:secret@host/x"
        raise RuntimeError(message)
        yield

    monkeypatch.setattr("subtyping.tracking.tracked_run", broken)
    with pytest.raises(InputError, match="tracking store cannot be used") as caught:
        run_study(spec_from(document()), out=tmp_path / "out", jobs=1)
    assert "secret" not in str(caught.value)
    assert not (tmp_path / "out" / "DONE").exists()


def test_load_spec_names_the_file(tmp_path):
    (tmp_path / "a.yaml").write_text("seed: 1\nsead: 2\n")
    with pytest.raises(SpecError, match=r"a\.yaml"):
        load_spec(tmp_path / "a.yaml")


@pytest.mark.parametrize("case", [[None], [["MDD"]], [{"a": 1}]])
def test_a_group_is_text_or_a_number(case):
    groups = {"case": case, "reference": ["HC"]}
    cohort = {"panel": "p.csv", "unit": "NPX", "columns": {"group": "dx"}, "groups": groups}
    document = {"seed": 1, "cohort": cohort, "discovery": {"axis": "Th2"}}
    with pytest.raises(SpecError, match=r"cohort.groups.case: each entry must be text or a number"):
        spec_from(document)


OUTCOME = {"column": "madrs", "kind": "number"}


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"prediction": {"calibrate": "platt"}}, "calibrate: platt is learnt on inner folds"),
        ({"prediction": {"search": "optuna"}}, "search: optuna is learnt on inner folds"),
        *(
            ({"prediction": {"outcomes": {name: OUTCOME}}}, "an outcome needs a name on one line")
            for name in ("", " ", " madrs", "a\nb")
        ),
        *(
            (
                {"criteria": {"max_markers": many}},
                r"criteria\.max_markers: must be one of 1, 2 or 3",
            )
            for many in (True, 2.0, float("nan"))
        ),
        ({"criteria": {"markers": ["CCL17", "CCL17"]}}, "'CCL17' is named twice"),
        ({"criteria": {"icc": {1: 0.5}}}, r"criteria\.icc: the key 1 is no text; quote it"),
        ({"criteria": {"cv_pct": 1e308}}, r"criteria\.cv_pct must be at most 1000"),
        ({"discovery": {"axis": "Th2", "assay_cv_pct": 1e9}}, "must be at most 1000"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_data_are_read(sections, words):
    with pytest.raises(SpecError, match=words) as caught:
        spec_from(document(**sections))
    assert "\n" not in str(caught.value)
    assert "union" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("preparation: {min_detected_frac: 1e-12}", r"got '1e-12'\. .* write 1\.0e-12\.$"),
        ("preparation: {min_detected_frac: 25e-2}", r"write 25\.0e-2\.$"),
        ("discovery: {axis: Th2, assay_cv_pct: 1e1}", r"write 1\.0e\+1\.$"),
        ("discovery: {axis: Th2, assay_cv_pct: 1.5e1}", r"write 1\.5e\+1\.$"),
        ("discovery: {axis: Th2, bootstrap: 1e3}", r"a whole number; got '1e3'\. .* write 1000\.$"),
        ("discovery: {axis: Th2, bootstrap: 1e-3}", r"a whole number; got '1e-3'\.$"),
        ("discovery: {axis: Th2, bootstrap: 1e999999}", r"a whole number; got '1e999999'\.$"),
        ("preparation: {min_detected_frac: many}", r"a number; got 'many'\.$"),
    ],
)
def test_a_number_that_yaml_reads_as_text_is_told_how_to_be_written(tmp_path, text, words):
    first = "" if text.startswith("discovery") else "discovery: {axis: Th2}\n"
    (tmp_path / "a.yaml").write_text(
        "seed: 1\ncohort: {simulate: {design: 'null', n_case: 30, n_reference: 30}}\n"
        f"{first}{text}\n"
    )
    with pytest.raises(SpecError, match=words):
        load_spec(tmp_path / "a.yaml")
