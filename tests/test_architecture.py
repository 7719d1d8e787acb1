"""The house: who may import whom, one door per heavy dependency, a clean import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "subtyping"

LAYERS = (
    ("exceptions", "_validation", "_random", "_parallel", "_progress"),
    ("statistics",),
    ("knowledge",),
    ("panel",),
    ("cohorts", "preparation"),
    ("axes",),
    ("signature", "discovery"),
    ("prediction", "replication"),
    ("criteria",),
    ("trial",),
    ("checks",),
    ("figures",),
    ("report", "tracking"),
    ("study",),
    ("cli",),
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
DOORS = {
    "mlflow": "tracking",
    "shap": "prediction",
    "optuna": "prediction",
    "umap": "discovery",
    "hdbscan": "discovery",
    "matplotlib": "figures",
    "yaml": "study",
    "typer": "cli",
    "joblib": "_parallel",
    "rich": "_progress",
}
BASE_MAY_KNOW = {"_validation": {"exceptions"}, "_parallel": set(), "_random": set()}


def room_of(path: Path) -> str:
    """Return the room a file lies in."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> list[tuple[int, str]]:
    """Return line and dotted name of every import, lazy ones too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import absolutely"
            found.append((node.lineno, node.module or ""))
            if node.module == "subtyping":
                found += [(node.lineno, f"subtyping.{alias.name}") for alias in node.names]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))
ROOM_FILES = [path for path in FILES if room_of(path) not in {"__init__", "__main__"}]


@pytest.mark.parametrize("path", ROOM_FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_strictly_lower_rooms_or_its_own(path: Path) -> None:
    room = room_of(path)
    assert room in LEVEL, f"{room} is not a room of ARCHITECTURE.md"
    for line, name in imported(path):
        if not name.startswith("subtyping."):
            continue
        other = name.split(".")[1]
        if other in (room, "__version__"):
            continue
        if LEVEL[room] == 0:
            assert other in BASE_MAY_KNOW.get(room, set()), f"{path}:{line} imports {name}"
            continue
        assert LEVEL[other] < LEVEL[room], f"{path.name}:{line}: {room} may not import {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_heavy_library_has_one_door(path: Path) -> None:
    for line, name in imported(path):
        library = name.split(".")[0]
        if library in DOORS:
            assert room_of(path) == DOORS[library], f"{path.name}:{line} imports {library}"


def test_every_room_is_in_the_architecture_document(repository: Path) -> None:
    text = (repository / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in sorted(PACKAGE.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            assert f"`{path.name}/`" in text, f"ARCHITECTURE.md does not mention {path.name}/"


def test_every_room_has_a_table_of_contents() -> None:
    for path in FILES:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree), f"{path} has no docstring"
            names = [node for node in tree.body if isinstance(node, ast.Assign)]
            assert names, f"{path} has no __all__"


def test_importing_the_package_needs_the_standard_library_alone(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import subtyping;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(PACKAGE.parent), "HOME": str(tmp_path), "PATH": ""},
    )
    assert result.stdout.strip() == "['subtyping']"
    assert list(tmp_path.iterdir()) == [], "importing the package wrote to disk"


def test_every_public_name_can_be_fetched() -> None:
    import subtyping

    for name in subtyping.__all__:
        assert getattr(subtyping, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'discoverr'"):
        _ = subtyping.discoverr


def test_no_file_names_an_index_host_or_a_foreign_path(repository: Path) -> None:
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock, "requirements.lock names a host"
    assert "--index-url" not in lock
