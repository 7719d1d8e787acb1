"""Which files does the package read, and what becomes of every row?

Run ``python experiments/benchmarks/readers.py`` from the root of the project; about five seconds.
It reads the example file of each format (``tests/panel/files``) and, where the shared data sets are
there (``SUBTYPING_SHARED``), the real files, and writes the tables between the markers of
``docs/panel_formats.md``. ``--examples`` writes the table of the examples alone.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from subtyping.exceptions import PanelError
from subtyping.panel import Panel, read_panel

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "panel" / "files"
PAGE = ROOT / "docs" / "panel_formats.md"
SHARED = Path(os.environ.get("SUBTYPING_SHARED", ROOT.parent / "shared")) / "datasets"
HEADER = ("file", "format", "unit", "rows in", "kept", "reported", "analytes", "why reported")

SAME = {"samples": "same", "analytes": "IL-6 (pg/mL)..CCL17"}
EXAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("wide.csv", {"format": "wide", "unit": "pg/mL", **SAME}),
    ("long.csv", {"format": "long"}),
    ("olink_target96_long.csv", {"format": "olink_long"}),
    ("olink_target96_wide.csv", {"format": "olink_wide"}),
    ("olink_target48_long.csv", {"format": "olink_long"}),
    ("olink_target48_wide.csv", {"format": "olink_wide", "unit": "NPX"}),
    ("olink_target48_wide.csv", {"format": "olink_wide", "unit": "pg/mL"}),
    ("olink_explore_3072.csv", {"format": "olink_explore"}),
    ("olink_explore_ht.tsv", {"format": "olink_explore", "duplicates": "first"}),
    ("luminex_xponent.csv", {"format": "luminex"}),
    ("luminex_bioplex.csv", {"format": "luminex"}),
    ("luminex_bioplex_table.csv", {"format": "luminex", "unit": "pg/mL"}),
    ("msd_workbench.csv", {"format": "msd", "unit": "pg/mL"}),
    ("msd_means.tsv", {"format": "msd"}),
)

COVID = "covid_olink_inflammation_3cohorts"
NATIVE = f"{COVID}/native"
PERTUSSIS = "cmipb_pertussis_th1_th2/plasma_olink_wide.csv"
PERTUSSIS_OPTIONS = {
    "format": "wide",
    "samples": "same",
    "analytes": "IL6..IL17C",
    "columns": {"sample": "specimen_id"},
}
YEARS = ["2021", "2022", "2023"]
REAL: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        (f"{NATIVE}/{name}_npxmanager.xlsx", {"format": "olink_wide", "duplicates": "first"})
        for name in (
            "cohort1_breda_INF",
            "cohort2_nijmegen_INF_plate1",
            "cohort2_nijmegen_INF_plate2",
            "cohort2_nijmegen_INF_plate3-7",
            "cohort3_hannover_INF",
        )
    ),
    (f"{COVID}/inflammation_long.parquet", {"format": "olink_long", "duplicates": "first"}),
    (f"{COVID}/hannover_inflammation_long.csv", {"format": "olink_long", "duplicates": "first"}),
    ("esrd_covid_olink_serum/serum_npx_long.csv.gz", {"format": "olink_long"}),
    (
        "mg_plasma_luminex/mg_plasma_luminex_wide.csv",
        {
            "format": "wide",
            "unit": "pg/mL",
            "samples": "same",
            "analytes": "IL_6..IL_18",
            "columns": {"sample": "Bio_ID"},
        },
    ),
    (PERTUSSIS, {**PERTUSSIS_OPTIONS, "unit": "pg/mL"}),
    (PERTUSSIS, {**PERTUSSIS_OPTIONS, "unit": "NPX", "where": {"cohort_year": "2020"}}),
    (PERTUSSIS, {**PERTUSSIS_OPTIONS, "unit": "pg/mL", "where": {"cohort_year": YEARS}}),
    (
        "cmipb_pertussis_th1_th2/plasma_legendplex_wide.csv",
        {**PERTUSSIS_OPTIONS, "unit": "pg/mL", "analytes": "CCL2..TNF"},
    ),
)


def row(folder: Path, name: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Read a file and return its line of the table."""
    try:
        panel = read_panel(folder / name, **options)
    except PanelError as error:
        first = str(error).split(". ")[0]
        return (_short(name), str(options["format"]), "refused", *("",) * 4, f"{first}.")
    reading = panel.reading
    numbers = (reading.rows_read, reading.rows_kept, len(reading.dropped), panel.values.shape[1])
    return (
        _short(name),
        str(options["format"]),
        panel.unit,
        *(f"{number:,}" for number in numbers),
        _reasons(panel),
    )


def _short(name: str) -> str:
    """Return the name of a file without its folder."""
    return f"`{name.rsplit('/', maxsplit=1)[-1]}`"


def _reasons(panel: Panel) -> str:
    """Return how many rows were reported for which reason."""
    counts = panel.reading.dropped["reason"].value_counts(sort=False)
    return "; ".join(f"{reason} {count:,}" for reason, count in counts.items())


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as a table."""
    lines = [HEADER, ("---",) * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def examples() -> str:
    """Return the table of the example files."""
    return table(row(FILES, name, options) for name, options in EXAMPLES)


def real() -> str:
    """Return the table of the real files."""
    return table(row(SHARED, name, options) for name, options in REAL)


def write(name: str, text: str) -> None:
    """Put a table between its markers on the page."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    write("examples", examples())
    if "--examples" not in sys.argv and SHARED.is_dir():
        write("real", real())
    print(f"written: {PAGE.name}")
