"""Rules of the design that a list of module names cannot say; the others are contracts in pyproject.toml."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ROOT / "src/action_patterns"
PURE = (
    "action",
    "actions",
    "checks",
    "content",
    "contracts",
    "discovery",
    "distribution",
    "errors.py",
    "escape.py",
    "input_types.py",
    "limits",
    "ports",
    "pull_request",
    "redaction.py",
    "report",
    "resilience",
    "state",
    "tracking",
)
"""No input or output here: it arrives as ports."""

FORBIDDEN_IN_PURE = {
    "asyncio",
    "ctypes",
    "fileinput",
    "ftplib",
    "getpass",
    "glob",
    "http",
    "io",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "random",
    "secrets",
    "select",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "time",
    "urllib.request",
    "uuid",
    "actions_toolkit",
    "github",
    "jwt",
    "requests",
    "urllib3",
}
ALLOWED_NAMES = {"pathlib": {"PurePosixPath"}}
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval", "__import__", "breakpoint"}
FORBIDDEN_METHODS = {"now", "utcnow", "today"}
"""Of datetime and date: a pure function has no clock. ports.clock.now() is the one that is meant."""


def modules(*parts: str) -> list[Path]:
    found = [
        path
        for part in parts
        for path in ([PRODUCT / part] if part.endswith(".py") else sorted((PRODUCT / part).rglob("*.py")))
        if path.exists()
    ]
    assert found, f"nothing at {parts}"
    return found


def name(path: Path) -> str:
    return str(path.relative_to(PRODUCT))


@cache
def imports_of(path: Path) -> list[tuple[str, set[str]]]:
    return list(imports(ast.parse(path.read_text())))


def imports(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Module and imported names of every import that is executed or only for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, set()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module or "", {alias.name for alias in node.names}


def impurities(source: str) -> list[str]:
    tree = ast.parse(source)
    found = []
    for module, names in imports(tree):
        parents = {module, *(module[:at] for at, character in enumerate(module) if character == ".")}
        parents |= {f"{module}.{each}" for each in names}
        if parents & FORBIDDEN_IN_PURE and not (names and names <= ALLOWED_NAMES.get(module, set())):
            found.append(f"imports {module} {sorted(names)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                found.append(f"line {node.lineno}: {node.func.id}()")
            if (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in FORBIDDEN_METHODS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("datetime", "date")
            ):
                found.append(f"line {node.lineno}: {node.func.value.id}.{node.func.attr}()")
    return found


@pytest.mark.parametrize("path", modules(*PURE), ids=name)
def test_actions_and_pure_packages_do_no_input_or_output(path: Path) -> None:
    assert impurities(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path",
        "from os import path",
        "from pathlib import Path, PurePosixPath",
        "import pathlib",
        "def f():\n    import subprocess",
        "from urllib import request",
        "import urllib.request",
        "import github.Auth",
        "open('x')",
        "from datetime import datetime\ndatetime.now()",
    ],
)
def test_that_rule_finds_what_it_is_for(source: str) -> None:
    assert impurities(source)


def test_that_rule_allows_what_it_must() -> None:
    assert impurities("from pathlib import PurePosixPath\nfrom urllib.parse import quote\nports.clock.now()") == []


def environment_reads(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb", "putenv"))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(a.name in ("environ", "getenv") for a in node.names)
        )
    ]


def test_one_place_reads_the_environment() -> None:
    readers = {name(path) for path in modules(".") if environment_reads(path.read_text())}
    # The supervisor is a program: it hands its environment on to the command.
    assert readers == {"runner/environment.py", "process/supervisor.py"}


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['X']", "import os\nos.getenv('X')", "from os import environ"]
)
def test_that_rule_finds_what_it_is_for_too(source: str) -> None:
    assert environment_reads(source)


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("subprocess", ("process/",)),
        ("psutil", ("process/descendants.py",)),
        ("actions_toolkit", ("runner/",)),
        ("github", ("github_api/",)),
        ("jwt", ("github_api/",)),
        ("requests", ("github_api/",)),
        ("urllib3", ("github_api/",)),
    ],
)
def test_one_package_per_door_to_the_world(module: str, allowed: tuple[str, ...]) -> None:
    users = {
        name(path) for path in modules(".") for imported, _ in imports_of(path) if imported.split(".")[0] == module
    }
    assert all(user.startswith(allowed) for user in users), users
    assert users or module in ("requests", "urllib3")


def test_of_actions_toolkit_only_the_escaping_is_used() -> None:
    used = {
        imported
        for path in modules("runner")
        for imported, _ in imports_of(path)
        if imported.startswith("actions_toolkit")
    }
    assert used == {"actions_toolkit.command", "actions_toolkit.file_command"}


WORDS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "stuff"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("src", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if WORDS & {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    }
    assert found == set()
