"""A written specification holds every key, guesses nothing, and can be run."""

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from subtyping.exceptions import InputError
from subtyping.knowledge import routine_markers
from subtyping.panel import ROLES
from subtyping.study import load_cohort, load_spec, spec_from
from subtyping.study.documents import UNKNOWN, parse_scalar, read_document
from subtyping.study.lookalikes import MARKER_NAMES, ROLE_NAMES, columns_like
from subtyping.study.new_spec import NewSpec, new_spec
from subtyping.study.spec import StudySpec
from subtyping.study.spec_text import flow_text
from subtyping.study.spec_words import WORDS

PEOPLE = [f"person-{i:02d}" for i in range(24)]
HEADER = "id,dx,Plate ID,age,subject,hsCRP,site"


def write_people(folder: Path) -> None:
    """Write a panel and a samples table of 24 people."""
    folder.mkdir(exist_ok=True)
    rows = [f"{name},{i % 7 + 0.5},{i % 5 + 1},{i % 3 + 2}" for i, name in enumerate(PEOPLE)]
    (folder / "panel.csv").write_text("\n".join(["id,CCL11,CCL17,IL6", *rows]) + "\n")
    rows = [
        f"{name},{'no' if i % 3 else 'MDD'},p{i % 2},{30 + i},S{i:03d},{i / 10},here"
        for i, name in enumerate(PEOPLE)
    ]
    (folder / "samples.csv").write_text("\n".join([HEADER, *rows]) + "\n")


def made_in(folder: Path, columns: dict[str, str] | None = None, **options: Any) -> NewSpec:
    """Return the specification of these people; their files lie in `folder` / data."""
    write_people(folder / "data")
    files = {"samples": folder / "data" / "samples.csv", "unit": "NPX", **options}
    chosen = {"group": "dx"} if columns is None else columns
    return new_spec(folder / "data" / "panel.csv", folder, columns=chosen, **files)


def fields_of(section: type[BaseModel], path: str = "") -> Iterator[str]:
    """Return the key path of every field, those of entries included."""
    for name, info in section.model_fields.items():
        yield f"{path}{name}"
        for inner in sections_in(info.annotation):
            yield from fields_of(inner, f"{path}{name}.")


def sections_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the sections an annotation holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in typing.get_args(annotation) for one in sections_in(part)]


def test_every_key_has_its_words_and_every_words_a_key() -> None:
    keys = set(fields_of(StudySpec))
    assert sorted(keys - set(WORDS)) == [], "add these keys to study/spec_words.py"
    assert sorted(set(WORDS) - keys) == [], "these keys are gone; remove their words"
    assert all(text and not text.endswith(".") and len(text) < 90 for text in WORDS.values())


def test_every_key_is_written_with_its_words(tmp_path: Path) -> None:
    text = made_in(tmp_path).text
    (tmp_path / "study.yaml").write_text(text)
    document = read_document(tmp_path / "study.yaml")
    for key in fields_of(StudySpec):
        *parents, name = key.split(".")
        level: Any = document
        for parent in parents:
            level = level.get(parent) if isinstance(level, dict) else None
        is_live = isinstance(level, dict) and name in level
        is_entry = f"{name}: {WORDS[key]}" in text
        is_muted = f"\n  # {name}: [" in text
        assert is_live or is_entry or is_muted, key
        assert WORDS[key] in text, key


def test_with_groups_filled_in_it_is_the_study_of_the_defaults(tmp_path: Path) -> None:
    text = made_in(tmp_path).text
    for part, name in (("case", "MDD"), ("reference", '"no"')):
        assert text.count(f"{part}: []  # to fill in") == 1
        text = text.replace(f"{part}: []  # to fill in", f"{part}: [{name}]")
    (tmp_path / "study.yaml").write_text(text)
    files = {"panel": "data/panel.csv", "samples": "data/samples.csv", "unit": "NPX"}
    groups = {"case": ["MDD"], "reference": ["no"]}
    plain = spec_from(
        {
            "seed": 0,
            "cohort": {**files, "columns": {"group": "dx"}, "groups": groups},
            "discovery": {"axis": "Th2"},
        }
    )
    spec = load_spec(tmp_path / "study.yaml")
    assert spec.to_dict() == plain.to_dict()
    assert load_cohort(spec).groups_table()["n"].tolist() == [8, 16]


def test_groups_given_are_written_and_nothing_is_left(tmp_path: Path) -> None:
    made = made_in(tmp_path, case=["MDD"], reference=["no"])
    assert made.missing == ()
    assert made.sentence.startswith("Everything a run needs is filled in. To look at: question")
    assert spec_from(parse_scalar(made.text)).cohort.groups.reference == ["no"]  # type: ignore[union-attr]


def test_what_was_declared_for_reading_is_kept(tmp_path: Path) -> None:
    columns = {"group": "dx", "batch": "Plate ID", "subject": "subject", "bmi": UNKNOWN}
    more = {"analytes": ["CCL11", "CCL17"], "duplicates": "first", "visits": "last"}
    made = made_in(tmp_path, columns, case=["MDD"], reference=["no"], **more)
    cohort = spec_from(parse_scalar(made.text)).cohort
    assert cohort.columns == columns
    assert (cohort.analytes, cohort.duplicates, cohort.visits) == tuple(more.values())


