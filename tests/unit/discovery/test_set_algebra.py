"""Sources unite, filters and `all-of` intersect, `exclude` and `none-of` remove: as with Python's sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from action_patterns.contracts import Target
from action_patterns.discovery.discover import discover, facts_for
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.patterns import NEAREST_NAMED
from action_patterns.discovery.select import Selected, select
from action_patterns.discovery.selection import Place, Selection
from action_patterns.ports.repositories import FactsNeeded, ListedRepository, Listing
from support.seen import Listed, seen

NAMES = tuple(f"{owner}/{name}" for owner in ("acme", "beta") for name in ("a", "b", "c", "d"))
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TOPICS = ("x", "y")
Sets = Mapping[str, frozenset[str]]


def target(name: str, *topics: str, **fields: Any) -> Target:
    values: dict[str, Any] = {"repository": name, "default_branch": "main", "topics": topics}
    return Target(**(values | fields))


class Sources:
    """GitHub over sets: every team and search is one, and what is read is counted."""

    def __init__(self, sets: Sets, topics: Mapping[str, tuple[str, ...]]) -> None:
        self.repositories = self.rate_limits = self
        self.sets, self.topics = sets, topics
        self.asked: Counter[str] = Counter()

    def list_owner(self, owner: str, _: object) -> Listing:
        self.asked[owner] += 1
        found = [name for name in NAMES if name.startswith(f"{owner}/")]
        return Listing(owner, len(found), tuple(target(name, *self.topics[name]) for name in found))

    def list_team(self, team: str) -> tuple[ListedRepository, ...]:
        self.asked[team] += 1
        return tuple(map(ListedRepository, sorted(self.sets[team])))

    def list_installation(self) -> tuple[ListedRepository, ...]:
        return self.list_team("installation")

    def search(self, owner: str, query: str) -> tuple[ListedRepository, ...]:
        assert owner == "acme"
        return self.list_team(query)

    def read(self, scope: Any, *_: object) -> Any:
        if isinstance(scope, str):
            return None
        self.asked.update(scope)
        return {name: target(name, *self.topics[name]) for name in scope}


INCLUDES: dict[str, Callable[[str], bool]] = {
    "acme/*": lambda name: name.startswith("acme/"),
    "a": lambda name: name.endswith("/a"),
    "[b-d]": lambda name: name[-1] in "bcd",
}
SETS = ("acme/team", "beta/team", "installation", "org:acme q")
selections: st.SearchStrategy[Selection] = st.deferred(
    lambda: st.builds(
        build,
        st.fixed_dictionaries(
            {},
            optional={
                "owners": st.lists(st.sampled_from(["acme", "beta"]), max_size=2).map(tuple),
                "repositories": st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
                "teams": st.lists(st.sampled_from(SETS[:2]), max_size=2).map(tuple),
                "installation": st.booleans(),
                "search": st.lists(st.just(SETS[3]), max_size=1).map(tuple),
                "topics": st.lists(st.sampled_from(TOPICS), max_size=2).map(tuple),
                "include": st.lists(st.sampled_from(sorted(INCLUDES)), max_size=2).map(tuple),
                "exclude": st.lists(st.sampled_from(["acme/a", "d"]), max_size=2).map(tuple),
                "any_of": st.lists(selections, max_size=2).map(tuple),
                "all_of": st.lists(selections, max_size=2).map(tuple),
                "none_of": st.lists(selections, max_size=2).map(tuple),
            },
        ),
    )
)


def build(fields: dict[str, Any]) -> Selection:
    """Return a selection; one without a source gets one."""
    try:
        return Selection(**fields)
    except ValidationError:
        return (
            Selection(**fields, repositories=NAMES[:2])
            if "repositories" not in fields
            else Selection(**{**fields, "repositories": NAMES[:2]})
        )


def meant(selection: Selection, sources: Sources) -> set[str]:
    """Return the repositories that a selection means, by Python's sets."""
    listed: set[str] = set()
    for owner in selection.owners:
        listed |= {name for name in NAMES if name.startswith(f"{owner}/")}
    for key in (*selection.teams, *selection.search, *(["installation"] if selection.installation else [])):
        listed |= sources.sets[key]
    for part in selection.any_of:
        listed |= meant(part, sources)
    named = set(selection.repositories)
    if not selection.has_source:
        listed = set.intersection(*(meant(part, sources) for part in selection.all_of))
    filtered = {name for name in listed if set(selection.topics) <= set(sources.topics[name])}
    if selection.include:
        filtered = {name for name in filtered if any(INCLUDES[each](name) for each in selection.include)}
    found = filtered | named
    for part in selection.all_of:
        found &= meant(part, sources)
    for part in selection.none_of:
        found -= meant(part, sources)
    return {
        name
        for name in found
        if not ("acme/a" in selection.exclude and name == "acme/a")
        and not ("d" in selection.exclude and name.endswith("/d"))
    }


