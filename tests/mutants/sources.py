"""The files mutants are made of: cut-outs of real files, and small examples of each format."""

import csv
import gzip
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

__all__ = ["Cells", "Source", "rows_of", "sources"]

Cells = list[list[str]]
NUMBER = re.compile(r"-?\d+(\.\d+)?")
LEGENDPLEX = "cmipb_pertussis_th1_th2/plasma_legendplex_wide.csv"
MYASTHENIA = "mg_plasma_luminex/mg_plasma_luminex_wide.csv"
NHANES = "nhanes_2017_phq9_crp_cbc/nhanes_2017_2018_phq9_hscrp_cbc.csv"
COHORTS = "covid_olink_inflammation_3cohorts"
DIALYSIS = "esrd_covid_olink_serum/serum_npx_long.csv.gz"
EXAMPLES = Path(__file__).resolve().parents[1] / "panel" / "files"
SETTINGS: dict[str, dict[str, object]] = {
    "luminex_bioplex_table.csv": {"unit": "pg/mL"},
    "msd_workbench.csv": {"unit": "pg/mL"},
    "olink_explore_ht.tsv": {"duplicates": "first"},
    "olink_target48_wide.csv": {"unit": "pg/mL"},
}
BLOCKS = {
    "luminex_bioplex.csv": "luminex",
    "luminex_bioplex_table.csv": "luminex",
    "luminex_xponent.csv": "luminex",
    "msd_means.tsv": "msd",
    "msd_workbench.csv": "msd",
    "olink_explore_3072.csv": "olink_explore",
    "olink_explore_ht.tsv": "olink_explore",
    "olink_target48_long.csv": "olink_long",
    "olink_target48_wide.csv": "olink_wide",
}


@dataclass(frozen=True)
class Source:
    """A table as text cells, its first row (or block) the header, and how it is read."""

    name: str
    cells: Cells
    settings: dict[str, object]
    kind: str = "wide"
    head: int = 1
    foot: int = 0
    id_at: int = 0
    analyte_at: int = -1
    number_at: tuple[int, ...] = ()
    samples: Cells = field(default_factory=list)
    is_real: bool = False

    @property
    def body(self) -> Cells:
        """Rows between header and footer."""
        return self.cells[self.head : len(self.cells) - self.foot]

    def around(self, body: Cells) -> Cells:
        """Return header, other rows, footer."""
        return [*self.cells[: self.head], *body, *self.cells[len(self.cells) - self.foot :]]


def rows_of(body: Cells, source: Source) -> int:
    """Count the sample rows of a body the plain way: lines, or most repeats per sample."""
    filled = [row for row in body if any(cell.strip() for cell in row)]
    if source.kind != "long":
        return len(filled)
    pairs: dict[tuple[str, str], int] = {}
    for row in filled:
        pair = (row[source.id_at].strip(), row[source.analyte_at].strip())
        pairs[pair] = pairs.get(pair, 0) + 1
    most: dict[str, int] = {}
    for (sample, _), count in pairs.items():
        most[sample] = max(most.get(sample, 0), count)
    return sum(most.values())


@cache
def sources(datasets: Path | None) -> tuple[Source, ...]:
    """Return the examples, then the cut-outs of the real files where they are."""
    written = (_plain_wide(), _plain_long(), _olink_long(), _olink_wide(), _with_samples())
    examples = (*written, *(_block(EXAMPLES / name, way) for name, way in BLOCKS.items()))
    if datasets is None:
        return examples
    real = (
        _real_wide(datasets / LEGENDPLEX, "CCL2..TNF", "specimen_id", "infancy_vac", 14),
        _real_wide(datasets / MYASTHENIA, "IL_6..IL_18", "Bio_ID", "Category_1", 22),
        _real_wide(datasets / NHANES, "wbc..baso_n", "SEQN", "depressed_phq10", 10),
        _real_long(datasets / COHORTS / "hannover_inflammation_long.csv"),
        _real_long(datasets / DIALYSIS),
        _real_parquet(datasets / COHORTS / "inflammation_long.parquet"),
        _real_workbook(datasets / COHORTS / "native/cohort2_nijmegen_INF_plate1_npxmanager.xlsx"),
        _real_workbook(datasets / COHORTS / "native/cohort3_hannover_INF_npxmanager.xlsx"),
    )
    return (*examples, *real)


def _plain_wide() -> Source:
    values = ["<0.5", ">1000", "ND", "OOR <", "", "12.25", "0.75", "101"]
    body = [
        [f"s{i:03d}", *(values[(i + k) % 8] if k == 1 else f"{i + k}.5" for k in range(6))]
        for i in range(1, 25)
    ]
    header = ["sample_id", "IL-6", "TNF", "IL-4", "IL-5", "IL-13", "TARC"]
    return Source("plain wide", [header, *body], {"unit": "pg/mL"}, number_at=tuple(range(1, 7)))


def _plain_long() -> Source:
    header = ["sample_id", "analyte", "value", "unit", "lod"]
    names = ["IL6", "IL13", "TNF", "CCL17"]
    body = [
        [f"p{i}", name, f"{i + k}.25", "pg/mL", "1.5"]
        for i in range(12)
        for k, name in enumerate(names)
    ]
    settings: dict[str, object] = {"format": "long"}
    return Source("plain long", [header, *body], settings, "long", analyte_at=1, number_at=(2, 4))


def _olink_long() -> Source:
    header = "SampleID OlinkID UniProt Assay Panel PlateID QC_Warning LOD NPX".split()  # noqa: SIM905
    assays = [("OID1", "P05231", "IL6"), ("OID2", "P35225", "IL13"), ("OID3", "P01375", "TNF")]
    body = [
        [f"o{i}", *assay, "Olink INFLAMMATION", f"P{i % 2}", "Pass", "1.1", f"{i / 2 + k}"]
        for i in range(16)
        for k, assay in enumerate(assays)
    ]
    settings: dict[str, object] = {"format": "olink_long"}
    return Source("olink long", [header, *body], settings, "long", analyte_at=3, number_at=(7, 8))


