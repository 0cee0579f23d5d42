"""The desired state, brought into its one form; what is wrong with it is said all at once."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import InputError
from support.builders import add, desired_state


def problems(**fields: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        desired_state(**fields)
    assert all(problem.fix for problem in refused.value.problems)
    return [problem.what for problem in refused.value.problems]


def test_every_problem_is_said_at_once() -> None:
    found = problems(
        key="a\nb", base="a..b", title=" ", body="<!-- action-patterns: x", labels=["x" * 51], changes=[add("../x")]
    )
    assert len(found) == 6


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"key": None}, "Neither `key` nor `branch`"),
        ({"key": " "}, "The key is empty"),
        ({"branch": "a b"}, "The branch 'a b'"),
        ({"base": "x.lock"}, "The base 'x.lock'"),
        ({"branch": "dev", "base": "dev"}, "both 'dev'"),
        ({"title": "\n"}, "The title is empty"),
        ({"title": "x" * 257}, "The title has 257"),
        ({"labels": [f"l{i}" for i in range(101)]}, "101 labels"),
        ({"labels": ["x" * 51]}, "has 51 characters"),
        ({"body": "x" * 600_000}, "The body has 600000"),
        ({"author": "Alice"}, "`author` is 'Alice'"),
        ({"committer": "<a@b>"}, "`committer` is '<a@b>'"),
        ({"signoff": True}, "no input names who signs"),
        ({"changes": [add("a"), add("a")]}, "changed twice"),
    ],
)
def test_a_wrong_spec_is_refused(fields: dict[str, Any], said: str) -> None:
    (problem,) = problems(**fields)
    assert said in problem


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"labels": ["b", "a", " b ", "A", ""]}, {"labels": ("a", "b")}),
        ({"assignees": ["@Bob", "alice", "bob"]}, {"assignees": ("alice", "Bob")}),
        ({"reviewers": ["@bob"], "team_reviewers": ["@acme/core"]}, {"reviewers": ("bob",)}),
        ({"title": " Sync\n  files "}, {"title": "Sync files"}),
        ({"body": "\r\na\r\nb\r\n"}, {"block": "a\nb"}),
        ({"commit_message": None}, {"commit_message": "Sync files"}),
        ({"commit_message": " \n"}, {"commit_message": "Sync files"}),
        ({"commit_message": "fix: it\n\nWords.\n"}, {"commit_message": "fix: it\n\nWords."}),
        ({"branch": "bot/x"}, {"branch": "bot/x", "key": "sync"}),
        ({"branch": "bot/x", "key": None}, {"branch": "bot/x", "key": "bot/x"}),
        ({"base": "main"}, {"branch": "action-patterns/sync-d8fbc4d139dcb1fa"}),
        ({"base": "dev"}, {"branch": "action-patterns/sync-d8fbc4d139dcb1fa"}),
    ],
)
def test_a_spec_has_one_form(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    desired = desired_state(**fields)
    assert {name: getattr(desired, name) for name in expected} == expected


def test_changes_are_sorted_by_path() -> None:
    assert [change.path for change in desired_state(add("b"), add("a")).changes] == ["a", "b"]


def test_the_limits_themselves_are_taken() -> None:
    desired = desired_state(title="x" * 256, labels=["x" * 50, *(f"l{i}" for i in range(99))], body="x" * 60_000)
    assert len(desired.labels) == 100