sets = st.fixed_dictionaries(
    {
        "acme/team": st.frozensets(st.sampled_from(NAMES[:4])),
        "beta/team": st.frozensets(st.sampled_from(NAMES[4:])),
        "installation": st.frozensets(st.sampled_from(NAMES)),
        "org:acme q": st.frozensets(st.sampled_from(NAMES[:4])),
    }
)
topics = st.fixed_dictionaries({name: st.lists(st.sampled_from(TOPICS), unique=True).map(tuple) for name in NAMES})


@given(st.lists(selections, min_size=1, max_size=3), sets, topics)
def test_a_selection_means_what_sets_mean_and_nothing_is_read_or_listed_twice(
    chosen: list[Selection], of_sources: Sets, of_names: Mapping[str, tuple[str, ...]]
) -> None:
    sources: Any = Sources(of_sources, of_names)
    found = discover(chosen, sources)
    assert set(sources.asked.values()) <= {1}
    for selection in chosen:
        selected = select(found, selection, source_repository="other/source", now=NOW)
        names = [each.repository for each in selected.targets]
        excluded = [each.repository for each in selected.excluded]
        assert set(names) == meant(selection, sources)
        assert len(names + excluded) == len(set(names + excluded))
        warnings(found, selection, now=NOW)
    assert found.visible == len({each.repository for each in found.repositories.values() if each is not None})


A, B, C = target("acme/a", "x"), target("acme/b", "x"), target("acme/c")
WORLD: Listed = {("owners", "acme"): (A, B, C), ("teams", "acme/team"): (A, C), ("teams", "acme/none"): ()}
TEAM = Selection(teams=("acme/team",))


def chosen(world: Listed = WORLD, **selection: Any) -> Selected:
    return select(seen(world, {"acme/a": A}), Selection(**selection), source_repository="acme/source", now=NOW)


def reasons(selected: Selected) -> dict[str, tuple[str, str]]:
    return {each.repository: (each.reason, each.detail) for each in selected.excluded}


@pytest.mark.parametrize(
    ("selection", "targets", "excluded"),
    [
        (
            {"owners": ("acme",), "all_of": (TEAM,)},
            ["acme/a", "acme/c"],
            {"acme/b": ("not-in-all-of", "Selection 1 of `all-of` does not select it.")},
        ),
        (
            {"owners": ("acme",), "all_of": (TEAM, Selection(teams=("acme/team",), topics=("x",)))},
            ["acme/a"],
            {
                "acme/b": ("not-in-all-of", "Selection 1 of `all-of` does not select it."),
                "acme/c": (
                    "not-in-all-of",
                    "Selection 2 of `all-of` does not select it: It does not have the topic x.",
                ),
            },
        ),
        (
            {"owners": ("acme",), "none_of": (Selection(teams=("acme/none",)), TEAM)},
            ["acme/b"],
            dict.fromkeys(("acme/a", "acme/c"), ("in-none-of", "Selection 2 of `none-of` selects it.")),
        ),
        (
            {"any_of": (Selection(owners=("acme",), topics=("x",)), TEAM), "exclude": ("a",)},
            ["acme/b", "acme/c"],
            {"acme/a": ("excluded", "It matches a.")},
        ),
        (
            {"any_of": (Selection(owners=("acme",), topics=("x",)),)},
            ["acme/a", "acme/b"],
            {"acme/c": ("topic-missing", "It does not have the topic x.")},
        ),
        ({"all_of": (TEAM, Selection(owners=("acme",), exclude=("c",)))}, ["acme/a"], {
            "acme/c": ("not-in-all-of", "Selection 2 of `all-of` does not select it: It matches c."),
        }),
        ({"repositories": ("acme/a",), "none_of": (TEAM,)}, [], {
            "acme/a": ("in-none-of", "Selection 1 of `none-of` selects it."),
        }),
    ],
)  # fmt: skip
def test_each_exclusion_has_its_reason(
    selection: dict[str, Any], targets: list[str], excluded: dict[str, tuple[str, str]]
) -> None:
    found = chosen(**selection)
    assert [each.repository for each in found.targets] == targets
    assert reasons(found) == excluded


def test_forks_and_the_source_repository_are_decided_outside() -> None:
    fork, source = target("acme/f", fork=True), target("acme/source")
    world: Listed = {("owners", "acme"): (A, fork, source), ("teams", "acme/team"): (fork, source)}
    inside = chosen(world, owners=("acme",), forks=True, all_of=(TEAM,))
    assert [each.repository for each in inside.targets] == ["acme/f"]
    assert reasons(inside)["acme/source"][0] == "source-repository"
    left = chosen(world, owners=("acme",), forks=True, none_of=(TEAM,))
    assert [each.repository for each in left.targets] == ["acme/a"]


def test_a_name_inside_any_of_that_is_not_found_fails_and_one_of_none_of_does_not() -> None:
    world = seen(WORLD, {"acme/absent": None, "acme/gone": None})
    selection = Selection(
        owners=("acme",),
        any_of=(Selection(repositories=("acme/absent",)),),
        none_of=(Selection(repositories=("acme/gone",)),),
    )
    assert select(world, selection, source_repository="x/y", now=NOW).not_found == ("acme/absent",)


