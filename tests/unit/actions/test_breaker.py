from __future__ import annotations

from typing import Any

import pytest

from action_patterns.action.breaking import Breaker, Settings
from action_patterns.actions.breaker import run
from action_patterns.actions.breaker.interface import BreakerInputs
from action_patterns.errors import InputError
from action_patterns.ports.credentials import Credentials
from action_patterns.pull_request.spec.key import branch_problem
from support.memory_ports import World
from support.report_builders import context

RUN = context(run_id=16_123_456_789, run_attempt=1)


def given(**changes: Any) -> BreakerInputs:
    return BreakerInputs(**({"mode": "check", "key": "registry", "token": "tok-bot"} | changes))


def ref(key: str) -> str:
    return Breaker(World(context=RUN).ports(), Credentials("t"), "acme/api", key, Settings()).ref


def test_the_name_of_a_ref_is_golden() -> None:
    """Changing it lets an old and a new version count apart. A major version."""
    assert ref("registry") == "refs/action-patterns/breaker/registry-d95e0bdbd823359f"


def test_other_keys_are_other_breakers_and_each_is_a_ref() -> None:
    names = [ref(key) for key in ("registry", "Registry", "registry 1", "registry/1", "16123456789", "ü", "a\nb", "..")]
    assert len(set(names)) == len(names)
    assert all(branch_problem(name.removeprefix("refs/")) is None for name in names)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "x" * 501}, "501 characters"),
        ({"key": " "}, "`key` is blank"),
        ({"mode": "report", "claim": "c"}, "`result` is not given"),
        ({"mode": "report", "result": "success"}, "`claim` is not given"),
        ({"result": "success"}, "`result` is given"),
        ({"claim": "c"}, "`claim` is given"),
        ({"mode": "stop"}, "`message` is not given"),
        ({"mode": "stop", "message": " \n"}, "`message` is not given"),
        ({"mode": "stop", "message": "x" * 501}, "501 characters"),
        ({"message": "x"}, "`message` is given"),
        ({"repository": "api"}, "`repository`"),
        ({"key": "ghp_" + "a" * 36}, "`key` holds a token of GitHub"),
        ({"key": "for-tok-bot"}, "`key` holds a secret of this step"),
        ({"mode": "report", "result": "failure", "claim": "0123456789abcdef"}, "which no `check` of this breaker gave"),
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
        run(given(mode="report", key="x" * 501, message="x", repository="api"), World(context=RUN).ports())
    assert len(caught.value.problems) == 5
