"""`make quick` plays first what the changes at hand concern: they are what may have broken.

A file is touched where it differs from the commit that the work began at, the last one shared with `origin/main`. In a
checkout without it that is HEAD. Tests of a touched module go first, next those of modules that import it, and so on.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("action_patterns", "bootstrap", "github_sandbox")
_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+([\w.]+))", re.MULTILINE)


def changed_files(root: Path = ROOT) -> set[str]:
    """Return the files that differ from the beginning of the work, committed or not; none without git."""
    base = _git(root, "merge-base", "HEAD", "origin/main") or ["HEAD"]
    tracked = _git(root, "diff", "--name-only", "--no-renames", base[0])
    return {*tracked, *_git(root, "ls-files", "--others", "--exclude-standard")}


def _git(root: Path, *arguments: str) -> list[str]:
    try:
        asked = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return asked.stdout.splitlines() if asked.returncode == 0 else []


def modules_of(files: Iterable[str]) -> set[str]:
    """Return the names under which files of `src` and `tests/support` are imported."""
    found = set()
    for file in files:
        place = Path(file)
        if place.suffix == ".py" and place.parts[0] in ("src", "tests"):
            parts = place.with_suffix("").parts[1:]
            found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def distances(touched: Iterable[str], graph: grimp.ImportGraph) -> dict[str, int]:
    """Return how many imports lie between each module and the nearest touched one; without those that none reaches."""
    found = dict.fromkeys(touched, 0)
    nearest = [module for module in found if module in graph.modules]
    distance = 0
    while nearest:
        distance += 1
        importers = {each for module in nearest for each in graph.find_modules_that_directly_import(module)}
        nearest = sorted(importers - found.keys())
        found |= dict.fromkeys(nearest, distance)
    return found


def imported(text: str) -> set[str]:
    """Return what a test imports, by the names of modules, and of what may be one."""
    found = set()
    for source, names, module in _IMPORT.findall(text):
        found.add(source or module)
        found |= {f"{source}.{name}" for name in re.findall(r"\w+", names)}
    return found


def ranks(tests: Iterable[str], changed: set[str], root: Path = ROOT) -> dict[str, int]:
    """Return the distance of each test file from what is touched; without those that nothing touched concerns."""
    touched = modules_of(changed)
    if not touched:
        return {}
    near = distances(touched, grimp.build_graph(*PACKAGES, cache_dir=None))
    found = {}
    for test in tests:
        reached = [near[name] for name in imported((root / test).read_text("utf-8")) if name in near]
        if test in changed:
            found[test] = 0
        elif reached:
            found[test] = min(reached)
    return found


class TouchedFirst:
    """A pytest plugin: puts the tests in that order. Every worker finds the same one."""

    def __init__(self, changed: Iterable[str]) -> None:
        self._changed = set(changed)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["changed"] = sorted(self._changed)  # A file that is saved meanwhile parts no two workers.

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        files = {item: item.path.relative_to(ROOT).as_posix() for item in items}
        near = ranks(set(files.values()), self._changed)
        last = max(near.values(), default=0) + 1
        items.sort(key=lambda item: near.get(files[item], last))


def touched_first(config: pytest.Config) -> TouchedFirst:
    """Return the plugin, in a worker with what the process that started it found."""
    told = getattr(config, "workerinput", {}).get("changed")
    return TouchedFirst(changed_files() if told is None else told)
