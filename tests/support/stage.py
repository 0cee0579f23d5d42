"""A target on the sandbox, a desired state, and a gateway that can die at any call: what scenarios are told with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Literal

from action_patterns.content.changes import FileChange
from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.log import Annotation
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.spec.spec import PullRequestSpec
from action_patterns.pull_request.upsert import Assignment, upsert
from github_sandbox import Sandbox
from github_sandbox.server import Server
from support import editions
from support.in_process import Address, StageTransport, reached

TARGET = "acme/api"
FLEET: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot", "alice", "bob"], "teams": {"core": ["bob"]}}},
    "users": ["alice", "bob", "bot", "mallory"],
    "tokens": {"tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}},
    "repositories": [
        {"name": TARGET, "files": {"README.md": "# api\n", "old.txt": "old\n", "src/app.py": "print()\n"}}
    ],
}


JOB_TOKEN = "ghs_job"
"""The job's own GITHUB_TOKEN, where a seed has a token of that value."""


class Killed(BaseException):
    """The process died. Not an Exception: nothing in the product may catch it and go on."""


class VirtualClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = datetime.now(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)


@dataclass
class RecordingLog:
    """ports.Log that remembers."""

    lines: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.lines.append(message)

    def annotate(self, annotation: Annotation) -> None:
        self.lines.append(f"{annotation.level}: {annotation.message}")

    def progress(self, done: int, total: int, message: str) -> None:
        self.lines.append(f"[{done}/{total}] {message}")

    def redact(self, text: str) -> str:
        return reduce(lambda told, secret: told.replace(secret, "***"), self.hidden, text)

    def hide(self, secret: str) -> None:
        self.hidden.append(secret)

    def conceal(self, labels: Mapping[str, str]) -> None:
        raise AssertionError("an upsert names its target")


Moment = Literal["before", "after"]

MOVES = ("UpdateRefs", "git/create-ref", "git/update-ref")
"""Operations that move a branch."""


def moves_a_branch(method: str, url: str, body: object) -> bool:
    if isinstance(body, dict) and "query" in body:
        return "updateRefs(" in str(body["query"])
    return method in ("POST", "PATCH") and "/git/refs" in url


Meanwhile = Mapping[int | str, Callable[[], object]]
"""What others do just before the call of that number (from 1), before the first request of that method and end of path
(`POST /git/trees`), or `before` or `after` the first that moves a branch. By number is for an edition of one's own: to
read takes more calls on some than on others.
"""


