"""Directories as targets: the patterns choose them, and each has a name that no other has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts.artifact import is_name
from action_patterns.contracts.repository import address, is_same_target, is_target, repository_of
from action_patterns.discovery.components import find, names_of, type_of
from action_patterns.errors import InputError

PATHS = (
    "README.md",
    "go.mod",
    "services/api/go.mod",
    "services/api/main.go",
    "services/api/testdata/mod/go.mod",
    "services/web/go.mod",
    "services/web/package.json",
    "services/[id]/package.json",
    "services/docs/index.md",
    "tools/api/pyproject.toml",
    "vendor/x/go.mod",
    ".hidden/go.mod",
)


def chosen(*patterns: str) -> list[str]:
    return [each.directory for each in find(PATHS, patterns).components]


@pytest.mark.parametrize(
    ("patterns", "directories"),
    [
        (["go.mod"], ["."]),
        (["./go.mod"], ["."]),
        (["."], ["."]),
        (["*/go.mod"], [".hidden"]),
        (
            ["**/go.mod"],
            [".", ".hidden", "services/api", "services/api/testdata/mod", "services/web", "vendor/x"],
        ),
        (
            ["**/go.mod", "!vendor/", "!**/testdata/"],
            [".", ".hidden", "services/api", "services/web"],
        ),
        (["**/go.mod", "!vendor/**", "!**/testdata/**", "!go.mod"], [".hidden", "services/api", "services/web"]),
        (["**/go.mod", "!services/", "services/web/go.mod"], [".", ".hidden", "services/web", "vendor/x"]),
        (["services/*/"], ["services/[id]", "services/api", "services/docs", "services/web"]),
        (["services/*/", "!services/docs/"], ["services/[id]", "services/api", "services/web"]),
        (["services/*/", "!services/docs/**"], ["services/[id]", "services/api", "services/web"]),
        (["services/[id]/"], ["services/[id]"]),
        (["services/[aw]*/", "./"], [".", "services/api", "services/web"]),
        (["**/package.json", "tools/*/"], ["services/[id]", "services/web", "tools/api"]),
        (["services/"], ["services"]),
        (["services"], ["services"]),
        (["services/api"], ["services/api"]),
        (["**/api"], []),
        (["**/api/"], ["services/api", "tools/api"]),
        (["**/{api,web}/", "!tools"], ["services/api", "services/web"]),
        (
            ["**/{go.mod,package.json}", "!./", "!**/{testdata,x}/", "!.*/"],
            ["services/[id]", "services/api", "services/web"],
        ),
        (["*/"], [".hidden", "services", "tools", "vendor"]),
        (["services/api/main.*", "services/api/go.mod"], ["services/api"]),
        (["nothing/**"], []),
    ],
)
def test_the_patterns_choose(patterns: list[str], directories: list[str]) -> None:
    assert chosen(*patterns) == directories


def test_a_directory_has_every_kind_of_project_that_its_files_mark() -> None:
    found = find(PATHS, ["services/*/", "tools/*/"]).components
    assert {each.directory: type_of(each.types) for each in found} == {
        "services/[id]": "node",
        "services/api": "go",
        "services/docs": "unknown",
        "services/web": "go,node",
        "tools/api": "python",
    }


def test_equal_basenames_are_kept_apart_by_their_parents() -> None:
    found = find(PATHS, ["services/api/", "tools/api/", "./"]).components
    assert {each.directory: each.name for each in found} == {
        ".": "root",
        "services/api": "services-api",
        "tools/api": "tools-api",
    }


@pytest.mark.parametrize(
    "directories",
    [
        ("a-b/c", "a/b-c", "a-b-c"),
        ("Api", "api", "API"),
        ("root", "."),
        ("a b", "a'b", 'a"b', "a$(x)b", "a`b`"),
        ("日本", "中国", "---"),
        ("x/" + "y" * 80 + "/1", "x/" + "y" * 80 + "/2"),
    ],
)
def test_names_that_would_be_equal_are_told_apart(directories: tuple[str, ...]) -> None:
    names = names_of(directories)
    assert len(set(names.values())) == len(directories)
    assert all(is_name(name) for name in names.values())
    assert names == dict(reversed(list(names_of(reversed(directories)).items()))), "the order counts for nothing"


parts = st.text(alphabet="ab-. A'$", min_size=1, max_size=3).filter(lambda part: part not in (".", ".."))
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)


@given(st.sets(st.just(".") | paths | st.text(min_size=1), max_size=12))
def test_every_directory_has_a_name_and_no_two_have_one(directories: set[str]) -> None:
    names = names_of(directories)
    assert set(names) == directories
    assert len(set(names.values())) == len(directories)
    assert all(is_name(name) for name in names.values())


def test_a_name_that_is_anothers_with_its_hash_is_told_apart_too() -> None:
    first = names_of(["a/b", "a-b"])
    again = names_of(["a/b", "a-b", first["a/b"]])
    assert len(set(again.values())) == 3


@pytest.mark.parametrize(
    ("pattern", "what", "fix"),
    [
        ("/services/*/", "a path has no leading slash", "Write 'services/*/'."),
        ("../x/", "a path has no part '.' or '..'", "from the root"),
        ("a//b", "an empty part between two slashes", "one slash"),
        ("a\\b", "a backslash stands before a character that needs none", "Write '/' between directories."),
        ("!", "it is empty", "`**`"),
        ("x" * 2_000, "it has more than 1,000 characters", "several"),
        ("a**/go.mod", "`**` stands for whole directories", "between slashes"),
    ],
)
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str, what: str, fix: str) -> None:
    with pytest.raises(InputError) as refused:
        find(PATHS, ["**/go.mod", pattern])
    (problem,) = refused.value.problems
    assert what in problem.what
    assert fix in problem.fix


def test_every_wrong_pattern_is_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        find(PATHS, ["!vendor/", "/x", "a\\b"])
    assert [problem.what.partition(" in `components`")[0] for problem in refused.value.problems] == [
        "The pattern '/x'",
        "The pattern 'a\\\\b'",
        "'!vendor/'",
    ]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("**/go.mood", "selected nothing: no tracked files match it. The nearest name is go.mod."),
        ("services/ap/", "selected nothing: no tracked directories match it. The nearest name is services/api."),
        ("!vendors/", "excluded nothing: no tracked directories match it. The nearest name is vendor."),
        ("!qqqqqqqq/**", "excluded nothing: no tracked files match it. Correct it, or remove it."),
        ("tools/*", "selected nothing: no tracked files match it. It matches directories: write `tools/*/`."),
    ],
)
def test_a_pattern_without_effect_is_a_warning_with_the_nearest_name(pattern: str, said: str) -> None:
    found = find(PATHS, ["services/*/", pattern])
    (warning,) = found.warnings
    assert (warning.key, warning.value) == ("components", pattern)
    assert said in warning.message


@pytest.mark.parametrize("name", ["a\nb", "a\x7fb", "a\udcff"])
def test_a_name_that_no_job_could_be_given_is_refused_if_it_is_chosen(name: str) -> None:
    paths = (f"x/{name}/go.mod", "y/go.mod")
    with pytest.raises(InputError, match="control character"):
        find(paths, ["**/go.mod"])
    assert [each.directory for each in find(paths, ["**/go.mod", "!x/"]).components] == ["y"]


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("acme/api", True),
        ("acme/api:.", True),
        ("acme/api:services/a b$(x)", True),
        ("acme/api:", False),
        ("acme/api:/x", False),
        ("acme/api:x/", False),
        ("acme/api:a//b", False),
        ("acme/api:a/../b", False),
        ("acme/api:a\nb", False),
        ("api:services", False),
    ],
)
def test_the_name_of_a_target(name: str, valid: bool) -> None:
    assert is_target(name) is valid


def test_the_case_of_a_repository_does_not_count_and_that_of_a_directory_does() -> None:
    assert address("Acme/Api", "src") == "Acme/Api:src"
    assert repository_of("Acme/Api:src/x:y") == "Acme/Api"
    assert is_same_target("Acme/Api:src", "acme/api:src")
    assert not is_same_target("acme/api:Src", "acme/api:src")
    assert not is_same_target("acme/api", "acme/api:.")
