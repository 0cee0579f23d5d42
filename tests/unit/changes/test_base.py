"""The base of each event: the rows that need no repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from action_patterns.changes.base import of_event, of_name
from action_patterns.changes.reasons import REASONS
from action_patterns.changes.trigger import Trigger, is_oid
from action_patterns.ports.history import ChangedPath, History, MissingError, Tag

A, B, C, M = ("a" * 40, "b" * 40, "c" * 40, "d" * 40)


@dataclass
class KnownHistory:
    """ports.History over a table. A commit that is not in it is missing."""

    at: str = C
    above: dict[str, tuple[str, ...]] = field(default_factory=lambda: {A: (), B: (A,), C: (B,), M: (B, C)})
    branches: dict[str, str] = field(default_factory=lambda: {"main": B})
    tags: tuple[Tag, ...] = ()

    def head(self) -> str:
        return self.at

    def made_on(self) -> str:
        return self.at

    def resolve(self, oid: str) -> str:
        if oid not in self.above:
            raise MissingError(f"no {oid}")
        return oid

    def parents(self, oid: str) -> Sequence[str]:
        return self.above[self.resolve(oid)]

    def merge_base(self, tip: str, oid: str) -> str | None:
        ours = self._ancestors(oid)
        return next((each for each in self._ancestors(tip) if each in ours), None)

    def is_ancestor(self, oid: str, of: str) -> bool:
        return oid in self._ancestors(of)

    def branch(self, name: str) -> str | None:
        return self.branches.get(name)

    def tag(self, name: str) -> str | None:
        return next((tag.oid for tag in self.tags if tag.name == name), None)

    def tags_before(self, oid: str) -> Sequence[Tag]:
        return self.tags

    def nearest(self, oids: Sequence[str]) -> str:
        return oids[0]

    def compare(self, base: str | None, head: str) -> Sequence[ChangedPath]:
        raise AssertionError("a base is chosen before anything is compared")

    def paths(self, oid: str) -> Sequence[str]:
        raise AssertionError("a base is chosen before anything is compared")

    def close(self) -> None:
        """Nothing is open."""

    def _ancestors(self, oid: str) -> list[str]:
        found, waiting = list[str](), [oid]
        while waiting:
            each = waiting.pop(0)
            found.append(each)
            waiting += self.parents(each)
        return found


def trigger(event: str, payload: dict[str, object], *, ref: str = "refs/heads/main", sha: str = C) -> Trigger:
    return Trigger(event_name=event, ref=ref, sha=sha, default_branch="main", attempt=1, payload=payload)


MERGING = {"pull_request": {"head": {"sha": M}, "base": {"sha": A}}}
"""The head itself is a merge, of the base branch into the pull request's."""
NEW: dict[str, object] = {"before": "0" * 40, "created": True, "commits": []}
MERGED = KnownHistory(branches={"main": C})
PULL = {"pull_request": {"head": {"sha": C}, "base": {"sha": A}}}


@pytest.mark.parametrize(
    ("given", "history", "base", "reason"),
    [
        (trigger("push", {"before": B}), KnownHistory(), B, "before-push"),
        (trigger("push", {"before": "e" * 40}), KnownHistory(), None, "base-unreachable"),
        (trigger("push", {"before": 7}), KnownHistory(), None, "event-incomplete"),
        (trigger("push", {"before": "not an id"}), KnownHistory(), None, "first-push"),
        (trigger("pull_request", PULL, sha=M), KnownHistory(at=M), B, "pull-request"),
        (trigger("pull_request", PULL, sha=M), KnownHistory(at=C), B, "pull-request"),
        (trigger("pull_request", PULL, sha="e" * 40), KnownHistory(at=C), A, "pull-request"),
        (trigger("pull_request", MERGING, sha=M), KnownHistory(at=M), A, "pull-request"),
        (trigger("pull_request", {}, sha=C), KnownHistory(at=C), None, "event-incomplete"),
        (trigger("merge_group", {}), KnownHistory(), None, "event-incomplete"),
        (trigger("push", {"before": "0" * 40}, ref="refs/heads/x"), KnownHistory(branches={}), None, "first-push"),
        (trigger("push", NEW, ref="refs/heads/x"), KnownHistory(branches={"main": C}), C, "branch-point"),
        (trigger("push", NEW | {"commits": [{}]}, ref="refs/heads/x"), MERGED, None, "base-holds-head"),
    ],
)
def test_the_base(given: Trigger, history: History, base: str | None, reason: str) -> None:
    found = of_event(given, history)
    assert found is not None
    assert (found.oid, found.reason, found.everything) == (base, reason, base is None)


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "repository_dispatch", "workflow_run", "issues"])
def test_an_event_without_a_range(event: str) -> None:
    assert of_event(trigger(event, {}), KnownHistory()) is None


@pytest.mark.parametrize(
    ("name", "before", "base"),
    [
        ("v2", ["v1"], A),
        ("v1.10", ["v1.9", "v1.2"], A),
        ("api-2", ["web-1"], None),
        ("api-2", ["api-1"], A),
        ("2026.07", ["2026.06"], A),
        ("stable", ["v1"], None),
        ("v1", [], None),
    ],
)
def test_the_tag_before_has_a_name_that_begins_alike(name: str, before: Sequence[str], base: str | None) -> None:
    history = KnownHistory(tags=tuple(Tag(each, A) for each in before))
    found = of_event(trigger("push", {"before": "0" * 40, "created": True}, ref=f"refs/tags/{name}"), history)
    assert found is not None
    assert found.oid == base


@pytest.mark.parametrize(("name", "base"), [(A, A), ("main", B), ("origin/main", B), ("v1", A), ("nothing", None)])
def test_a_named_base(name: str, base: str | None) -> None:
    assert of_name(name, trigger("push", {}), KnownHistory(tags=(Tag("v1", A),))).oid == base


def test_an_id_of_no_object_is_none() -> None:
    assert [is_oid(text) for text in (A, "0" * 40, "a" * 39, "a" * 64, "A" * 40)] == [True, False, False, True, False]


def test_every_reason_has_a_row_once() -> None:
    codes = [reason.code for reason in REASONS]
    assert len(codes) == len(set(codes))
