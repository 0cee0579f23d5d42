"""A package is there if its registry says so. What the registry does not say is not known, and never absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.ensure import run
from action_patterns.actions.ensure.interface import EnsureInputs, EnsureOutputs
from action_patterns.errors import InputError, PermissionDeniedError
from action_patterns.ports.machine import Reply
from support.editions import without_github
from support.memory_machine import MemoryMachine
from support.memory_ports import World

pytestmark = without_github(why="It asks a registry.")
URL = "https://registry.npmjs.org/left-pad/1.3.0"


def look(hosts: Mapping[str, Reply], name: str = URL, **inputs: Any) -> Finish[EnsureOutputs]:
    world = World(machine=MemoryMachine(hosts=hosts))
    return run(EnsureInputs(kind="package", name=name, mode="check", **inputs), world.ports())


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=200), ("unchanged", "exists", "true")),
        (Reply(status=404), ("unchanged", "absent", "false")),
        (Reply(status=410), ("unchanged", "absent", "false")),
        (Reply(status=429), ("deferred", "unavailable", "unknown")),
        (Reply(status=503), ("deferred", "unavailable", "unknown")),
        (Reply(status=418), ("deferred", "unavailable", "unknown")),
        (Reply(failed="dns", detail="no such host"), ("deferred", "unavailable", "unknown")),
        (Reply(failed="certificate", detail="expired"), ("deferred", "unavailable", "unknown")),
        (Reply(status=302, location="http://registry.npmjs.org/x"), ("deferred", "unavailable", "unknown")),
        (Reply(status=301, location="/elsewhere"), ("deferred", "unavailable", "unknown")),
    ],
)
def test_the_answer_of_the_registry(reply: Reply, said: tuple[str, str, str]) -> None:
    finish = look({"registry.npmjs.org": reply})
    assert (finish.outputs.outcome, finish.outputs.reason, finish.outputs.exists) == said
    assert (finish.exit_code, len(finish.annotations)) == (0, said[0] == "deferred")


def test_a_redirect_is_followed_to_another_registry() -> None:
    moved = Reply(status=301, location="https://mirror.example/left-pad/1.3.0")
    found = look({"registry.npmjs.org": moved, "mirror.example": Reply(status=200)})
    assert (found.outputs.exists, found.outputs.url) == ("true", URL)


@pytest.mark.parametrize("status", [401, 403])
def test_a_registry_that_wants_credentials_is_red(status: int) -> None:
    with pytest.raises(PermissionDeniedError, match="only with credentials"):
        look({"registry.npmjs.org": Reply(status=status)})


@pytest.mark.parametrize(
    "name", ["left-pad", "http://registry.npmjs.org/left-pad", "https://user:secret@host/x", "https://a b/", "https://"]
)
def test_a_name_that_is_no_address_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(InputError) as raised:
        look({}, name)
    assert "secret" not in raised.value.message


def test_none_is_published_here() -> None:
    with pytest.raises(InputError, match="`mode` is `ensure`"):
        run(EnsureInputs(kind="package", name=URL), World().ports())
