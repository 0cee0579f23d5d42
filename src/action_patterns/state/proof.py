"""The proofs of a key: the digests for which its work is done, each with the run that did it. Pure.

A proof has the scope of a cache of GitHub's (docs, "Dependency caching reference", restrictions for accessing a
cache): a run sees those of its ref, of the base branch of its pull request, and of the default branch. So a pull
request's proof never counts for the branch that it is merged into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime

from action_patterns.contracts.document import Record
from action_patterns.errors import DefectError
from action_patterns.state import key as keys
from action_patterns.state.record import MAX_MESSAGE_BYTES, Envelope, Holder
from action_patterns.state.transaction import Change, Stored

MAX_PROOFS = 64
"""Proofs of one key at most. More would mostly be of pull requests that are closed."""
_BRANCH = "refs/heads/"
_OF_OTHERS = frozenset(
    {
        "issue_comment",
        "pull_request_comment",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "workflow_run",
    }
)
"""Events whose run has the ref of a branch, and may work on content of others."""


class Proof(Record):
    """The work of one digest, done."""

    digest: str
    scope: str
    run: Holder
    job: str
    proved_at: AwareDatetime
    """By GitHub's clock."""


class ProofRecord(Envelope):
    """The proofs of one key."""

    kind: ClassVar[str] = "proof"
    called: ClassVar[str] = "proof"

    key: str
    proofs: tuple[Proof, ...] = ()
    """Oldest first, each digest once in each scope."""

    def subject(self) -> str:
        return self.key

    def newest(self, digest: str, scopes: Collection[str]) -> Proof | None:
        """Return the newest proof of a digest in some scopes. None: there is none."""
        return next((each for each in reversed(self.proofs) if each.digest == digest and each.scope in scopes), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRequest:
    """The request of a run that has done the work."""

    key: str
    digest: str
    scope: str
    us: Holder
    job: str
    now: datetime
    """By the runner's clock, for an answer that lacks GitHub's."""


def ref_name(key: str) -> str:
    """Return the full name of a key's ref."""
    return ProofRecord.namespace() + keys.encode(key)


def scope_of(event_name: str, ref: str) -> str:
    """Return the scope of a run's proofs: its ref. A run for others' content has a scope apart from its branch's."""
    return f"{event_name}:{ref}" if event_name in _OF_OTHERS else ref


def scopes_for(event_name: str, ref: str, event: Mapping[str, object], default_branch: str | None) -> frozenset[str]:
    """Return the scopes whose proofs count for a run."""
    branches = (_base(event), default_branch)
    found = {scope_of(event_name, ref), ref, *(_branch(each) for each in branches if each)}
    return frozenset(each for each in found if each)


def _branch(name: str) -> str:
    return name if name.startswith("refs/") else _BRANCH + name


def _base(event: Mapping[str, object]) -> str | None:
    """Return the base branch of a pull request or merge group. None: the event has neither."""
    pull, group = event.get("pull_request"), event.get("merge_group")
    base = pull.get("base") if isinstance(pull, dict) else None
    name = base.get("ref") if isinstance(base, dict) else group.get("base_ref") if isinstance(group, dict) else None
    return name if isinstance(name, str) and name else None


def complete(found: Stored[ProofRecord], request: ProofRequest) -> Change[ProofRecord]:
    """Return the change of a run that has done the work."""
    now = found.ref.read_at or request.now
    before = found.record.proofs if found.record else ()
    same = next((each for each in before if (each.digest, each.scope) == (request.digest, request.scope)), None)
    if same is not None and same.run == request.us and same.job == request.job:
        return Change(outcome="unchanged", reason="already-recorded")
    ours = Proof(digest=request.digest, scope=request.scope, run=request.us, job=request.job, proved_at=now)
    kept = [each for each in before if each is not same]
    write = ProofRecord(key=request.key, proofs=(*kept, ours))
    while len(write.proofs) > MAX_PROOFS or len(write.message()) > MAX_MESSAGE_BYTES:
        if len(write.proofs) == 1:
            raise DefectError("One proof is longer than a record.", remediation="Please report this.")
        write = ProofRecord(key=request.key, proofs=_without_one(write.proofs))
    return Change(outcome="updated" if same else "created", reason="recorded", write=write)


def _without_one(proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
    """Return the proofs without the oldest of the scope that has most, so that no scope drives out another."""
    others, last = proofs[:-1], proofs[-1]
    counts = Counter(each.scope for each in others)
    most = max(counts.values())
    gone = next(place for place, each in enumerate(others) if counts[each.scope] == most)
    return (*others[:gone], *others[gone + 1 :], last)