def said(**selection: Any) -> list[str]:
    return [each.message for each in warnings(seen(WORLD, {"acme/a": A}), Selection(**selection), now=NOW)]


@pytest.mark.parametrize(
    ("selection", "messages"),
    [
        ({"owners": ("acme",), "all_of": (TEAM,), "none_of": (Selection(repositories=("acme/a",)),)}, []),
        (
            {"owners": ("acme",), "teams": ("acme/none",)},
            ["`acme/none` in `teams` selected nothing: this token sees no repository there."],
        ),
        (
            {"owners": ("acme",), "none_of": (TEAM, Selection(teams=("acme/none",)))},
            [
                "`none-of` 2 excluded nothing: it selects none of 3 repositories. Correct it, or remove it.",
            ],
        ),
        (
            {"owners": ("acme",), "all_of": (Selection(teams=("acme/team",), topics=("z",)),)},
            [
                "`all-of` 1 selected nothing: it selects none of 3 repositories. Correct it, or remove it.",
                (
                    "In selection 1 of `all-of`, `z` in `topics` selected nothing: none of 2 repositories listed has"
                    " this topic. Correct it, or remove it."
                ),
            ],
        ),
        (
            {"owners": ("acme",), "any_of": (Selection(owners=("acme",), exclude=("z*",)),)},
            [
                (
                    "In selection 1 of `any-of`, `z*` in `exclude` excluded nothing: it matches none of 3 repositories."
                    " Correct it, or remove it."
                )
            ],
        ),
    ],
)
def test_a_part_without_effect_is_a_warning(selection: dict[str, Any], messages: list[str]) -> None:
    assert said(**selection) == messages


def test_a_warning_of_a_selection_inside_has_its_place() -> None:
    inside = Selection(teams=("acme/team",), topics=("z",))
    inside.locate("topics", "z", Place("d.yml", 9))
    found = warnings(seen(WORLD), Selection(owners=("acme",), any_of=(inside,)), now=NOW)
    assert [(each.key, each.line) for each in found if each.value == "z"] == [("topics", 9)]


def problems(fields: dict[str, Any]) -> Iterator[str]:
    try:
        Selection(**fields)
    except ValidationError as error:
        for each in error.errors():
            yield str(each["msg"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "name at least one owner in `owners` or one repository in `repositories`, or another source"),
        ({"none_of": ({"owners": ("acme",)},)}, "name at least one owner"),
        ({"installation": False, "topics": ("x",)}, "name at least one owner"),
        ({"owners": ("acme",), "all_of": ({"owners": ("b",), "forks": True},)}, "write `forks` beside"),
        ({"owners": ("acme",), "any_of": ({"topics": ("x",)},)}, "name at least one owner"),
        ({"search": ("topic:x",)}, "would select repositories of strangers"),
        ({"teams": ("platform",)}, "'platform' is not of the form organization/team"),
    ],
)
def test_a_selection_without_sense_is_refused(fields: dict[str, Any], message: str) -> None:
    (found,) = problems(fields)
    assert message in found


@pytest.mark.parametrize(
    "fields",
    [
        {"all_of": ({"owners": ("acme",)},)},
        {"any_of": ({"owners": ("acme",)},)},
        {"repositories_file": "x"},
        {"installation": True},
        {"search": ("org:acme",)},
        {"teams": ("acme/a",)},
    ],
)
def test_any_source_suffices(fields: dict[str, Any]) -> None:
    assert list(problems(fields)) == []


def test_reach_is_that_of_what_is_added() -> None:
    selection = Selection(
        owners=("acme",),
        teams=("ACME/x", "beta/y"),
        search=("org:gamma z",),
        any_of=(Selection(repositories=("delta/d",), installation=True),),
        none_of=(Selection(owners=("omega",)),),
    )
    reach = selection.reach
    assert (reach.owners, reach.repositories) == (("acme", "beta", "gamma"), ("delta/d",))
    assert reach.hidden == ("The team `ACME/x`", "The team `beta/y`", "The App's installation")


def test_selections_inside_need_their_facts_too() -> None:
    files = Selection(owners=("acme",), has_file=("go.mod",), none_of=(Selection(owners=("acme",), types=("go",)),))
    ours = Selection(owners=("acme",), without_open_pull_request=True, properties={"team": ("web",)})
    selection = Selection(owners=("acme",), all_of=(files,), any_of=(ours,))
    assert facts_for([selection], "bot") == FactsNeeded(
        types=True, has_file=("go.mod",), properties=True, open_from="bot"
    )


def test_the_searches_for_a_near_name_are_bounded_over_all_selections_inside() -> None:
    parts = tuple(Selection(owners=("acme",), exclude=(f"acme/a{number}",)) for number in range(NEAREST_NAMED + 5))
    found = warnings(seen(WORLD), Selection(owners=("acme",), any_of=parts), now=NOW)
    said = [each.message for each in found if each.key == "exclude"]
    assert len(said) == NEAREST_NAMED + 5
    assert sum("The nearest name is acme/a." in each for each in said) == NEAREST_NAMED
