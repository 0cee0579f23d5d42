"""A session hands out what was declared, and what is declared is what is called."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from action_patterns import registry
from action_patterns.action.reach import Reach
from action_patterns.action.session import Session, open_session
from action_patterns.cli.open import USES as TERMINAL_USES
from action_patterns.discovery.discover import USES_OF_SOURCES, verbs_for
from action_patterns.errors import DefectError, InputError
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.github import CAPABILITIES
from action_patterns.ports.pull_requests import PullRequests
from action_patterns.ports.repositories import FactsNeeded
from support.fake_github import FakeGitHub
from support.fake_repository import Repository
from support.memory_ports import World

SOURCES = Path(__file__).parents[3] / "src/action_patterns"
KEPT = ("state/transaction.py", "state/cleaning.py")
"""The code that reads, writes and cleans records."""
PARTS = {
    "discover": ("actions/discover/__init__.py", "discovery"),
    "upsert-pr": ("actions/upsert_pr", "action/checkout.py", "pull_request"),
    "apply": (
        "actions/apply.py",
        "pull_request",
        "action/breaker_watch.py",
        "state/transaction.py",
        "state/ledger",
    ),
    "report": ("actions/report", "action/privacy.py"),
    "track": ("actions/track.py",),
    "once": ("actions/once", "action/liveness.py", "state/once.py", *KEPT),
    "ensure": ("actions/ensure",),
    "lock": ("actions/lock", "action/liveness.py", *KEPT),
    "retry": ("action/liveness.py", "state/transaction.py"),
    "breaker": ("actions/breaker", "action/breaking.py", "action/liveness.py", *KEPT),
    "detect-changes": ("actions/detect_changes", "changes", *KEPT),
    "cancel-superseded": ("actions/cancel_superseded",),
    "skip-unchanged": ("actions/skip_unchanged", *KEPT),
    "state": ("actions/state", *KEPT),
    "ledger": ("actions/ledger", "action/liveness.py", "state/ledger", *KEPT),
    "rate-limit": ("actions/rate_limit",),
    "preflight": (
        "checks/github.py",
        "checks/access.py",
        "checks/permission.py",
        "checks/state.py",
        "checks/records.py",
        "checks/capacity.py",
    ),
    "assert": ("checks/github_state.py",),
    "distribute": (
        "actions/distribute",
        "discovery",
        "pull_request",
        "action/breaker_watch.py",
        "state/transaction.py",
        "state/ledger",
    ),
}
"""The code that calls GitHub for an action."""
ON_REQUEST = (*verbs_for(FactsNeeded(properties=True)), *USES_OF_SOURCES.values())
"""The verbs that are declared for a selection which needs them."""


def called(source: str) -> set[str]:
    """The verbs that a source calls: `<anything>.<capability>.<verb>(...)`, or on a value named as the capability, or
    on the value of a function of that name.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value.func if isinstance(node.func.value, ast.Call) else node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        port = CAPABILITIES.get(name)
        if port is not None and node.func.attr in vars(port):
            found.add(f"{port.__name__}.{node.func.attr}")
    return found


def calls_of(*parts: str) -> set[str]:
    paths = [
        path
        for part in parts
        for path in ([SOURCES / part] if part.endswith(".py") else sorted((SOURCES / part).rglob("*.py")))
    ]
    return {verb for path in paths for verb in called(path.read_text())}


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_an_action_declares_the_verbs_that_it_calls_and_no_others(name: str) -> None:
    action = registry.load(name)
    on_request = ON_REQUEST if name in ("discover", "distribute") else ()
    declared = {verb.__qualname__ for verb in (*action.uses, *action.job_uses, *on_request)}
    assert declared == calls_of(*PARTS.get(name, ()))


def test_the_terminal_declares_what_it_calls() -> None:
    declared = {verb.__qualname__ for verb in (*TERMINAL_USES, *ON_REQUEST)}
    assert declared == calls_of("cli", "discovery", "pull_request")


@pytest.mark.parametrize("source", ["github.pulls.create(1)", "session.github.pulls.create(1)", "pulls.create(1)"])
def test_that_rule_sees_a_call(source: str) -> None:
    assert called(source) == {"PullRequests.create"}


def opened(github: FakeGitHub) -> Session:
    return open_session(
        World(github).ports(), Credentials("t"), (GitDatabase.read_branch,), seconds=60, reach=Reach(("acme/api",))
    )


def test_a_session_hands_out_only_what_was_declared() -> None:
    github = FakeGitHub(Repository("acme/api", {"a": b"1"}))
    session = opened(github)
    assert session.git.read_branch("acme/api", "main") == github.hosted["acme/api"].refs["main"]
    with pytest.raises(DefectError, match=r"GitDatabase\.create_blob was called"):
        session.git.create_blob("acme/api", b"x")
    with pytest.raises(DefectError, match=r"PullRequests\.add_labels"):
        session.pulls.add_labels("acme/api", 1, ["x"])
    assert github.journal == []


def test_the_token_gets_the_permissions_of_the_verbs_and_of_the_paths() -> None:
    world = World(FakeGitHub())
    open_session(
        world.ports(),
        Credentials("t"),
        (GitDatabase.create_tree, PullRequests.observe),
        seconds=60,
        reach=Reach(("acme/api",)),
        narrowed=("acme/api",),
        paths=[".github/workflows/ci.yml"],
        share=0.5,
    )
    (allowance,) = world.allowances
    assert allowance.permissions == (
        ("contents", "write"),
        ("metadata", "read"),
        ("pull_requests", "read"),
        ("workflows", "write"),
    )
    assert (allowance.repositories, allowance.share, allowance.seconds) == (("acme/api",), 0.5, 60)


@pytest.mark.parametrize(("uses", "refused"), [((PullRequests.observe,), False), ((PullRequests.create,), True)])
def test_the_jobs_token_may_read_what_is_public_and_write_nothing_elsewhere(uses: tuple, refused: bool) -> None:
    world = World(FakeGitHub())

    def attempt() -> None:
        reach = Reach(owners=("acme",), public_only=True)
        open_session(world.ports(), Credentials("t", "t"), uses, seconds=60, reach=reach)

    if refused:
        with pytest.raises(InputError, match="GITHUB_TOKEN"):
            attempt()
        assert world.tokens == []
    else:
        attempt()
        assert world.tokens == ["t"]
