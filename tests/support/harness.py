"""Trouble at any call of a run, and what must hold afterwards: the harness behind the idempotency proofs.

A `Story` is a situation and a wish. `prove` plays it, lets chosen calls meet trouble, runs again, and compares the end
with that of one clean run. Calls are counted from 1 over all runs of a proof, so that trouble can follow trouble into
the run after a killed one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import requests
from github import Auth

from action_patterns.contracts import TargetResult
from action_patterns.github_api.gateway import Gateway
from action_patterns.github_api.transport import Response, Transport
from action_patterns.ports import Context, Credentials
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.result import Assignment, upsert
from github_sandbox import Sandbox
from github_sandbox.faults import Fault
from support.editions import has_graphql, has_leases
from support.stage import FULL, TARGET, Killed, Said, Stage, VirtualClock, stage, wish

Send = Callable[[], Response]
Meeting = Callable[[Send, Sandbox], Response]


def _killed_before(send: Send, sandbox: Sandbox) -> Response:
    raise Killed


def _killed_after(send: Send, sandbox: Sandbox) -> Response:
    send()
    raise Killed


def _timeout_before(send: Send, sandbox: Sandbox) -> Response:
    raise requests.ReadTimeout


def _timeout_after(send: Send, sandbox: Sandbox) -> Response:
    send()
    raise requests.ReadTimeout


def _fault(kind: str, **arguments: Any) -> Meeting:
    def meet(send: Send, sandbox: Sandbox) -> Response:
        with sandbox.faults.during(Fault.of(kind, **arguments)) as (fault,):
            try:
                return send()
            finally:
                assert fault.hits == 1, f"{kind} did not strike"

    return meet


READS = ("Observe", "Get")
GRAPHQL = ("Observe", "UpdateRefs")


@dataclass(frozen=True)
class Trouble:
    """One thing that can happen to a call."""

    meet: Meeting
    only: tuple[str, ...] | None = None
    """The calls it can happen to; None = any."""
    misleads: bool = False
    """GitHub told the run something untrue: what it did cannot be the end, only the next run's can."""
    disowns: bool = False
    """GitHub answers as if somebody else had done it: the record may call it an update of what it found."""

    def can_hit(self, call: str) -> bool:
        return self.only is None or call in self.only


TROUBLES = {
    "killed before": Trouble(_killed_before),
    "killed after": Trouble(_killed_after),
    "502 before": Trouble(_fault("bad_gateway")),
    "502 after": Trouble(_fault("bad_gateway", when="after")),
    "429": Trouble(_fault("too_many", retry_after_seconds=30)),
    "secondary 403": Trouble(_fault("secondary_limit", retry_after_seconds=60)),
    "secondary 403 without a time": Trouble(_fault("secondary_limit", retry_after_seconds=None)),
    "reset before": Trouble(_fault("connection_reset")),
    "reset after": Trouble(_fault("connection_reset", when="after")),
    "timeout before": Trouble(_timeout_before),
    "timeout after": Trouble(_timeout_after),
    "truncated body": Trouble(_fault("truncated_body")),
    "duplicate delivery": Trouble(_fault("duplicate_delivery"), disowns=True),
    "stale read": Trouble(_fault("stale_read"), only=READS, misleads=True),
    "something went wrong in a 200": Trouble(_fault("graphql_timeout", status=200, when="after"), only=GRAPHQL),
}
NO_KILLS = [name for name in TROUBLES if not name.startswith("killed")]


@dataclass
class Weather:
    """The trouble to come, by number of call, and how many calls there were so far."""

    ahead: Mapping[int, str] = field(default_factory=dict)
    calls: int = 0
    met: list[str] = field(default_factory=list)

    def meet(self, send: Send, sandbox: Sandbox, call: str) -> Response:
        self.calls += 1
        name = self.ahead.get(self.calls)
        if name is None or not TROUBLES[name].can_hit(call):
            return send()
        self.met.append(name)
        return TROUBLES[name].meet(send, sandbox)

    @property
    def over(self) -> bool:
        return self.calls >= max(self.ahead, default=0)


class TroubledTransport(Transport):
    """A transport whose calls meet the weather."""

    def __init__(self, context: Context, sandbox: Sandbox, weather: Weather) -> None:
        super().__init__(Credentials("tok-bot"), context, VirtualClock(), Said())
        self._sandbox, self._weather = sandbox, weather

    def exchange(self, method: str, url: str, body: object, auth: Auth.Auth) -> Response:
        call = "Get" if method == "GET" else "other"
        if isinstance(body, dict) and "query" in body:
            call = "UpdateRefs" if str(body["query"]).lstrip().startswith("mutation") else "Observe"
        return self._weather.meet(
            lambda: super(TroubledTransport, self).exchange(method, url, body, auth), self._sandbox, call
        )


