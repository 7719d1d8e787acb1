from pathlib import Path

import pytest

from subtyping.exceptions import SpecError
from subtyping.study.documents import UNKNOWN, apply_overrides, read_document, split_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_unknown_tag_is_read_in_block_and_flow_style(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a: {bmi: !unknown }\nb:\n  sex: !unknown\n"))
    assert document == {"a": {"bmi": UNKNOWN}, "b": {"sex": UNKNOWN}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\ncohort: {panel: a.csv\n", r"study\.yaml is not valid YAML, line 3"),
        ("seed: 1\n  b: 2\n", r"line 2"),
        ("seed: 1\nseed: 2\n", r"'seed' is written twice \(again on line 2\)"),
        ("- a\n- b\n", r"must hold `key: value` lines at its top level; got list"),
        ("", r"is empty"),
        ("seed: !!python/object/apply:os.system ['true']\n", r"only tag a study uses is !unknown"),
        ("seed: !unkown\n", r"tag '!unkown' is not understood"),
        ("seed: \x00\n", r"not valid YAML"),
    ],
)
def test_unreadable_documents_are_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as error:
        read_document(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_absent_file_lists_its_neighbours(tmp_path: Path) -> None:
    written(tmp_path, "seed: 1\n")
    with pytest.raises(SpecError, match=r"no study specification .* The folder holds study\.yaml"):
        read_document(tmp_path / "studdy.yaml")


def test_folder_and_binary_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is a folder"):
        read_document(tmp_path)
    (tmp_path / "study.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(SpecError, match="UTF-8"):
        read_document(tmp_path / "study.yaml")


def test_overrides_make_absent_levels_and_leave_the_document_alone() -> None:
    document = {"cohort": {"simulate": {"design": "null"}}, "prediction": None}
    changed = apply_overrides(
        document, ["cohort.simulate.n_case=40", "prediction.folds=2", "axes.mine=[CCL17, CCL11]"]
    )
    assert changed["cohort"]["simulate"] == {"design": "null", "n_case": 40}
    assert changed["prediction"] == {"folds": 2}
    assert changed["axes"] == {"mine": ["CCL17", "CCL11"]}
    assert document == {"cohort": {"simulate": {"design": "null"}}, "prediction": None}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("seed", "takes key=value"),
        ("=3", "takes key=value"),
        ("seed.a=1", "seed is 1, which has no keys"),
        ("seed=[1", "value of --set seed is not valid YAML"),
    ],
)
def test_malformed_settings(setting: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        apply_overrides({"seed": 1}, [setting])


def test_settings_keep_an_equals_sign_in_the_value() -> None:
    assert split_settings(["question='a = b'"]) == [("question", "a = b")]
