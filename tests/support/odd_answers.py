"""Odd values in GitHub's answers: each field of a good answer set to null and to a value of another type, in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.pull_request.upsert import Assignment, upsert
from support.harness import Case, Clean, clean_run, state
from support.in_process import StageTransport
from support.stage import TARGET, RecordingLog, Stage, VirtualClock, stage

Path = tuple[str | int, ...]
OTHER: dict[type, object] = {str: 7, int: "odd", bool: "odd", float: "odd", list: {}, dict: [], type(None): 7}


class Odd(NamedTuple):
    """One value of one answer, and what stands in its place."""

    call: int
    """Number of the request, from 1."""
    path: Path
    value: object

    def __str__(self) -> str:
        return f"answer {self.call}, {'.'.join(map(str, self.path))} = {self.value!r}"

    def put_into(self, data: Any) -> Any:
        """Return the answer with the odd value."""
        if not self.path:
            return self.value
        changed = deepcopy(data)
        inner = changed
        for step in self.path[:-1]:
            inner = inner[step]
        inner[self.path[-1]] = self.value
        return changed


def paths(data: Any, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each value and its place; of a list its first item."""
    yield above, data
    if isinstance(data, dict):
        for name, value in data.items():
            yield from paths(value, (*above, name))
    elif isinstance(data, list) and data:
        yield from paths(data[0], (*above, 0))


class OddTransport(StageTransport):
    """Keeps the answers, and puts an odd value into one."""

    def __init__(self, context: Context, odd: Odd | None = None) -> None:
        super().__init__(Credentials("tok-bot"), context, VirtualClock(), RecordingLog())
        self.answers: list[Any] = []
        self._odd = odd

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        response = super().exchange(method, url, body, auth)
        self.answers.append(response.data)
        if self._odd is not None and len(self.answers) == self._odd.call and response.status < 300:
            return response._replace(data=self._odd.put_into(response.data))
        return response


ASSIGNMENT = Assignment(plan_id="plan-1", index=0, attempt=1, repository=TARGET)


def every_odd_value(case: Case, edition: str) -> list[Odd]:
    """Return each field of each answer of a clean run, with null and with a value of another type."""
    with stage(case.seed(), checked=False, edition=edition) as scene:
        case.before(scene)
        transport = OddTransport(scene.context)
        upsert(case.desired_state, ASSIGNMENT, Client(transport), VirtualClock(), dry_run=False)
    return odd_values(transport.answers)


def odd_values(answers: Sequence[Any]) -> list[Odd]:
    """Return each field of each answer, with null and with values of another type."""
    return [
        Odd(call, path, value)
        for call, answer in enumerate(answers, 1)
        for path, was in paths(answer)
        for value in (None, OTHER[type(was)], *(["odd"] if isinstance(was, (list, dict)) else []))
        if value is not was
    ]


ABSENT = re.compile(
    r"bot|above\d+|f\d+|swaps|autoMergeRequest|auto_merge|milestone|headRepository|repo|requestedReviewer|body"
)
"""Fields whose null GitHub documents: there is no such branch, file, mutation, setting or text, the fork was deleted,
or this token may not see the reviewer. Another fact has another end. What a run then tries is refused where the thing
is there: a ref, a pull request.
"""


def writes(scene: Stage) -> list[str]:
    """Return the operations of the writes, in order."""
    return [
        str(record.graphql_operation or record.operation) for record in scene.sandbox.requests if record.kind == "write"
    ]


def _field(write: str) -> str:
    """Return what a write is about: after an answer that was lost, one field may be written by another request."""
    return "issues/update" if write in ("issues/add-labels", "issues/add-assignees") else write


def play(case: Case, edition: str, odd: Odd) -> list[str]:
    """Play a case with one odd value; then once more without. Return all that is wrong."""
    clean: Clean = clean_run(case, edition)
    wrong = []
    with stage(case.seed(), checked=False, edition=edition) as scene:
        case.before(scene)
        scene.forget()
        transport = OddTransport(scene.context, odd)
        result = upsert(case.desired_state, ASSIGNMENT, Client(transport), VirtualClock(), dry_run=False)
        if result.error is not None and result.error.category == "defect":
            wrong.append(f"a defect: {result.error.message}")
        expected = {_field(write) for write in clean.writes}
        strange = [each for each in writes(scene) if _field(each) not in expected]
        again = scene.upsert(case.desired_state)
        if odd.value is None and odd.path and ABSENT.fullmatch(str(odd.path[-1])):
            return wrong
        wrong += [f"a write that a clean run does not do: {each}" for each in strange]
        if state(scene) != clean.state:
            wrong.append(f"another end: {result.outcome}, then {again.outcome}")
    return wrong