def run(scene: Stage, wished: Desired, weather: Weather) -> TargetResult | None:
    """One run, as one process would do it; None when it was killed."""
    transport = TroubledTransport(scene.context, scene.sandbox, weather)
    try:
        return upsert(wished, Assignment("plan-1", 0, 1, TARGET), Gateway(transport), VirtualClock(), dry_run=False)
    except Killed:
        return None


@dataclass(frozen=True)
class Story:
    """How it came about, and what is wished now."""

    name: str
    before: Callable[[Stage], Any]
    wish: Desired
    calls: tuple[str, ...]
    """The calls of a clean run, by operation; asserted, so that no call is left out."""
    moves: str = "git/create-ref"
    """What moves the branch where there are no leases; "" = nothing does, as it would have to be deleted."""

    def __str__(self) -> str:
        return self.name

    def writes(self, edition: str) -> tuple[str, ...]:
        """Of a clean run. What it reads differs by edition, and is another matter."""
        there = (self.moves if call == "UpdateRefs" and not has_leases(edition) else call for call in self.calls)
        return tuple(call for call in there if call not in ("", "Observe"))


@dataclass(frozen=True)
class Clean:
    """What one run without trouble leaves, says and asks."""

    state: dict[str, Any]
    result: TargetResult
    calls: tuple[str, ...]
    kinds: tuple[str, ...]
    """Of calls, as `Trouble.only` names them."""
    writes: tuple[str, ...]


@cache
def clean_run(story: Story, edition: str = "full") -> Clean:
    """Played once in a process; every exchange is held against GitHub's published description."""
    with stage(edition=edition) as scene:
        story.before(scene)
        scene.forget()
        result = scene.upsert(story.wish)
        records = list(scene.sandbox.requests)
        calls = tuple(str(record.graphql_operation or record.operation or "POST /graphql") for record in records)
        kinds = tuple("Get" if record.method == "GET" else call for record, call in zip(records, calls, strict=True))
        writes = tuple(call for record, call in zip(records, calls, strict=True) if record.kind == "write")
        return Clean(scene.sandbox.snapshot(), result, calls, kinds, writes)


def told(result: TargetResult) -> tuple[object, ...]:
    """What a record says of the end, whatever the way there was."""
    return (result.pull_request_number, result.branch, result.refused_fields, result.error)


MAX_RUNS = 4


def prove(story: Story, troubles: Mapping[int, str], edition: str = "full") -> int:
    """Play a story under troubles (number of call -> name) and hold its end against a clean run's.

    A run that was neither killed nor misled converged by itself, and says what a clean run says. Where more than one
    trouble meets it, it may give up instead, and says that it failed or was put off. One more run then ends where a
    clean run ends, and the run after that reads once and writes nothing.

    Returns:
        How many of the troubles were met.
    """
    clean = clean_run(story, edition)
    weather = Weather(troubles)
    with stage(checked=False, edition=edition) as scene:
        story.before(scene)
        for number in range(MAX_RUNS):
            before = len(weather.met)
            result = run(scene, story.wish, weather)
            met = weather.met[before:]
            if result is not None and not any(TROUBLES[name].misleads for name in met):
                honest = len(troubles) > 1 and result.outcome in ("failed", "deferred") and result.error is not None
                assert honest or scene.sandbox.snapshot() == clean.state, result
                if not honest and number == 0:
                    disowned = any(TROUBLES[name].disowns for name in met) and result.outcome == "updated"
                    assert disowned or result.outcome == clean.result.outcome
                    assert told(result) == told(clean.result)
            if weather.over:
                break
        assert weather.met, "no trouble was met"

        rerun = scene.upsert(story.wish)
        assert rerun.error is None, rerun.error
        assert scene.sandbox.snapshot() == clean.state

        scene.forget()
        last = scene.upsert(story.wish)
        assert (last.outcome, scene.writes()) == ("unchanged", 0)
        if has_graphql(edition):
            assert scene.reads() == 1
    return len(weather.met)


