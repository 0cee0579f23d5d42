from __future__ import annotations

from typing import Any

import pytest

from action_patterns.actions.once import gather, run
from action_patterns.actions.once.interface import OnceInputs
from action_patterns.errors import InputError
from action_patterns.pull_request.spec.key import branch_problem
from action_patterns.state.once import OnceRecord
from support.memory_ports import MemoryFiles, World
from support.report_builders import context

RUN = context(run_id=16_123_456_789, run_attempt=1)


def given(**changes: Any) -> OnceInputs:
    return OnceInputs(**({"mode": "begin", "operation": "announce", "values": "v1", "token": "t"} | changes))


def name(workspace: dict[str, str] | None = None, **changes: Any) -> str:
    return gather(given(**changes), World(context=RUN, files=MemoryFiles(workspace)).ports())


def test_the_name_of_a_marker_is_golden() -> None:
    """Changing it makes every marker in the field unfindable: all work is done again. A major version."""
    assert name() == "refs/action-patterns/once/announce-deb3d6ddd7048554"


def test_operation_values_and_files_are_in_the_name() -> None:
    names = [
        name(),
        name(operation="Announce"),
        name(values="v2"),
        name(values="announce\nv1", operation="v1"),
        name(values=""),
        name({"a": "1"}, files="a"),
        name({"a": "2"}, files="a"),
    ]
    assert len(set(names)) == len(names)
    assert all(
        each.startswith(OnceRecord.namespace()) and branch_problem(each.removeprefix("refs/")) is None for each in names
    )
    assert name(mode="complete", metadata="x", ttl_days=3) == name()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"operation": None}, "`operation` is not given"),
        ({"operation": "x" * 101}, "101 characters"),
        ({"operation": "ghp_" + "a" * 36}, "`operation` holds a token of GitHub"),
        ({"values": ""}, "done once and never again"),
        ({"operation_only": True}, "`operation-only` is true"),
        ({"mode": "complete"}, "`claim` is not given"),
        ({"mode": "fail", "claim": ""}, "`claim` is not given"),
        ({"mode": "run"}, "`run` has no line"),
        ({"mode": "run", "run": " \n"}, "`run` has no line"),
        ({"mode": "run", "run": "true", "values": ""}, "done once and never again"),
        ({"mode": "run", "run": "true", "claim": "c"}, "`claim` is given"),
        ({"claim": "c"}, "`claim` is given"),
        ({"run": "true"}, "`run` is given"),
        ({"metadata": "x" * 1_001}, "1001 characters"),
        ({"repository": "api"}, "`repository`"),
        ({"values": "v1\n16123456789"}, "belongs to this run"),
        ({"operation": "announce-16123456789-1"}, "belongs to this run"),
    ],
)
def test_bad_inputs_are_refused_before_anything_is_asked(changes: dict[str, Any], said: str) -> None:
    world = World(context=RUN)
    with pytest.raises(InputError) as caught:
        run(given(**changes), world.ports())
    assert said in caught.value.problems[0].what
    assert world.tokens == []


def test_the_jobs_token_is_not_taken_elsewhere() -> None:
    world = World(context=RUN)
    with pytest.raises(InputError, match="GITHUB_TOKEN"):
        run(given(token=None, job_token="j", repository="acme/elsewhere"), world.ports())
    assert world.tokens == []
