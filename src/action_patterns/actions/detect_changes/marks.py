"""The last green run of a key: its commit as the base, and the mark of a run that succeeded."""

from __future__ import annotations

from typing import NamedTuple

from action_patterns.action.reach import Reach
from action_patterns.action.session import Session, open_session
from action_patterns.actions.detect_changes.interface import USES_OF_MARKS, DetectChangesInputs
from action_patterns.changes.base import Base, everything
from action_patterns.changes.trigger import Trigger
from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.history import History, MissingError
from action_patterns.state import green
from action_patterns.state.green import GreenRecord, GreenRequest
from action_patterns.state.record import Holder
from action_patterns.state.transaction import record_of, transact

_MOST_SECONDS = 120.0
"""Time for the marks. They save work, so no run waits for them through an outage."""
_ONLY_SAVES_WORK = "Nothing is skipped for it: later runs do more than they need to."
_GRANT = "Give the job `contents: write`, or a `token` that has it."


class Chosen(NamedTuple):
    """The base of a key, and the state of its record."""

    base: Base
    mark: str | None
    warnings: tuple[str, ...] = ()


class Marked(NamedTuple):
    """The state of a mark."""

    mark: str
    warning: str = ""


def choose(inputs: DetectChangesInputs, ports: Ports, trigger: Trigger, history: History) -> Chosen:
    """Return the last green commit as the base, and record it for reruns of this run."""
    head = history.head()
    if inputs.key is None:
        return Chosen(everything(head, "no-key"), None)
    credentials = inputs.credentials()
    try:
        github = _open(inputs, ports, credentials)
        request = _request(inputs.key, trigger.ref, ports, head)
        found = _read(github, request, ports)
        inherited = None
        if not green.candidates(found) and trigger.default_branch not in (None, trigger.branch):
            # The branch was green where it left the default branch.
            of_default = _request(inputs.key, f"refs/heads/{trigger.default_branch}", ports, head)
            inherited = _read(github, of_default, ports)
    except ActionPatternsError as error:
        return Chosen(everything(head, "store-unreadable"), None, (f"{error.message} {_ONLY_SAVES_WORK}",))
    base = _base(found, inherited, ports.context.run_id, head, history)
    asked = _request(inputs.key, trigger.ref, ports, head, base=base.oid)
    try:
        _transact(github, ports, asked)
    except ActionPatternsError as error:
        what = f"The base could not be recorded for reruns, and `complete` will mark nothing: {error.message}"
        return Chosen(base, "not-writable", (f"{what} {_advice(error)}",))
    return Chosen(base, "recorded")


def complete(inputs: DetectChangesInputs, ports: Ports, trigger: Trigger, history: History) -> Marked:
    """Mark the commit that `check` compared as green."""
    assert inputs.key is not None, "it is checked"
    if trigger.branch is None or trigger.is_proposal:
        # The result of such a run holds for its own content, and for no branch.
        return Marked("no-branch")
    request = _request(inputs.key, trigger.ref, ports, history.head())
    credentials = inputs.credentials()
    try:
        github = _open(inputs, ports, credentials)
        _, change = transact(
            github.refs,
            ports.context.repository,
            green.ref_name(request.key, request.ref),
            GreenRecord,
            lambda found: green.complete(found, request),
        )
    except ActionPatternsError as error:
        return Marked("not-writable", f"The run was not marked: {error.message} {_advice(error)}")
    return Marked(change.reason, _REFUSALS.get(change.reason, ""))


_REFUSALS = {
    "not-checked": "The run was not marked: no step of this run with this `key` and `mode: check` recorded its base."
    f" Run `check` first, with the same `key`. {_ONLY_SAVES_WORK}",
    "another-commit": "The run was not marked: another commit is checked out than the one that `check` compared."
    f" Leave the checkout as it is between the two steps. {_ONLY_SAVES_WORK}",
}


def _advice(error: ActionPatternsError) -> str:
    lacks = isinstance(error, PermissionDeniedError | NotFoundError)
    return f"{_ONLY_SAVES_WORK} {_GRANT}" if lacks else _ONLY_SAVES_WORK


def _open(inputs: DetectChangesInputs, ports: Ports, credentials: Credentials) -> Session:
    repository = ports.context.repository
    return open_session(
        ports,
        credentials,
        USES_OF_MARKS,
        seconds=min(60 * inputs.max_minutes, _MOST_SECONDS),
        reach=Reach((repository,)),
        narrowed=(repository,),
        store=inputs.store,
    )


def _request(key: str, ref: str, ports: Ports, head: str, base: str | None = None) -> GreenRequest:
    context = ports.context
    us = Holder(
        repository=context.repository,
        repository_id=context.repository_id,
        run_id=context.run_id,
        attempt=context.run_attempt,
        url=f"{context.run_url}/attempts/{context.run_attempt}",
    )
    return GreenRequest(key=key, ref=ref, us=us, head=head, base=base)


def _read(github: Session, request: GreenRequest, ports: Ports) -> GreenRecord | None:
    name = green.ref_name(request.key, request.ref)
    return record_of(github.refs.read(ports.context.repository, name), GreenRecord)


def _transact(github: Session, ports: Ports, asked: GreenRequest) -> None:
    name = green.ref_name(asked.key, asked.ref)
    transact(github.refs, ports.context.repository, name, GreenRecord, lambda found: green.check(found, asked))


def _base(found: GreenRecord | None, inherited: GreenRecord | None, run_id: int, head: str, history: History) -> Base:
    began = found.of_run(run_id) if found else None
    why = ""
    if began is not None:
        if began.base is None:
            return everything(head, "no-green-run", "So it was in an earlier attempt of this run.")
        try:
            return Base(head=head, oid=history.resolve(began.base), reason="recorded")
        except MissingError as error:
            return everything(head, "base-unreachable", str(error))
    for oid in green.candidates(found) or green.candidates(inherited):
        try:
            # One that is newer than this commit, or of another line, says nothing about this commit.
            if history.is_ancestor(oid, head):
                return Base(head=head, oid=history.resolve(oid), reason="last-green")
        except MissingError as error:
            why = str(error)
    return everything(head, "base-unreachable" if why else "no-green-run", why)
