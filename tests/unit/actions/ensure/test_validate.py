"""Wrong inputs: every problem at once, and nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.actions.ensure import run
from action_patterns.actions.ensure.interface import EnsureInputs
from action_patterns.errors import InputError
from support.fake_github import FakeGitHub
from support.memory_ports import MemoryFiles, World


def refused(kind: str, name: str, **inputs: Any) -> tuple[str, ...]:
    """Return the problems. GitHub is not opened."""
    world = World(FakeGitHub(), MemoryFiles({"long.md": "x" * 125_001}))
    with pytest.raises(InputError) as raised:
        run(EnsureInputs(kind=kind, name=name, token="t", **inputs), world.ports())
    assert world.tokens == []
    assert all(problem.fix for problem in raised.value.problems)
    return tuple(problem.what for problem in raised.value.problems)


@pytest.mark.parametrize(
    ("kind", "name", "inputs", "said"),
    [
        ("branch", "refs/heads/x", {}, "a full name of a ref"),
        ("branch", "release/*", {}, "which git refuses"),
        ("tag", "v1..2", {}, "which git refuses"),
        ("tag", "a" * 40, {}, "looks like a commit"),
        ("release", "-v1", {}, "which git refuses"),
        ("pull-request", "#bot", {"mode": "check"}, "neither a number nor a branch"),
        (
            "pull-request",
            "https://github.com/acme/api/pull/7",
            {"mode": "check"},
            "neither a number nor a branch",
        ),
        ("pull-request", "refs/heads/x", {"mode": "check"}, "a full name of a ref"),
        ("label", "x" * 51, {}, "GitHub takes 50"),
        ("label", "two\nlines", {}, "control character"),
        ("label", "x", {"color": "red"}, "`color` is 'red'"),
        ("label", "x", {"color": "fff"}, "`color` is 'fff'"),
        ("label", "x", {"description": "x" * 101}, "GitHub takes 100"),
        ("label", "x", {"repository": "api"}, "`repository` is 'api'"),
        ("milestone", "v1", {"due_on": "31.01.2026"}, "`due-on` is"),
        ("milestone", "v1", {"due_on": "20260131"}, "`due-on` is"),
        ("branch", "x", {"commit": "main"}, "`commit` is 'main'"),
        ("branch", "x", {"commit": "ABC"}, "`commit` is 'ABC'"),
        ("label", "x", {"on_difference": "force"}, "`force`, and `kind` is `label`"),
        ("tag", "v1", {"on_difference": "update"}, "a tag is never changed"),
        ("release", "v1", {"on_difference": "update"}, "a release is never changed"),
        ("release", "v1", {"body": "x", "body_path": "long.md"}, "both given"),
        ("release", "v1", {"body": "x" * 125_001}, "`body` has 125,001 characters"),
        ("release", "v1", {"body_path": "long.md"}, "long.md has 125,001 characters"),
        ("label", "x", {"mode": "check", "dry_run": True}, "`mode` is `check`"),
        ("label", "x", {"mode": "check", "on_difference": "keep"}, "`mode` is `check`"),
    ],
)
def test_an_input_that_is_wrong_is_named(kind: str, name: str, inputs: dict[str, Any], said: str) -> None:
    (what,) = refused(kind, name, **inputs)
    assert said in what


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("color", "ff0000", "milestone"),
        ("due_on", "2026-01-31", "label"),
        ("draft", True, "tag"),
        ("commit", "1" * 40, "label"),
    ],
)
def test_an_input_of_another_kind_is_refused_and_not_ignored(field: str, value: object, kind: str) -> None:
    (what,) = refused(kind, "x", **{field: value})
    assert what == f"`{field.replace('_', '-')}` is given, and `kind` is `{kind}`."


def test_all_problems_are_named_at_once() -> None:
    problems = refused("label", "x" * 51, color="red", title="T", wait_timer=3, on_difference="force", repository="x")
    assert len(problems) == 6


def test_a_commit_of_another_repository_is_not_guessed() -> None:
    """The commit of the run is one of the workflow's repository, and of no other."""
    from action_patterns.actions.ensure.refs import BranchSubject

    subject = BranchSubject(None, "acme/other", "x", {}, {})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="`commit` is not given"):
        _ = subject.commit
