"""The envelope of a durable record: its text is the message of a commit at a ref outside of branches and tags.

Compare-and-swap writes a ref as a whole, every branch and runner sees it, and GitHub never evicts it. A cache, an
artifact or a file in /tmp has none of these properties.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from datetime import datetime, timedelta
from typing import ClassVar, Literal, TypeVar

from pydantic import AwareDatetime, ValidationError

from action_patterns.content.bounded_json import loads
from action_patterns.contracts.document import Record
from action_patterns.errors import ConflictError

SCHEMA_VERSION = 1
"""The newest schema version of records that this code reads."""

MAX_MESSAGE_BYTES = 60_000
"""Length of a record. GitHub documents no limit of a commit message; texts of its database hold 65,535 bytes."""


class Holder(Record):
    """The run that wrote a record. All attempts of a run are one holder: a rerun goes on with the work it began."""

    repository: str
    repository_id: str = ""
    """Empty: not known."""
    run_id: int
    attempt: int
    url: str

    def is_same_run(self, other: Holder) -> bool:
        if self.repository_id and other.repository_id:
            return (self.repository_id, self.run_id) == (other.repository_id, other.run_id)
        return (self.repository.lower(), self.run_id) == (other.repository.lower(), other.run_id)


class Envelope(Record):
    """The part that every kind of record has."""

    kind: ClassVar[str]
    """The kind in the commit's subject and in the ref's name."""
    called: ClassVar[str] = "record"
    """The word for it in messages."""

    version: Literal[1] = 1

    @abstractmethod
    def subject(self) -> str:
        """Return its line for people."""

    @classmethod
    def namespace(cls) -> str:
        """Return the prefix of its refs: neither branch nor tag, so no workflow starts and no clone fetches them."""
        return f"refs/action-patterns/{cls.kind}/"

    def message(self) -> str:
        """Return a commit message: a line for people, then the record as JSON on one line of ASCII."""
        return f"{self.kind}: {' '.join(self.subject().split())}\n\n{json.dumps(self.model_dump(mode='json'))}\n"


class StateRecord(Envelope):
    """A record of an operation. A kind narrows `state` and adds its payload."""

    operation: str
    state: str
    holder: Holder
    since: AwareDatetime
    """The time at which it came to this state, by GitHub's clock where its kind takes it from `StoredRef.read_at`."""

    def age(self, now: datetime) -> timedelta:
        return now - self.since

    def subject(self) -> str:
        return f"{self.operation}: {self.state}"


AnyRecord = TypeVar("AnyRecord", bound=Envelope)


def read(kind: type[AnyRecord], message: str, *, name: str) -> AnyRecord:
    """Return the record in a commit message.

    Raises:
        ConflictError: this version can read none. That is never "absent".
    """
    line = next((line for line in message.splitlines() if line.startswith("{")), "")
    try:
        return kind.model_validate_json(line)
    except ValidationError:
        if (version := _version(line)) > SCHEMA_VERSION:
            raise ConflictError(
                f"The ref {name} holds a {kind.called} of schema version {version}. This version of action-patterns"
                f" reads versions up to {SCHEMA_VERSION}.",
                remediation="Use the newest version of action-patterns in every workflow that shares this"
                " repository. Do not treat it as absent, and do not delete it: a newer workflow uses it.",
            ) from None
        raise ConflictError(
            f"The ref {name} exists, but does not hold a {kind.called} that this version of action-patterns can read.",
            remediation=f"Use the version that wrote it. If no run needs the {kind.called}, delete it:"
            f" {how_to_delete(name)}. Do not treat it as absent: the work may be done.",
        ) from None


def how_to_delete(name: str) -> str:
    """Return the command that deletes a record by the full name of its ref, or by the path of its file."""
    return f"`gh api -X DELETE repos/OWNER/NAME/git/{name}`" if name.startswith("refs/") else f"`rm {name}`"


def _version(line: str) -> int:
    """Return the schema version in a record's text. 0: it names none."""
    try:
        version = loads(line)["version"]
    except (ValueError, KeyError, TypeError):
        return 0
    return version if type(version) is int else 0
