"""Groups: selection, cascades, circles and named parts, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from action_patterns.changes.groups import Group, Selection, concern, cycles
from action_patterns.errors import InputError
from action_patterns.ports.history import ChangedPath


def selection(*patterns: str) -> Selection:
    return Selection.of(patterns, "here")


def group(name: str, *patterns: str, depends_on: Sequence[str] = ()) -> Group:
    return Group(name=name, selection=selection(*patterns), depends_on=tuple(depends_on))


@pytest.mark.parametrize(
    ("patterns", "path", "submodule", "selected"),
    [
        (["src/**"], "src/a", False, True),
        (["src"], "src/a", False, True),
        (["src/**", "!src/test/**"], "src/test/a", False, False),
        (["!src/**", "src/keep"][::-1], "src/keep", False, False),
        (["src/<name>/**"], "src/a/b", False, True),
        (["src/<name>/**"], "src/b", False, False),
        (["src/\\<name>/**"], "src/<name>/b", False, True),
        (["vendor/module/**"], "vendor/module", True, True),
        (["vendor/module/src/*.c"], "vendor/module", True, True),
        (["vendor/module/src/*.c"], "vendor/module", False, False),
        (["vendor/**", "!vendor/module/**"], "vendor/module", True, True),
        (["vendor/other/**"], "vendor/module", True, False),
        (["vendor/*/**"], "vendor/module", True, True),
        (["vendor/*/**"], "vendor/module", False, False),
    ],
)
def test_a_selection(patterns: Sequence[str], path: str, submodule: bool, selected: bool) -> None:
    changed = ChangedPath(path, "modified", submodule)
    assert (selection(*patterns).decides(changed) is not None) == selected


@pytest.mark.parametrize(
    ("depends_on", "found"),
    [
        ({"a": (), "b": ("a",), "c": ("a", "b")}, []),
        ({"a": ("a",)}, ["a -> a"]),
        ({"a": ("b",), "b": ("a",)}, ["a -> b -> a"]),
        ({"a": ("b",), "b": ("c",), "c": ("b",)}, ["b -> c -> b"]),
        ({"a": ("b", "c"), "b": ("a",), "c": ("a",)}, ["a -> b -> a", "a -> c -> a"]),
        ({"a": ("nobody",)}, []),
    ],
)
def test_circles(depends_on: Mapping[str, Sequence[str]], found: Sequence[str]) -> None:
    assert [" -> ".join(circle) for circle in cycles(depends_on)] == found


def test_a_long_chain_is_no_circle() -> None:
    chain = {str(at): (str(at + 1),) for at in range(500)} | {"500": ()}
    assert cycles(chain) == ()
    groups = [group(name, "x" if name == "500" else "y", depends_on=above) for name, above in chain.items()]
    found = concern(groups, None, [ChangedPath("x", "added")], tuple, everything=False)
    assert all(found.causes.values())


def test_each_group_says_what_concerns_it() -> None:
    groups = [group("own", "a"), group("above", depends_on=["own"]), group("none", "b")]
    found = concern(groups, None, [ChangedPath("a", "modified")], tuple, everything=False)
    assert found.causes == {"own": "own", "above": "depends-on", "none": None}
    found = concern(groups, selection("a"), [ChangedPath("a", "modified")], tuple, everything=False)
    assert found.causes == {"own": "own", "above": "shared", "none": "shared"}
    found = concern(groups, None, [], tuple, everything=True)
    assert set(found.causes.values()) == {"everything"}


HEAD = ["apps/app-a/x", "apps/app-b/x", "apps/other/x", "common/x"]


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        (["apps/app-a/x"], ["a"]),
        (["apps/app-b/y", "apps/app-a/x"], ["a", "b"]),
        (["common/x"], ["a", "b"]),
        (["apps/app-gone/x"], []),
        (["apps/other/x"], []),
    ],
)
def test_named_parts_of_the_newer_tree_are_jobs(changed: Sequence[str], names: Sequence[str]) -> None:
    groups = [group("apps", "apps/app-<app>/**", "common/**")]
    paths = [ChangedPath(path, "modified") for path in changed]
    found = concern(groups, None, paths, lambda: HEAD, everything=False)
    assert found.matrix == tuple({"group": "apps", "app": name} for name in names)


@pytest.mark.parametrize(
    "pattern", ["**/<a>/x", "{a,b}/<c>/x", "<a>/<a>/x", "<group>/x", "x-<a>-*/y", "<a><b>/x", "!<a>/x"]
)
def test_a_name_whose_place_is_unknown_is_refused(pattern: str) -> None:
    with pytest.raises(InputError, match="matches nothing"):
        selection("**", pattern)


def test_patterns_without_a_match_are_found_by_the_text_they_begin_with() -> None:
    paths = sorted(["a/b", "a/c", "ab", "docs/x.md", "docs2/y"])
    chosen = selection("a/**", "docs/*.md", "docs3/**", "**/y", "z", "!a/d", "app/[id]/x")
    assert [each.text for each in chosen.without_effect(paths, [])] == ["docs3/**", "z", "!a/d", "app/[id]/x"]
    assert [each.text for each in chosen.without_effect((), ["docs3/q"])][:2] == ["a/**", "docs/*.md"]


def test_a_set_of_characters_is_text_where_a_path_has_it() -> None:
    chosen = selection("app/[id]/**")
    path = ChangedPath("app/i/x", "modified")
    assert chosen.decides(path)
    assert chosen.over(["app/[id]/page.tsx"]).decides(path) is None
    assert chosen.over(["app/[id]/page.tsx"]).decides(ChangedPath("app/[id]/page.tsx", "modified"))