def _olink_wide() -> Source:
    names = ["IL8", "IL6", "TNF", "MCP-1"]
    head = [
        ["", "Olink NPX Manager 2.1.0.224"],
        ["NPX data"],
        ["Panel", "Olink INFLAMMATION(v.3021)"],
        ["Assay", *names, "Plate ID", "QC Warning"],
        ["Uniprot ID", "P10145", "P05231", "P01375", "P13500"],
    ]
    body = [
        [f"w{i}", *(f"{i + k}.125" for k in range(4)), f"plate {i % 2}", "Pass"] for i in range(14)
    ]
    foot = [[""], ["LOD", "1.5", "1.25", "0.5", "2"], ["Missing Data freq.", "0", "0", "0", "0"]]
    return _square(
        Source(
            "olink wide",
            [*head, *body, *foot],
            {"format": "olink_wide"},
            "olink_wide",
            head=5,
            foot=3,
            number_at=(1, 2, 3, 4),
        )
    )


def _with_samples() -> Source:
    body = [[f"00{i}", f"{i}.5", f"{i * 2}.25", f"{i % 3}.75"] for i in range(1, 21)]
    samples = [["sample_id", "diagnosis", "age", "batch"]]
    samples += [
        [f"00{i}", "MDD" if i % 2 else "HC", f"{20 + i}", f"P{i % 3}"] for i in range(1, 21)
    ]
    columns = {"sample": "sample_id", "group": "diagnosis", "age": "age", "batch": "batch"}
    return Source(
        "wide and samples",
        [["sample_id", "IL6", "IL13", "TNF"], *body],
        {"unit": "NPX", "columns": columns},
        number_at=(1, 2, 3),
        samples=samples,
    )


def _block(path: Path, way: str) -> Source:
    """Take an export whose rows the mutations do not count, but whose reader must."""
    content = path.read_text(encoding="utf-8")
    delimiter = max(",;\t", key=lambda mark: content.count(f"{mark}"))
    cells = [list(row) for row in csv.reader(content.splitlines(), delimiter=delimiter)]
    width = max(map(len, cells))
    cells = [[*row, *[""] * (width - len(row))] for row in cells]
    head = next(i for i, row in enumerate(cells) if sum(map(bool, row)) > width / 2) + 1
    last = cells[-1]
    numbers = tuple(k for k, cell in enumerate(last) if NUMBER.fullmatch(cell)) or (1,)
    settings = {"format": way, **SETTINGS.get(path.name, {})}
    return Source(path.name, cells, settings, "block", head=head, number_at=numbers)


def _real_wide(path: Path, analytes: str, sample: str, group: str, n_last: int) -> Source:
    cells = _lines(path, 36)
    first, last = analytes.split("..")
    at = range(cells[0].index(first), cells[0].index(last) + 1)
    settings = {
        "unit": "pg/mL",
        "analytes": [analytes],
        "samples": "same",
        "columns": {"sample": sample, "group": group},
    }
    return Source(path.name, cells, settings, number_at=tuple(at)[:n_last], is_real=True)


def _real_long(path: Path) -> Source:
    data = path.read_bytes()
    content = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    rows = csv.reader(islice(io.StringIO(content), 6000))
    return _long_source(path.name, next(rows), rows)


def _real_parquet(path: Path) -> Source:
    import pyarrow.parquet

    table = next(pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=3000))
    columns = [[_word(cell) for cell in column.to_pylist()] for column in table.columns]
    rows = (list(row) for row in zip(*columns, strict=True))
    return _long_source(path.name, list(table.schema.names), rows)


def _long_source(name: str, header: list[str], rows: Iterable[list[str]]) -> Source:
    """Keep the first assays of the first samples."""
    by_assay: dict[str, Cells] = {}
    for row in rows:
        by_assay.setdefault(row[header.index("Assay")], []).append(row)
    body = [row for lines in list(by_assay.values())[:8] for row in lines[:12]]
    numbers = tuple(header.index(label) for label in ("NPX", "LOD") if label in header)
    return Source(
        name,
        [header, *body],
        {"format": "olink_long"},
        "long",
        id_at=header.index("SampleID"),
        analyte_at=header.index("Assay"),
        number_at=numbers,
        is_real=True,
    )


def _real_workbook(path: Path) -> Source:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = [[_word(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    start = next(i for i, row in enumerate(rows) if row[0] == "Assay")
    head = next(i for i in range(start + 1, len(rows)) if not rows[i][0]) + 1
    stop = next(i for i in range(head, len(rows)) if not rows[i][0])
    kept = [*range(14), *range(93, len(rows[0]))]
    cells = [*rows[:head], *rows[head : head + 20], *rows[stop:]]
    cells = [[row[k] for k in kept if k < len(row)] for row in cells]
    return _square(
        Source(
            path.name,
            cells,
            {"format": "olink_wide"},
            "olink_wide",
            head=head,
            foot=len(rows) - stop,
            number_at=tuple(range(1, 14)),
            is_real=True,
        )
    )


def _square(source: Source) -> Source:
    """Give every row of a block sheet the same number of cells, as its CSV export has."""
    width = max(len(row) for row in source.cells)
    for row in source.cells:
        row.extend([""] * (width - len(row)))
    return source


def _lines(path: Path, n_rows: int) -> Cells:
    with path.open(encoding="utf-8", newline="") as file:
        return [list(row) for row in islice(csv.reader(file), n_rows)]


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)