def test_what_looks_like_a_role_is_proposed_and_never_taken(tmp_path: Path) -> None:
    made = made_in(tmp_path)
    assert parse_scalar(made.text)["cohort"]["columns"] == {"group": "dx"}
    for line in ("# batch: Plate ID", "# age: age", "# subject: subject", "# site: site"):
        assert f"    {line}\n" in made.text
    assert "    # bmi: !unknown  # no column looks like it\n" in made.text
    assert "    # crp: {column: hsCRP, unit: }  # one of mg/L, mg/dL" in made.text
    assert "cohort.routine (crp)" in made.sentence
    uncommented = made.text.replace("# batch: ", "batch: ").replace("# bmi: !", "bmi: !")
    columns = parse_scalar(uncommented)["cohort"]["columns"]
    assert columns == {"group": "dx", "batch": "Plate ID", "bmi": UNKNOWN}


def test_without_a_group_column_it_is_asked_for(tmp_path: Path) -> None:
    made = made_in(tmp_path, {})
    assert made.missing[0] == "cohort.columns.group"
    assert "    # group: <column>  # to fill in\n" in made.text
    assert "MDD" not in made.text
    assert parse_scalar(made.text)["cohort"]["columns"] is None


@pytest.mark.parametrize("column", ["dx", "subject", "age", "hsCRP"])
def test_no_person_is_in_the_text(tmp_path: Path, column: str) -> None:
    made = made_in(tmp_path, {"group": column})
    assert not any(name in made.text for name in PEOPLE)
    assert "S001" not in made.text
    if column == "dx":
        assert '  # Values of dx: "no" 16, MDD 8.\n' in made.text
    else:
        assert f"{column} holds 24 values in 24 samples, too many to be groups" in made.text


def test_paths_start_from_the_folder_of_the_specification(tmp_path: Path) -> None:
    write_people(tmp_path / "data")
    (tmp_path / "specs").mkdir()
    source = tmp_path / "data" / "panel.csv"
    groups = {"case": ["MDD"], "reference": ["no"]}
    made = new_spec(
        source,
        tmp_path / "specs",
        samples=tmp_path / "data" / "samples.csv",
        columns={"group": "dx"},
        unit="NPX",
        **groups,
    )
    (tmp_path / "specs" / "a.yaml").write_text(made.text)
    spec = load_spec(tmp_path / "specs" / "a.yaml")
    assert spec.cohort.panel == "../data/panel.csv"
    assert len(load_cohort(spec).panel.values) == 24


def test_a_file_of_panel_and_clinic_in_one(tmp_path: Path) -> None:
    rows = [f"{name},{'a' if i % 2 else 'b'},{i % 5}" for i, name in enumerate(PEOPLE)]
    (tmp_path / "all.csv").write_text("\n".join(["id,dx,CCL17", *rows]))
    made = new_spec(
        tmp_path / "all.csv", tmp_path, samples="same", analytes=["CCL17"], unit="log2",
        columns={"group": "dx"}, case=["a"], reference=["b"],
    )  # fmt: skip
    (tmp_path / "a.yaml").write_text(made.text)
    assert len(load_cohort(load_spec(tmp_path / "a.yaml")).panel.values) == 24
    assert "A named axis needs 2; fewer must be named as members." in made.text


@pytest.mark.parametrize(
    ("columns", "options", "match"),
    [
        ({}, {"case": ["MDD"]}, "--case needs the column that holds groups"),
        ({"group": "dx"}, {"case": ["MDDD"]}, "no sample has .*MDD 8.* Did you mean 'MDD'"),
        ({"group": "dx"}, {"case": ["MDD"], "reference": ["MDD"]}, "'MDD' is named twice"),
        ({"group": "subject"}, {"case": ["x"]}, "Groups found: none that could be listed"),
        ({"group": UNKNOWN}, {}, "sample and group name columns"),
        ({"group": "dxx"}, {}, "Did you mean 'dx'"),
        ({"group": "dx"}, {"unit": None}, "unit"),
        ({"group": "dx"}, {"format": "wyde"}, "Did you mean 'wide'"),
    ],
)
def test_bad_input_is_a_sentence(
    tmp_path: Path, columns: dict[str, str], options: dict[str, Any], match: str
) -> None:
    with pytest.raises(InputError, match=match) as caught:
        made_in(tmp_path, columns, **options)
    assert "S001" not in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_is_read_back_and_stays_on_its_line(text: str) -> None:
    written = flow_text({"a": [text]})
    assert len(written.splitlines()) == 1
    assert parse_scalar(f"# {written}\nkey: {written}\n") == {"key": {"a": [text]}}


@pytest.mark.parametrize("text", ["no", "1.0", "!unknown", "a: b", "a #b", "[x]", " a", "", "~"])
def test_text_that_yaml_would_read_otherwise_is_quoted(text: str) -> None:
    assert flow_text(text).startswith('"')
    assert parse_scalar(flow_text(text)) == text


def test_every_role_and_marker_can_be_recognised() -> None:
    assert set(ROLE_NAMES) == set(ROLES) - {"sample"}
    assert set(MARKER_NAMES) == set(routine_markers()["marker"])


@pytest.mark.parametrize(
    ("role", "columns", "found"),
    [
        ("batch", ["PlateID", "plate_no", "template"], ["PlateID", "plate_no"]),
        ("age", ["AGE", "Age_years", "stage", "dosage"], ["AGE", "Age_years"]),
        ("sex", ["Gender", "sex", "Sussex"], ["Gender", "sex"]),
        ("draw_time", ["time_of_draw", "draw time"], ["time_of_draw", "draw time"]),
    ],
)
def test_names_that_look_like_a_role(role: str, columns: list[str], found: list[str]) -> None:
    assert columns_like(ROLE_NAMES[role], columns) == found
