"""Conditions: which repositories meet them, the reason if one does not, and what cannot be a condition."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from action_patterns.contracts import Target
from action_patterns.contracts.wording import reason
from action_patterns.discovery.conditions import Conditions, Filters
from action_patterns.discovery.selection import Selection
from action_patterns.ports.repositories import FactsNeeded

API = Target(
    repository="acme/api",
    default_branch="main",
    types=("go", "node"),
    language="Go",
    topics=("api", "service"),
    private=True,
    visibility="internal",
    properties={"Team": "platform", "tiers": ("1", "2")},
    has=("go.mod", "deploy/*.tf"),
)
BARE = Target(repository="acme/bare", default_branch="main", types=("unknown",), visibility="public")


def conditions(**given: Any) -> Conditions:
    return Conditions.model_validate({name.replace("_", "-"): value for name, value in given.items()})


@pytest.mark.parametrize(
    ("given", "unmet"),
    [
        ({"types": ["go", "rust"]}, None),
        ({"types": "node"}, None),
        ({"types": ["rust", "python"]}, "Its type is go and node, not rust or python."),
        ({"languages": ["go"]}, None),
        ({"languages": "GO"}, None),
        ({"languages": ["Python", "Ruby"]}, "Its primary language is Go, not Python or Ruby."),
        ({"topics": ["API", "service"]}, None),
        ({"topics": ["api", "web"]}, "It does not have the topic web."),
        ({"any_topics": ["web", "API"]}, None),
        ({"any_topics": ["web", "cli"]}, "It does not have the topic web or cli."),
        ({"properties": {"team": "platform"}}, None),
        ({"properties": {"team": ["data", "platform"], "tiers": "2"}}, None),
        ({"properties": {"team": "Platform"}}, "Its custom property team is platform, not Platform."),
        ({"properties": {"tiers": ["3", "4"]}}, "Its custom property tiers is 1 and 2, not 3 or 4."),
        ({"properties": {"owner": "x"}}, "Its custom property owner has no value."),
        ({"has_file": "go.mod"}, None),
        ({"has_file": ["go.mod", "deploy/*.tf"]}, None),
        ({"has_file": ["go.mod", "Dockerfile"]}, "It has no file Dockerfile."),
        ({"visibility": "internal"}, None),
        ({"visibility": ["public", "internal"]}, None),
        ({"visibility": "private"}, "It is internal."),
        ({"languages": "Go", "topics": "web", "visibility": "public"}, "It does not have the topic web."),
    ],
)
def test_a_repository(given: dict[str, Any], unmet: str | None) -> None:
    assert conditions(**given).unmet(API) == unmet


@pytest.mark.parametrize(
    ("given", "unmet"),
    [
        ({"types": "unknown"}, None),
        ({"types": "go"}, "Its type is unknown, not go."),
        ({"languages": "go"}, "Its primary language is not known, not go."),
        ({"visibility": "public"}, None),
    ],
)
def test_a_repository_with_nothing(given: dict[str, Any], unmet: str | None) -> None:
    assert conditions(**given).unmet(BARE) == unmet


@pytest.mark.parametrize(("private", "visibility"), [(True, "private"), (False, "public")])
def test_where_github_does_not_say_internal_only_private_is_known(private: bool, visibility: str) -> None:
    old = Target(repository="acme/old", private=private)
    assert conditions(visibility=visibility).unmet(old) is None


def test_only_what_is_compared_is_read() -> None:
    assert conditions(languages="go", topics="a", visibility="public").facts_needed == FactsNeeded()
    both = conditions(types="go").facts_needed | conditions(has_file=["a", "b"]).facts_needed
    assert both | conditions(has_file="b", properties={"x": "y"}).facts_needed == FactsNeeded(
        types=True, has_file=("a", "b"), properties=True
    )


@pytest.mark.parametrize(
    ("given", "where", "fix"),
    [
        ({"types": ["pyhton"]}, ("types", 0), "Write 'python'"),
        ({"types": ["COBOL"]}, ("types", 0), "languages"),
        ({"languages": [" "]}, ("languages", 0), "as the repository's page"),
        ({"topics": ["a b"]}, ("topics", 0), "Write a topic"),
        ({"any_topics": ["go*"]}, ("any-topics", 0), "Write a topic"),
        ({"properties": {"a b": "x"}}, ("properties", "a b", "[key]"), "as the organization defines it"),
        ({"properties": {"team": []}}, ("properties", "team"), "Write the values"),
        ({"has_file": ["**/go.mod"]}, ("has-file", 0), "Name the directory"),
        ({"has_file": ["src/**"]}, ("has-file", 0), "Name the directory"),
        ({"has_file": ["*/go.mod"]}, ("has-file", 0), "Name the directory"),
        ({"has_file": ["{a,b}/go.mod"]}, ("has-file", 0), "Name the directory"),
        ({"has_file": ["!go.mod"]}, ("has-file", 0), "Name a file that there is"),
        ({"has_file": ["/go.mod"]}, ("has-file", 0), "Write 'go.mod'"),
        ({"has_file": ["a/../b"]}, ("has-file", 0), "Write the path"),
        ({"has_file": ["a//b"]}, ("has-file", 0), "Write one slash"),
        ({"has_file": [""]}, ("has-file", 0), "Remove it"),
    ],
)
@pytest.mark.parametrize("model", [Conditions, Selection])
def test_what_can_never_hold_is_refused(
    model: type[Filters], given: dict[str, Any], where: tuple[Any, ...], fix: str
) -> None:
    more = {"owners": ["acme"]} if model is Selection else {}
    with pytest.raises(ValidationError) as caught:
        model.model_validate(more | {name.replace("_", "-"): value for name, value in given.items()})
    (error,) = caught.value.errors()
    assert error["loc"] == where
    assert fix in error["ctx"]["fix"]
    assert "\n" not in reason(error)


@pytest.mark.parametrize("given", [{}, {"types": []}, {"properties": {}}, {"topics": None}])
def test_no_condition_is_none(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give at least one of types, languages"):
        Conditions.model_validate(given)


def test_all_is_a_visibility_of_a_selection_only() -> None:
    assert Selection.model_validate({"owners": ["acme"], "visibility": "all"}).visibility == ()
    with pytest.raises(ValidationError, match="visibility"):
        Conditions.model_validate({"visibility": "all"})
