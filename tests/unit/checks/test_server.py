"""`update-refs` in each of its answers; the schema tells, and no write is a probe."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from action_patterns.action.session import Session
from action_patterns.checks.catalogue import DOCTOR, KINDS
from action_patterns.checks.read import read
from action_patterns.checks.run import run
from action_patterns.checks.specification import World as Read
from action_patterns.errors import NotFoundError, UnavailableError
from action_patterns.ports.pull_requests import Observed
from support.memory_ports import World


class Server:
    """A GitHub that is observed, and nothing else."""

    def __init__(self, observe: Callable[[], Observed]) -> None:
        self._observe = observe

    @property
    def pulls(self) -> Server:
        return self

    def observe(self, repository: str, **_: object) -> Observed:
        return self._observe()


def observed(*, graphql: bool = True, compare_and_swap: bool = True) -> Callable[[], Observed]:
    found = Observed(
        repository="acme/api",
        repository_id="R",
        archived=False,
        disabled=False,
        empty=False,
        can_push=True,
        base=None,
        base_tip=None,
        files={},
        branch_tip=None,
        pull_requests=(),
        graphql=graphql,
        compare_and_swap=compare_and_swap,
    )
    return lambda: found


def raising(error: Exception) -> Callable[[], Observed]:
    def observe() -> Observed:
        raise error

    return observe


@pytest.mark.parametrize(
    ("observe", "answer", "said"),
    [
        (observed(), "yes", ""),
        (observed(compare_and_swap=False), "unknown", "has no mutation `updateRefs`"),
        (observed(graphql=False, compare_and_swap=False), "unknown", "does not serve GraphQL"),
        (raising(UnavailableError("GitHub answered 502.", remediation="Run again.")), "error", "502"),
        (raising(NotFoundError("There is no acme/api.", remediation="Look.")), "unknown", "There is no acme/api."),
    ],
)
def test_update_refs_answers(observe: Callable[[], Observed], answer: str, said: str) -> None:
    session = cast("Session", Server(observe))
    world = Read(ports=World().ports(), github=lambda _verbs, _names: session)
    checks = read("- update-refs: served", name="doctor", world=world, kinds={key: KINDS[key] for key in DOCTOR})
    (result,) = run(checks)
    assert result.answer == answer
    assert said in result.message
    assert bool(result.fix) == (answer != "yes")
