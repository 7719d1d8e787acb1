"""The published error rates are those of the stored draws."""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "error_rates.md"


def test_the_tables_are_those_of_the_stored_rows(benchmark) -> None:
    summarise = benchmark.summarise
    text = DOCUMENT.read_text(encoding="utf-8")
    tables = text.split(summarise.BEGIN)[1].split(summarise.END)[0].strip()
    assert tables == summarise.report(summarise.read_rows(summarise.STORED))


def test_every_stored_draw_has_its_seed_and_one_code(benchmark) -> None:
    rows = benchmark.summarise.read_rows(benchmark.summarise.STORED)
    assert rows["code_digest"].nunique() == 1
    assert rows["seed"].notna().all()
    Task = benchmark.draw.Task
    first = rows.iloc[0]
    assert (
        Task(first["suite"], first["design"], first["cell"], int(first["draw"])).seed
        == first["seed"]
    )
