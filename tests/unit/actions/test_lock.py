from __future__ import annotations

from typing import Any

import pytest

from action_patterns.action.keeper import END_SECONDS, MIN_LEASE_SECONDS, RENEWALS
from action_patterns.actions.lock import run
from action_patterns.actions.lock.interface import REASONS, LockInputs
from action_patterns.actions.lock.place import entry, place_of
from action_patterns.actions.lock.waiting import TICKET_LEASE_SECONDS, TICKET_RENEWAL_SECONDS
from action_patterns.errors import InputError
from action_patterns.pull_request.spec.key import branch_problem
from action_patterns.state.lock import POLL_SECONDS
from support.memory_ports import World
from support.report_builders import context

RUN = context(run_id=16_123_456_789, run_attempt=1)


def given(**changes: Any) -> LockInputs:
    return LockInputs(**({"mode": "acquire", "name": "deploy", "token": "t"} | changes))


def ref(**changes: Any) -> str:
    return place_of(given(**changes), World(context=RUN).ports()).ref


def test_the_name_of_a_ref_is_golden() -> None:
    """Changing it lets an old and a new version hold one lock at the same time. A major version."""
    assert ref() == "refs/action-patterns/lock/deploy-e3d5716cc106d1d5"


def test_other_names_are_other_locks_and_each_is_a_ref() -> None:
    names = [ref(name=name) for name in ("deploy", "Deploy", "deploy 1", "deploy/1", "16123456789", "ü", "a\nb", "..")]
    assert len(set(names)) == len(names)
    assert all(branch_problem(name.removeprefix("refs/")) is None for name in names)
    assert ref(mode="release", claim="x", lease_seconds=60) == ref()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "x" * 501}, "501 characters"),
        ({"mode": "run"}, "`run` has no line"),
        ({"mode": "run", "run": " \n"}, "`run` has no line"),
        ({"run": "true"}, "`run` is given"),
        ({"mode": "release"}, "`claim` is not given"),
        ({"mode": "force-unlock", "claim": ""}, "`claim` is not given"),
        ({"claim": "x"}, "`claim` is given"),
        ({"mode": "run", "run": "true", "claim": "x"}, "`claim` is given"),
        ({"repository": "api"}, "`repository`"),
        ({"name": "ghp_" + "a" * 36}, "`name` holds a token of GitHub"),
    ],
)
def test_bad_inputs_are_refused_before_anything_is_asked(changes: dict[str, Any], said: str) -> None:
    world = World(context=RUN)
    with pytest.raises(InputError) as caught:
        run(given(**changes), world.ports())
    assert said in caught.value.problems[0].what
    assert world.tokens == []


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        run(given(mode="release", name="x" * 501, run="true", repository="api"), World(context=RUN).ports())
    assert len(caught.value.problems) == 4


def test_two_steps_of_one_job_have_two_claims() -> None:
    numbers = iter([0.1, 0.2, 0.3, 0.4])
    ports = World(context=RUN).ports()
    object.__setattr__(ports, "random", lambda: next(numbers))
    assert entry(ports, 60).claim != entry(ports, 60).claim


def test_the_times_fit_together() -> None:
    """A lease leaves room for a renewal and the end of the tree, and a ticket for a look that comes late."""
    assert MIN_LEASE_SECONDS / RENEWALS < MIN_LEASE_SECONDS - END_SECONDS
    assert TICKET_RENEWAL_SECONDS + 2 * max(POLL_SECONDS) < TICKET_LEASE_SECONDS


def test_each_reason_is_one_row() -> None:
    assert len({(row.code, row.outcome == "unchanged") for row in REASONS}) == len(REASONS)
