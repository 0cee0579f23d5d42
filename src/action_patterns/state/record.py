"""A marker: the durable note that an operation was begun, done or given up, as the message of a commit.

Its place is a ref of the repository: compare-and-swap writes it as a whole, every branch and runner sees it,
and it is never evicted. A cache, an artifact or a file in /tmp is none of these.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from action_patterns.contracts.document import Record
from action_patterns.errors import ConflictError

NAMESPACE = "refs/action-patterns/once/"
"""Neither branch nor tag: no workflow starts for it, and no clone fetches it."""

MAX_METADATA_LENGTH = 1_000
State = Literal["pending", "completed", "failed"]


class Holder(Record):
    """The run that wrote a marker. All attempts of a run are one holder: a rerun goes on with what it began."""

    repository: str
    run_id: int
    attempt: int
    url: str

    def is_same_run(self, other: Holder) -> bool:
        return (self.repository.lower(), self.run_id) == (other.repository.lower(), other.run_id)


class StateRecord(Record):
    """The state of one operation on one content."""

    version: Literal[1] = 1
    operation: str
    state: State
    holder: Holder
    since: AwareDatetime
    """When it came to this state, by the clock of the runner that wrote it."""
    ttl_days: int | None = None
    """Days for which `completed` holds. None: without end."""
    metadata: str = ""

    def age(self, now: datetime) -> timedelta:
        return now - self.since

    def is_expired(self, now: datetime, ttl_days: int | None = None) -> bool:
        """Return whether it is completed and no longer counts. `ttl_days`: the reader's limit. None: the marker's."""
        days = self.ttl_days if ttl_days is None else ttl_days
        return self.state == "completed" and days is not None and self.age(now) >= timedelta(days=days)

    def is_dead(self, now: datetime, timeout_hours: int) -> bool:
        """Whether it is pending and its run must be over."""
        return self.state == "pending" and self.age(now) >= timedelta(hours=timeout_hours)

    def message(self) -> str:
        """As a commit message: a line for people, and the record as JSON on one line of ASCII."""
        subject = f"once: {' '.join(self.operation.split())}: {self.state}"
        return f"{subject}\n\n{json.dumps(self.model_dump(mode='json'))}\n"


def read(message: str, *, name: str) -> StateRecord:
    """The marker in a commit message.

    Raises:
        ConflictError: there is none that this version can read. That is never "absent".
    """
    line = next((line for line in message.splitlines() if line.startswith("{")), "")
    try:
        return StateRecord.model_validate_json(line)
    except ValidationError:
        raise ConflictError(
            f"The ref {name} exists, but does not hold a marker that this version of action-patterns can read.",
            remediation="Use the version that wrote it. If no run needs the marker, delete the ref:"
            f" `gh api -X DELETE repos/OWNER/NAME/git/{name}`. Do not treat it as absent: the work may be done.",
        ) from None