class DyingTransport(StageTransport):
    """Dies at call number `call` (from 1), before it is sent or after it took effect and before its answer is read."""

    def __init__(
        self,
        context: Context,
        *,
        call: int = 0,
        moment: Moment = "before",
        token: str = "tok-bot",
        clock: VirtualClock | None = None,
        log: RecordingLog | None = None,
        allowance: Allowance | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> None:
        super().__init__(
            Credentials(token, JOB_TOKEN), context, clock or VirtualClock(), log or RecordingLog(), allowance
        )
        self.calls = 0
        self._fatal = (call, moment)
        self._meanwhile = dict(meanwhile or {})

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        self.calls += 1
        moves = moves_a_branch(method, url, body)
        self._let(self.calls)
        self._let(next((key for key in self._meanwhile if _is_named(key, method, url)), ""))
        if moves:
            self._let("before")
        if self._fatal == (self.calls, "before"):
            raise Killed
        response = super().exchange(method, url, body, auth)
        if moves:
            self._let("after")
        if self._fatal == (self.calls, "after"):
            raise Killed
        return response

    def again(self, moment: int | str, happens: Callable[[], object]) -> None:
        """Let something happen at this moment once more."""
        self._meanwhile[moment] = happens

    def _let(self, moment: int | str) -> None:
        self._meanwhile.pop(moment, lambda: None)()


def _is_named(key: int | str, method: str, url: str) -> bool:
    wanted, _, path = str(key).partition(" ")
    return method == wanted and url.partition("?")[0].endswith(path)


@dataclass
class Stage:
    """A sandbox that is up, and the ways to run the product against it."""

    sandbox: Sandbox
    context: Context
    transport: DyingTransport | None = None
    clock: VirtualClock | None = None
    """Time for the sandbox and for every run; None = each run has a time of its own."""
    said: RecordingLog = field(default_factory=RecordingLog)
    """What all runs logged."""
    edition: str = "full"
    claims: dict[tuple[int, str], str] = field(default_factory=dict)
    """The last claim of each run to a work, as a workflow hands it on from `once begin`."""

    @property
    def has_graphql(self) -> bool:
        return editions.has_graphql(self.edition)

    @property
    def has_leases(self) -> bool:
        return editions.has_leases(self.edition)

    @property
    def look(self) -> str:
        """The operation that a look at a target begins with."""
        return "Observe" if self.has_graphql else "repos/get"

    @property
    def makes_branch(self) -> str:
        """The operation that makes the bot branch."""
        return "UpdateRefs" if self.has_leases else "git/create-ref"

    @property
    def moves_branch(self) -> str:
        """The operation that moves the bot branch from where it is."""
        return "UpdateRefs" if self.has_leases else "git/update-ref"

    @property
    def edits_pull(self) -> str:
        """The operation that writes title, body, base or state."""
        return "UpdatePullRequest" if self.has_graphql else "pulls/update"

    def upsert(
        self,
        desired_state: Desired,
        *,
        repository: str = TARGET,
        call: int = 0,
        moment: Moment = "before",
        dry_run: bool = False,
        token: str = "tok-bot",
        allowance: Allowance | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> TargetResult:
        """One run, as one process would do it: a client of its own, nothing remembered."""
        clock = self.clock or VirtualClock()
        self.transport = DyingTransport(
            self.context,
            call=call,
            moment=moment,
            token=token,
            clock=clock,
            log=self.said,
            allowance=allowance,
            meanwhile=meanwhile,
        )
        assignment = Assignment(plan_id="plan-1", index=0, attempt=1, repository=repository)
        return upsert(desired_state, assignment, Client(self.transport), clock, dry_run=dry_run)

    def sent(self, operation: str) -> int:
        """How often an operation was asked for since the last `forget`: REST operationId or GraphQL name."""
        return self.order().count(operation)

    def moves(self) -> int:
        """How often a branch was to be moved."""
        return sum(self.sent(operation) for operation in MOVES)

    def order(self) -> list[str]:
        """All operations asked for since the last `forget`, in order."""
        return [record.graphql_operation or record.operation or record.path for record in self.sandbox.requests]

    def writes(self) -> int:
        """Writes the sandbox has seen since the last `forget`."""
        return sum(1 for record in self.sandbox.requests if record.kind == "write")

    def reads(self) -> int:
        return sum(1 for record in self.sandbox.requests if record.kind == "read")

    def forget(self) -> None:
        self.sandbox.requests.clear()

    def kept(self) -> Stage:
        """Return the stage as it is now, for `stage` to begin with as often as it takes."""
        return replace(self, sandbox=self.sandbox.copied())


def context_of(server: Server | Address, **changes: Any) -> Context:
    """A run of acme/source against a server."""
    context = Context(
        repository="acme/source",
        sha="0" * 40,
        run_id=1,
        run_number=1,
        run_attempt=1,
        workflow="Test",
        job="test",
        event_name="workflow_dispatch",
        ref_name="main",
        default_branch="main",
        server_url=server.url,
        api_url=server.api_url,
        graphql_url=server.graphql_url,
        workspace="/nowhere",
        temp="/nowhere",
        write_spacing_seconds=0.0,
    )
    return replace(context, **changes)


@contextmanager
def stage(
    seed: Mapping[str, Any] = FLEET,
    *,
    clock: VirtualClock | None = None,
    checked: bool = True,
    edition: str | None = None,
    served: bool = False,
    as_kept: Stage | None = None,
) -> Iterator[Stage]:
    """A fresh sandbox of the edition that the scenario is played on, or of a named one. `checked`: every exchange is
    held against GitHub's published description. `served`: over HTTP, for what is about it. `as_kept`: in the state of a
    stage that is over, and at its address.
    """
    now = {} if clock is None else {"clock": lambda: clock.now().timestamp()}
    sandbox = as_kept.sandbox.copied() if as_kept else Sandbox.from_seed(dict(seed), **now)
    sandbox.contract = checked
    edition = editions.set_up(sandbox, edition)
    at = as_kept.context.server_url if as_kept else None
    with sandbox.serve(port=0) if served else reached(sandbox, at) as server:
        yield Stage(sandbox, context_of(server), clock=clock, edition=edition)
    assert not sandbox.violations, "\n".join(sandbox.violations)
    unmet = [fault.as_json() for fault in sandbox.faults.all() if fault.hits == 0]
    assert not unmet, f"trouble was meant to strike, and met nothing: {unmet}"


def desired_state(
    files: Mapping[str, str | bytes | None] | None = None, *, changes: Sequence[FileChange] | None = None, **fields: Any
) -> Desired:
    """A desired state with defaults: one added, one changed, one deleted file."""
    if changes is None:
        content = {"ci.yml": "on: push\n", "README.md": "# API\n", "old.txt": None} if files is None else files
        changes = [
            FileChange(path=path, mode=None)
            if data is None
            else FileChange(path=path, mode="100644", content=data.encode() if isinstance(data, str) else data)
            for path, data in content.items()
        ]
    given: dict[str, Any] = {
        name: fields.pop(name) for name in ("key", "branch", "head_repository", "bot", "source") if name in fields
    }
    asked_for = PullRequestSpec(**({"title": "Sync config", "body": "From the source."} | fields))
    return resolve(asked_for, changes=changes, **({"key": "sync-config"} | given))


FULL: dict[str, Any] = {"labels": ["sync", "bot"], "assignees": ["alice"], "reviewers": ["alice", "bob"]}
"""Every field that is applied after the pull request exists."""
