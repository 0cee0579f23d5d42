"""Entries of directories -> patterns of `has-file` that hold, and kinds of project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from action_patterns.content.presence import Entry, directories, holding, project_types
from action_patterns.content.project_types import MARKERS, UNKNOWN

DOCS = Path(__file__).parents[3] / "docs" / "distribution-file.md"


def files(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry(name, "blob") for name in names)


ENTRIES = {
    "": (*files("go.mod", "README.md", "[id].ts"), Entry("deploy", "tree"), Entry("vendor", "commit")),
    "deploy": files("main.tf", ".hidden"),
    "app/[id]": files("page.tsx"),
}


@pytest.mark.parametrize(
    "pattern",
    [
        "go.mod",
        "*.md",
        "README.{md,rst}",
        "[gj]o.mod",
        "[id].ts",
        "deploy/",
        "depl*/",
        "vendor/",
        "deploy/*.tf",
        "deploy/.hidden",
        "deploy/*",
        "app/[id]/page.tsx",
    ],
)
def test_a_pattern_that_holds(pattern: str) -> None:
    assert holding([pattern], ENTRIES) == (pattern,)


@pytest.mark.parametrize(
    "pattern", ["GO.MOD", "go.mod/", "deploy", "main.tf", "*.tf", "deploy/*.md", "src/*.go", "vendor", "go.mo"]
)
def test_a_pattern_that_does_not(pattern: str) -> None:
    assert holding([pattern, "go.mod"], ENTRIES) == ("go.mod",)


def test_directories_are_read_once_each() -> None:
    assert directories(["a/b/x", "a/b/*.y", "z", "d/"], types=True) == ("", "a/b")
    assert directories(["a/x"], types=False) == ("a",)
    assert directories([], types=False) == ()


@pytest.mark.parametrize("kind", MARKERS)
def test_each_marker_shows_its_kind(kind: str) -> None:
    for marker in MARKERS[kind]:
        assert kind in project_types(files(marker.replace("*", "acme")))


def test_every_kind_that_a_file_shows_counts() -> None:
    assert project_types(files("package.json", "Dockerfile", "go.mod", "README.md")) == ("docker", "go", "node")


@pytest.mark.parametrize("root", [(), files("README.md", "Go.mod", "go.mod.bak"), (Entry("go.mod", "tree"),)])
def test_no_marker_is_a_kind_too(root: tuple[Entry, ...]) -> None:
    assert project_types(root) == (UNKNOWN,)


def test_the_guide_has_the_table_of_markers() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    documented = {kind: tuple(re.findall("`([^`]+)`", names)) for kind, names in rows if kind in MARKERS}
    assert documented == dict(MARKERS)
