"""Whatever file comes: a panel, or one sentence; soon, in little memory, and no row lost."""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subtyping.exceptions import PanelError
from subtyping.panel.tables import read_cells, read_table

TESTS = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SUBTYPING_SHARED", TESTS.parents[1] / "shared")) / "datasets"
N_PARTS = 20
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is measured through /proc"
)
READ = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FIELDS = st.text(alphabet="abIL6017.,;\t\"'\n\r<>-+ =µ\u00a0\u2028\x0b\x85\ufeff", max_size=12)


@pytest.fixture(scope="module")
def mutants() -> Iterator[ModuleType]:
    """Return the module that reads and judges mutants."""
    sys.path.insert(0, str(TESTS))
    try:
        yield importlib.import_module("mutants.run")
    finally:
        sys.path.remove(str(TESTS))


def faults(mutants: ModuleType, seeds: range, folder: Path) -> list[str]:
    """Return one line for each mutant that breaks the guarantee."""
    datasets = SHARED if SHARED.is_dir() else None
    return [
        f"mutant {verdict.seed}, {verdict.kind} of {verdict.source}: {'; '.join(verdict.faults)}"
        for verdict in mutants.survey(seeds, datasets, folder)
        if verdict.faults
    ]


@needs_proc
def test_a_slice_of_the_mutants_is_read_or_refused(mutants, tmp_path):
    light = [s for s in range(43, 260) if mutants.kind_of(s) not in mutants.HEAVY]
    assert faults(mutants, light[:150], tmp_path) == []


@needs_proc
@pytest.mark.guarantee
@pytest.mark.parametrize("part", range(N_PARTS))
def test_every_mutant_is_read_or_refused(mutants, tmp_path, part):
    size = mutants.N_MUTANTS // N_PARTS
    assert faults(mutants, range(part * size, (part + 1) * size), tmp_path) == []


def test_a_number_makes_the_same_mutant_again(mutants, tmp_path):
    datasets = SHARED if SHARED.is_dir() else None
    for seed in range(0, 1000, 37):
        if mutants.kind_of(seed) in mutants.HEAVY:
            continue
        once, again = (mutants.make(seed, tmp_path / way, datasets) for way in "ab")
        if once is not None:
            assert once.settings.keys() == again.settings.keys()
            assert once.path.read_bytes() == again.path.read_bytes()


def test_the_published_table_counts_every_kind_and_no_failure(mutants):
    text = mutants.DOCUMENT.read_text(encoding="utf-8")
    table = text.split(mutants.BEGIN)[1].split(mutants.END)[0].strip().splitlines()[2:]
    rows = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in table}
    made = [mutants.kind_of(seed) for seed in range(mutants.N_MUTANTS)]
    assert list(rows) == [*mutants.KINDS, "all"]
    for kind, cells in rows.items():
        n, n_read, n_refused, n_failed = (int(cell) for cell in cells[:4])
        assert n == (len(made) if kind == "all" else made.count(kind))
        assert (n_read + n_refused, n_failed) == (n, 0)


def read_or_refused(path: Path) -> None:
    """Read a file both ways; the only error is a sentence on one line."""
    for read in (read_table, read_cells):
        try:
            read(path)
        except PanelError as error:
            said = str(error)
            assert "\n" not in said


@READ
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_one_sentence(tmp_path, data):
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    read_or_refused(path)


@READ
@given(
    mark=st.sampled_from([b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08\x00", b"\xff\xfe", b"\xfe\xff"]),
    data=st.binary(max_size=300),
)
def test_any_bytes_behind_a_known_mark_are_a_table_or_one_sentence(tmp_path, mark, data):
    path = tmp_path / "any.csv"
    path.write_bytes(mark + data)
    read_or_refused(path)


@READ
@given(text=st.text(max_size=300))
def test_any_text_is_a_table_or_one_sentence(tmp_path, text):
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    read_or_refused(path)


@READ
@given(
    rows=st.lists(st.lists(FIELDS, min_size=1, max_size=5), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_fields_are_a_table_or_one_sentence(tmp_path, rows, delimiter, line_end):
    path = tmp_path / "any.csv"
    path.write_bytes(line_end.join(delimiter.join(row) for row in rows).encode())
    read_or_refused(path)


@READ
@given(
    rows=st.lists(
        st.tuples(*[st.text(alphabet='ab,;\t"1. ', max_size=6)] * 3), min_size=1, max_size=6
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_well_quoted_table_keeps_every_row(tmp_path, rows, encoding, line_end):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path / "any.csv"
    path.write_bytes(line_end.join(["id,IL6,TNF", *quoted]).encode(encoding))
    filled = [row for row in rows if any(row)]
    if not filled:
        return
    table = read_table(path)
    assert table.fillna("").to_numpy().tolist() == [list(row) for row in filled]
