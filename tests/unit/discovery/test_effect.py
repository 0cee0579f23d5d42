"""Each part of a selection that selects or excludes nothing is a warning; a sound selection has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from action_patterns.contracts import Target
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.selection import Place, Selection
from action_patterns.ports.repositories import Listing
from support.seen import of_listings

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def target(name: str, **fields: Any) -> Target:
    values: dict[str, Any] = {"repository": name, "default_branch": "main", "head_oid": "a" * 40}
    return Target(**(values | fields))


API = target(
    "acme/api",
    topics=("go",),
    language="Go",
    types=("go",),
    has=("go.mod",),
    properties={"team": "web"},
    permission="write",
    pushed_at=NOW - timedelta(days=400),
)
OLD = target("acme/legacy-tool", archived=True)
FORK = target("acme/fork", fork=True, private=True)
LISTED = (Listing("acme", 3, (API, OLD, FORK)),)


def said(
    listings: tuple[Listing, ...] = LISTED, named: dict[str, Target | None] | None = None, **given: Any
) -> list[str]:
    selection = Selection(**({"owners": tuple(listing.owner for listing in listings)} | given))
    return [warning.message for warning in warnings(of_listings(listings, named), selection, now=NOW)]


NOTHING = "selected nothing: none of 3 repositories listed"
FILTERS: list[tuple[str, Any, str, str, str]] = [
    ("types", ("go", "rust"), "types", "rust", "is of this type"),
    ("languages", ("Go", "COBOL"), "languages", "COBOL", "has this primary language"),
    ("any_topics", ("go", "web"), "any-topics", "web", "has this topic"),
    ("properties", {"team": ("web", "wep")}, "properties", "team=wep", "has this custom property"),
    ("has_file", ("go.mod", "Cargo.tml"), "has-file", "Cargo.tml", "has such a file"),
    ("visibility", ("public", "internal"), "visibility", "internal", "is internal"),
]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"exclude": ("legcy-*",)},
            (
                "`legcy-*` in `exclude` excluded nothing: it matches none of 3 repositories."
                " The nearest name is acme/legacy-tool. Correct it, or remove it."
            ),
        ),
        (
            {"include": ("acmee/*",)},
            (
                "`acmee/*` in `include` selected nothing: none of 3 repositories listed matches it."
                " The nearest name is acme/api. Correct it, or remove it."
            ),
        ),
        (
            {"topics": ("golang",)},
            (
                "`golang` in `topics` selected nothing: none of 3 repositories listed has this topic."
                " Correct it, or remove it."
            ),
        ),
        *(
            ({key: value}, f"`{text}` in `{name}` {NOTHING} {verb}. Correct it, or remove it.")
            for key, value, name, text, verb in FILTERS
        ),
        (
            {"pushed_since": "2027-01-01"},
            "`2027-01-01` in `pushed-since` selected nothing: it is in the future. Correct it, or remove it.",
        ),
    ],
)
def test_a_filter_that_matches_nothing(given: dict[str, Any], message: str) -> None:
    assert said(**given) == [message]


def test_a_role_that_github_does_not_say_filters_nothing() -> None:
    listed = (Listing("acme", 1, (target("acme/x"),)),)
    (told,) = said(listed, permission="write")
    assert told.startswith("`write` in `permission` left out nothing: GitHub does not say which role this token has")


def test_a_role_that_no_repository_gives() -> None:
    listed = (Listing("acme", 1, (target("acme/x", permission="write"),)),)
    (told,) = said(listed, permission="admin")
    assert told.startswith("`admin` in `permission` selected nothing: none of 1 repository listed gives the token's")


def test_what_changes_from_run_to_run_is_no_typo() -> None:
    listed = (Listing("acme", 1, (target("acme/x", open_pull_request=True, pushed_at=NOW - timedelta(days=9)),)),)
    assert said(listed, pushed_since="1d", without_open_pull_request=True) == []


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_a_visibility_that_no_repository_has(visibility: str) -> None:
    of_the_other = (Listing("acme", 1, (target("acme/x", private=visibility == "public"),)),)
    assert said(of_the_other, visibility=visibility) == [
        (
            f"`{visibility}` in `visibility` selected nothing: none of 1 repository listed is {visibility}."
            " Correct it, or remove it."
        )
    ]


def test_an_owner_without_a_repository() -> None:
    empty = Listing("labs", 0, ())
    assert said((*LISTED, empty)) == ["`labs` in `owners` selected nothing: this token sees no repository there."]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"include": ("acme/*",), "exclude": ("LEGACY-*",), "topics": ("Go",)},
        {"exclude": ("legacy-tool", "fork"), "forks": True, "visibility": "all"},
        {"include": ("*", "api", "ap?")},
        {"visibility": "private"},
        {"visibility": "public"},
    ],
)
def test_a_sound_selection_is_quiet(given: dict[str, Any]) -> None:
    assert said(**given) == []


def test_a_filter_that_matches_only_what_another_one_excludes_is_sound() -> None:
    assert said(include=("api", "legacy-*"), exclude=("fork", "legacy-tool")) == []


def test_where_nothing_was_seen_no_filter_is_warned_of() -> None:
    nothing = (Listing("acme", 0, ()),)
    assert said(nothing, include=("a*",), exclude=("b*",), topics=("c",), visibility="public") == []
    assert said((), {"acme/absent": None}, repositories=("acme/absent",), exclude=("b*",)) == []


def test_an_exclusion_is_compared_with_named_repositories_and_an_inclusion_is_not() -> None:
    named: dict[str, Target | None] = {"beta/x": target("beta/x")}
    assert said(LISTED, named, repositories=("beta/x",), exclude=("beta/*",)) == []
    (found,) = said(LISTED, named, repositories=("beta/x",), include=("acme/*", "beta/*"))
    assert found.startswith("`beta/*` in `include` selected nothing")


def test_filters_of_an_owner_without_a_repository_wait_for_one() -> None:
    found = said((Listing("labs", 0, ()),), {"acme/api": API}, repositories=("acme/api",), include=("a*",), forks=True)
    assert found == ["`labs` in `owners` selected nothing: this token sees no repository there."]


def test_filters_of_owners_without_an_owner_have_no_effect() -> None:
    given = {"include": ("a*",), "topics": ("go",), "visibility": "public", "forks": True}
    found = said((), {"acme/api": API}, repositories=("acme/api",), **given)
    assert [each.split()[0] for each in found] == ["`topics`", "`visibility`", "`include`", "`forks`"]
    assert found[0] == "`topics` has no effect: it is about repositories that are listed, and all are named. Remove it."


@pytest.mark.parametrize(
    ("name", "seen", "message"),
    [
        ("ACME/api", API, None),
        ("acme/legacy-tool", OLD, "`acme/legacy-tool` in `repositories` selected nothing: the repository is archived."),
        (
            "acme/new",
            target("acme/new", empty=True),
            "`acme/new` in `repositories` selected nothing: the repository is empty.",
        ),
        ("acme/former", API, "`acme/former` in `repositories` is acme/api now. Write the new name"),
        ("acme/absent", None, None),
    ],
)
def test_a_named_repository(name: str, seen: Target | None, message: str | None) -> None:
    found = said((), {name: seen}, repositories=(name,))
    assert len(found) == (message is not None)
    assert all(each.startswith(message or "") for each in found)


def test_a_pattern_that_is_given_twice_is_warned_of_once() -> None:
    assert len(said(exclude=("x", "x"), include=("y", "y", "api"))) == 2


@pytest.mark.parametrize("key", ["include", "exclude"])
def test_a_pattern_that_takes_out_nothing_is_named_as_one(key: str) -> None:
    nothing = f"in `{key}` takes out nothing that the patterns before it name."
    assert said(**{key: ("api", "!legacy-*", "!apx", "!api", "!api")}) == [
        f"`!legacy-*` {nothing} Correct it, or remove it.",
        f"`!apx` {nothing} The nearest name is acme/api. Correct it, or remove it.",
    ]


def test_a_warning_has_the_place_of_its_item() -> None:
    selection = Selection(owners=("acme",), exclude=("api", "x*"))
    selection.locate("exclude", "x*", Place("d.yml", 7))
    selection.locate("exclude", "x*", Place("d.yml", 9))
    (found,) = warnings(of_listings(LISTED), selection, now=NOW)
    assert (found.key, found.value, found.file, found.line) == ("exclude", "x*", "d.yml", 7)
