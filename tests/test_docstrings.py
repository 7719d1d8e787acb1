"""Every public object explains itself, in numpydoc."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "subtyping"
FILES = sorted(PACKAGE.rglob("*.py"))


def functions_and_classes(path: Path) -> list[ast.FunctionDef | ast.ClassDef]:
    """Return the functions and classes at the top of a module that carry no underscore."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [node for node in nodes if not node.name.startswith("_")]


def table_of_contents(room: Path) -> set[str]:
    """Return the names a room exports."""
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    lists = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return set(ast.literal_eval(lists[0])) if lists else set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_without_an_underscore_explains_itself(path: Path) -> None:
    for node in functions_and_classes(path):
        assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_a_room_exports_has_numpydoc_sections(path: Path) -> None:
    if path.parent == PACKAGE:
        return
    exported = table_of_contents(PACKAGE / path.relative_to(PACKAGE).parts[0])
    for node in functions_and_classes(path):
        if node.name not in exported or not isinstance(node, ast.FunctionDef):
            continue
        text = ast.get_docstring(node) or ""
        arguments = [a.arg for a in (*node.args.args, *node.args.kwonlyargs)]
        if len(arguments) > 1:
            assert "Parameters\n---" in text, f"{path.name}: {node.name} lists no parameters"
            for argument in arguments:
                assert argument in text, f"{path.name}: {node.name} does not explain {argument}"
        if node.returns is not None and ast.unparse(node.returns) != "None":
            assert "Return" in text or "Yields" in text, (
                f"{path.name}: {node.name} does not say what it returns"
            )


def test_modules_start_with_a_sentence() -> None:
    for path in FILES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
