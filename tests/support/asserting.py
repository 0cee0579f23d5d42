"""assert in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.assert_ import run
from action_patterns.actions.assert_.interface import AssertInputs, AssertOutputs
from action_patterns.errors import InputError
from action_patterns.github_api.client import Client
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from support.memory_ports import World
from support.stage import DyingTransport, RecordingLog, Stage


@dataclass
class Asserted:
    """A step that ended."""

    finish: Finish[AssertOutputs]
    world: World

    @property
    def outputs(self) -> AssertOutputs:
        return self.finish.outputs

    @property
    def results(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.outputs.results)
        return found

    @property
    def answers(self) -> list[str]:
        return [each["answer"] for each in self.results]

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in self.results]

    @property
    def said(self) -> str:
        """Everything that a person reads."""
        notes = (f"{each.level}: {each.title}\n{each.message}" for each in self.finish.annotations)
        return "\n".join((self.finish.summary, *notes, *self.world.log.lines))


def asserted(entries: object, world: World | None = None, **inputs: Any) -> Asserted:
    """Run assert with a list: its text, or the entries of a list."""
    world = world or World()
    text = entries if isinstance(entries, str) else json.dumps(entries, ensure_ascii=False)
    return Asserted(run(AssertInputs(assertions=text, **inputs), world.ports()), world)


def refused(entries: object, world: World | None = None, **inputs: Any) -> list[str]:
    """Run assert with a list that is wrong. Return its problems, and prove that nothing was looked at."""
    world = world or World()
    try:
        asserted(entries, world, **inputs)
    except InputError as error:
        assert not world.processes.commands and not world.machine.asked and not world.tokens
        return [f"{each.what} {each.fix}" for each in error.problems]
    raise AssertionError("the list was taken")


def asserted_on(scene: Stage, entries: object, world: World | None = None, **inputs: Any) -> Asserted:
    """Run assert against the sandbox of a stage."""
    world = world or World()
    log = RecordingLog()

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        scene.transport = DyingTransport(scene.context, call=0, moment="before", token=credentials.token, log=log)
        return Client(scene.transport)

    ports = replace(world.ports(), github=connect, context=scene.context)
    given = AssertInputs(assertions=json.dumps(entries), token="tok-bot", **inputs)
    return Asserted(run(given, ports), world)
