"""Every repository seen is a target or excluded with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Target
from action_patterns.discovery.select import OPT_OUT_TOPIC, select
from action_patterns.discovery.selection import Selection
from support.seen import seen as seen_of

SOURCE = "acme/platform"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def target(name: str = "acme/api", **fields: Any) -> Target:
    values: dict[str, Any] = {"repository": name, "default_branch": "main", "head_oid": "a" * 40}
    return Target(**(values | fields))


def verdict(seen: Target, *, named: bool = False, **selection: Any) -> str:
    """`target`, or the reason it is none."""
    chosen = Selection(**({"owners": ("acme",)} | selection))
    if named:
        chosen = Selection(repositories=(seen.repository,), **selection)
    world = seen_of({("owners", "acme"): [] if named else [seen]}, {seen.repository: seen} if named else {})
    found = select(world, chosen, source_repository=SOURCE, now=NOW)
    assert len(found.targets) + len(found.excluded) == 1
    return found.excluded[0].reason if found.excluded else "target"


@pytest.mark.parametrize(
    ("seen", "selection", "reason"),
    [
        (target(), {}, "target"),
        (target(archived=True), {}, "archived"),
        (target(empty=True, default_branch=None), {}, "empty"),
        (target(default_branch=None), {}, "empty"),
        (target(fork=True), {}, "fork"),
        (target(fork=True), {"forks": True}, "target"),
        (target("Acme/Platform"), {}, "source-repository"),
        (target(topics=(OPT_OUT_TOPIC,)), {}, "opted-out"),
        (target(private=True), {"visibility": "public"}, "visibility"),
        (target(private=True), {"visibility": "private"}, "target"),
        (target(private=True, visibility="internal"), {"visibility": "private"}, "visibility"),
        (target(private=True, visibility="internal"), {"visibility": ["private", "internal"]}, "target"),
        (target(visibility="public"), {"visibility": "all"}, "target"),
        (target(types=("go", "node")), {"types": "node"}, "target"),
        (target(types=("unknown",)), {"types": "node"}, "type"),
        (target(language="Go"), {"languages": "go"}, "target"),
        (target(), {"languages": "go"}, "language"),
        (target(topics=("web",)), {"any_topics": ("api", "web")}, "target"),
        (target(topics=("cli",)), {"any_topics": ("api", "web")}, "topic-missing"),
        (target(properties={"team": "web"}), {"properties": {"team": ("web", "data")}}, "target"),
        (target(), {"properties": {"team": "web"}}, "property"),
        (target(has=("go.mod",)), {"has_file": "go.mod"}, "target"),
        (target(), {"has_file": "go.mod"}, "file-missing"),
        (target(pushed_at=NOW - timedelta(days=90)), {"pushed_since": "90d"}, "target"),
        (target(pushed_at=NOW - timedelta(days=90, seconds=1)), {"pushed_since": "90d"}, "not-pushed-since"),
        (target(), {"pushed_since": "2026-01-01"}, "not-pushed-since"),
        (target(permission="maintain"), {"permission": "write"}, "target"),
        (target(permission="write"), {"permission": "write"}, "target"),
        (target(permission="triage"), {"permission": "write"}, "permission"),
        (target(), {"permission": "admin"}, "target"),
        (target(open_pull_request=True), {}, "target"),
        (target(open_pull_request=True), {"without_open_pull_request": True}, "open-pull-request"),
        (target(), {"without_open_pull_request": True}, "target"),
        (target(), {"visibility": "private"}, "visibility"),
        (target(topics=("go", "api")), {"topics": ("api", "go")}, "target"),
        (target(topics=("go",)), {"topics": ("go", "api")}, "topic-missing"),
        (target(topics=("go",)), {"topics": ("Go",)}, "target"),
        (target(), {"include": ("a*",)}, "target"),
        (target(), {"include": ("b*",)}, "not-included"),
        (target(), {"include": ("b*", "acme/*")}, "target"),
        (target("Acme/API"), {"include": ("acme/ap?",)}, "target"),
        (target(), {"include": ("ACME/[a-b]pi",)}, "target"),
        (target(), {"exclude": ("*-old",)}, "target"),
        (target("acme/API-Old"), {"exclude": ("*-old",)}, "excluded"),
        (target(), {"include": ("*",), "exclude": ("acme/*",)}, "excluded"),
        (target("acme/a"), {"include": ("acme",)}, "not-included"),
    ],
)
def test_a_listed_repository(seen: Target, selection: dict[str, Any], reason: str) -> None:
    assert verdict(seen, **selection) == reason


@pytest.mark.parametrize(
    ("seen", "selection", "reason"),
    [
        (target(fork=True, private=True), {"visibility": "public", "topics": ("x",), "include": ("y",)}, "target"),
        (target(SOURCE), {}, "target"),
        (target(archived=True), {}, "archived"),
        (target(empty=True), {}, "empty"),
        (target(topics=(OPT_OUT_TOPIC,)), {}, "opted-out"),
        (target(topics=(OPT_OUT_TOPIC,), archived=True), {}, "opted-out"),
        (target(), {"exclude": ("api",)}, "excluded"),
    ],
)
def test_a_named_repository_passes_the_filters_but_not_the_guards(
    seen: Target, selection: dict[str, Any], reason: str
) -> None:
    assert verdict(seen, named=True, **selection) == reason


def test_a_named_repository_that_is_absent_is_kept_and_never_an_exclusion() -> None:
    chosen = Selection(repositories=("acme/b", "acme/A"), exclude=("*",))
    world = seen_of({("owners", "acme"): []}, {"acme/b": None, "acme/A": None})
    found = select(world, chosen, source_repository=SOURCE, now=NOW)
    assert (found.not_found, found.targets, found.excluded) == (("acme/A", "acme/b"), (), ())


def test_a_repository_both_listed_and_named_counts_once_and_as_named() -> None:
    seen = target(fork=True)
    chosen = Selection(owners=("acme",), repositories=("ACME/api",))
    found = select(seen_of({("owners", "acme"): [seen]}, {"ACME/api": seen}), chosen, source_repository=SOURCE, now=NOW)
    assert found.targets == (seen,)
    assert found.excluded == ()


names = st.sampled_from([f"acme/{name}" for name in ("api", "API2", "web", "zoo", "platform")])
fleets = st.lists(
    st.builds(target, names, archived=st.booleans(), fork=st.booleans(), private=st.booleans()),
    max_size=5,
    unique_by=lambda t: t.repository,
)


@given(fleets, fleets, st.booleans())
def test_every_repository_seen_is_in_exactly_one_place_in_order_of_name(
    listed: list[Target], named: list[Target], forks: bool
) -> None:
    # One repository is in one state, however it is found.
    states = {t.repository: t for t in (*listed, *named)}
    selection = Selection(owners=("acme",), repositories=tuple(t.repository for t in named), forks=forks)
    listing = [states[t.repository] for t in listed]
    world = seen_of({("owners", "acme"): listing}, {t.repository: states[t.repository] for t in named})
    found = select(world, selection, source_repository=SOURCE, now=NOW)
    targets = [t.repository for t in found.targets]
    excluded = [e.repository for e in found.excluded]
    assert sorted(targets + excluded) == sorted({t.repository for t in (*listed, *named)})
    assert targets == sorted(targets, key=str.lower)
    assert excluded == sorted(excluded, key=str.lower)
    assert all(e.detail for e in found.excluded)
