"""No module of ours imports another that, over any number of steps, imports it back."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src"


def modules(package: Path) -> dict[str, Path]:
    """Return the dotted name of every module below the package, and its file."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(name: str, path: Path) -> Iterator[str]:
    """Yield the full name of every import, those inside functions and under TYPE_CHECKING included."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def run_by(name: str, target: str, known: Collection[str]) -> set[str]:
    """Return the known modules that run when the module `name` imports `target`.

    An import of `a.b.c` also runs `a.b`, but for a module inside `a.b`, which is running already.
    """
    parts = target.split(".")
    prefixes = [prefix for end in range(len(parts)) if (prefix := ".".join(parts[: end + 1])) in known]
    packages = {prefix for prefix in prefixes[:-1] if not name.startswith(f"{prefix}.")}
    return (packages | set(prefixes[-1:])) - {name}


def imports(package: Path) -> dict[str, set[str]]:
    """Return the modules of the package that each of its modules imports."""
    known = modules(package)
    return {
        name: {part for target in imported(name, path) for part in run_by(name, target, known)}
        for name, path in known.items()
    }


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = lowest[name] = len(index)
        path.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                lowest[name] = min(lowest[name], lowest[target])
            elif target in path:
                lowest[name] = min(lowest[name], index[target])
        if lowest[name] == index[name]:
            component = path[path.index(name) :]
            del path[path.index(name) :]
            if len(component) > 1:
                found.append(sorted(component))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "package",
    [
        "github_sandbox",
        "bootstrap",
        "action_patterns",
    ],
)
def test_no_module_imports_itself_over_others(package: str) -> None:
    graph = imports(SOURCE / package)
    assert any(graph.values()), f"no imports found in {package}"
    assert circles(graph) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": "from p import b", "b.py": "import p.a"}, [["p.a", "p.b"]]),
        ({"a.py": "from p.b import x", "b.py": "from . import c", "c.py": "from .a import y"}, [["p.a", "p.b", "p.c"]]),
        ({"a.py": "from p.b import x", "b.py": "def f():\n    from p.a import y"}, [["p.a", "p.b"]]),
        (
            {"a.py": "from p.b import x", "b.py": "if TYPE_CHECKING:\n    from p import a"},
            [["p.a", "p.b"]],
        ),
        ({"a.py": "from p.q.r import x", "q/__init__.py": "from p.a import y", "q/r.py": ""}, [["p.a", "p.q"]]),
        ({"q/__init__.py": "from p.q.r import x", "q/r.py": "from p.q import s", "q/s.py": ""}, []),
        ({"q/__init__.py": "from p.q.r import x", "q/r.py": "from p.q import y"}, [["p.q", "p.q.r"]]),
        ({"a.py": "from p.b import x", "b.py": "import p.c, os", "c.py": "from d import a"}, []),
    ],
    ids=[
        "pair",
        "three, relative",
        "inside a function",
        "for types only",
        "over a package",
        "package",
        "of its package",
        "none",
    ],
)
def test_a_circle_is_found(tmp_path: Path, files: dict[str, str], expected: list[list[str]]) -> None:
    for name, text in ({"__init__.py": ""} | files).items():
        place = tmp_path / "p" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    assert circles(imports(tmp_path / "p")) == expected
