"""The page on formats says what the readers do."""

import importlib.util
import re

import pytest

from subtyping.panel.read_file import FORMATS


@pytest.fixture(scope="module")
def script(repository):
    path = repository / "experiments" / "benchmarks" / "readers.py"
    spec = importlib.util.spec_from_file_location("readers_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def between(page, name):
    return re.search(rf"<!-- {name}: begin -->\n(.*?)\n<!-- {name}: end -->", page, re.DOTALL)[1]


def test_the_table_of_the_examples_is_what_the_readers_do(repository, script):
    page = (repository / "docs" / "panel_formats.md").read_text(encoding="utf-8")
    assert between(page, "examples") == script.examples()


@pytest.mark.real_data
def test_the_table_of_the_real_files_is_what_the_readers_do(repository, shared, script):
    page = (repository / "docs" / "panel_formats.md").read_text(encoding="utf-8")
    assert between(page, "real") == script.real()


def test_every_format_is_on_the_page_with_a_command(repository, script):
    page = (repository / "docs" / "panel_formats.md").read_text(encoding="utf-8")
    for name in FORMATS:
        assert f"`{name}`" in page
        assert name in ("wide", "long", "olink_long") or f"--format {name}" in page
    assert {options["format"] for _, options in script.EXAMPLES} == set(FORMATS)