def prove_each(story: Story, trouble: str, edition: str) -> int:
    """Prove one trouble at every call it can happen to. Returns how many there are."""
    clean = clean_run(story, edition)
    hit = [number for number, kind in enumerate(clean.kinds, 1) if TROUBLES[trouble].can_hit(kind)]
    for number in hit:
        try:
            assert prove(story, {number: trouble}, edition) == 1
        except AssertionError as error:
            error.add_note(f"{trouble} at {number} {clean.calls[number - 1]} ({edition})")
            raise
    return len(hit)


# Situations


def nothing(_: Stage) -> None:
    """A repository that never saw us."""


def a_pull_request(scene: Stage) -> None:
    scene.upsert(wish(**FULL))


def a_pull_request_with_other_labels(scene: Stage) -> None:
    scene.upsert(wish(labels=["sync", "stale"], assignees=["bob"], reviewers=["alice"], title="Old", body="Old."))


def a_converged_pull_request(scene: Stage) -> None:
    scene.upsert(wish(**FULL))
    the_base_gets_the_content(scene)


def the_base_gets_the_content(scene: Stage) -> None:
    scene.sandbox.repository(TARGET).commit_files(
        "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
    )


def a_pull_request_that_was_merged(scene: Stage) -> None:
    scene.upsert(wish(**FULL))
    scene.sandbox.repository(TARGET).merge_pull(1)


def a_branch_without_a_pull_request(scene: Stage) -> None:
    calls = clean_run(STORIES["create"], scene.edition).calls
    run(scene, wish(**FULL), Weather({calls.index("pulls/create") + 1: "killed before"}))


_OBJECTS = ("git/create-tree", "git/create-commit", "UpdateRefs")
_MENDED = (
    "issues/remove-label",
    "issues/remove-assignees",
    "pulls/update",
    "issues/add-labels",
    "issues/add-assignees",
    "pulls/request-reviewers",
)
_FIELDS = ("issues/update", "pulls/request-reviewers")

STORIES = {
    story.name: story
    for story in (
        Story("create", nothing, wish(), ("Observe", *_OBJECTS, "pulls/create")),
        Story("create with every field", nothing, wish(**FULL), ("Observe", *_OBJECTS, "pulls/create", *_FIELDS)),
        Story(
            "create with a binary file",
            nothing,
            wish({"logo.png": b"\x89PNG\0\xff"}),
            ("Observe", "git/create-blob", *_OBJECTS, "pulls/create"),
        ),
        Story(
            "update the content",
            a_pull_request,
            wish({"ci.yml": "on: [push]\n"}, **FULL),
            ("Observe", *_OBJECTS),
            "git/update-ref",
        ),
        Story(
            "update every field",
            a_pull_request_with_other_labels,
            wish(**FULL),
            ("Observe", *_MENDED),
        ),
        Story("change nothing", a_pull_request, wish(**FULL), ("Observe",)),
        Story(
            "close what has converged",
            a_converged_pull_request,
            wish(**FULL),
            ("Observe", "pulls/update", "UpdateRefs"),
            moves="",
        ),
    )
}

MORE_STORIES = {
    story.name: story
    for story in (
        Story(
            "use a leftover branch",
            a_branch_without_a_pull_request,
            wish(**FULL),
            ("Observe", "pulls/create", *_FIELDS),
        ),
        Story(
            "write a leftover branch anew",
            a_branch_without_a_pull_request,
            wish({"ci.yml": "on: [push]\n"}),
            ("Observe", *_OBJECTS, "pulls/create"),
            "git/update-ref",
        ),
        Story(
            "a login that cannot be asked",
            nothing,
            wish(reviewers=["alice", "mallory"], assignees=["mallory"]),
            ("Observe", *_OBJECTS, "pulls/create", *_FIELDS, *_FIELDS[1:], *_FIELDS[1:], "pulls/update"),
        ),
        Story(
            "content and fields",
            a_pull_request_with_other_labels,
            wish({"a/b.txt": "b\n"}, **FULL),
            ("Observe", *_OBJECTS, *_MENDED),
            "git/update-ref",
        ),
        Story(
            "after a merge",
            a_pull_request_that_was_merged,
            wish({"ci.yml": "on: [push]\n"}, **FULL),
            ("Observe", *_OBJECTS, "pulls/create", *_FIELDS),
            "git/update-ref",
        ),
        Story(
            "drop every field",
            a_pull_request,
            wish(),
            ("Observe", "issues/remove-label", "issues/remove-label", "issues/remove-assignees", "pulls/update"),
        ),
    )
}
