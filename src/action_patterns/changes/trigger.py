"""The event that started the run, as far as a base follows from it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from action_patterns.ports.context import Context

PULL_REQUEST_EVENTS = frozenset(
    {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"}
)
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def is_oid(text: str) -> bool:
    """Return whether a text is a full object id that may exist; that of "no object" is all zeros."""
    return bool(_OID.fullmatch(text)) and bool(text.strip("0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The run's event (GitHub docs: "Events that trigger workflows", "Webhook events and payloads")."""

    event_name: str
    ref: str
    """Full name of the ref."""
    sha: str
    default_branch: str | None
    attempt: int
    payload: Mapping[str, object]

    @classmethod
    def of(cls, context: Context) -> Trigger:
        """Return the event of a run."""
        return cls(
            event_name=context.event_name,
            ref=context.ref or _HEADS + context.ref_name,
            sha=context.sha,
            default_branch=context.default_branch,
            attempt=context.run_attempt,
            payload=context.event,
        )

    @property
    def is_pull_request(self) -> bool:
        """Whether the event is one of a pull request."""
        return self.event_name in PULL_REQUEST_EVENTS

    @property
    def is_proposal(self) -> bool:
        """Whether the run is about content that no branch has yet: of a pull request, or in the merge queue."""
        return self.is_pull_request or self.event_name == "merge_group"

    @property
    def branch(self) -> str | None:
        """Name of the branch. None: the ref is none."""
        return self.ref.removeprefix(_HEADS) if self.ref.startswith(_HEADS) else None

    @property
    def tag(self) -> str | None:
        """Name of the tag. None: the ref is none."""
        return self.ref.removeprefix(_TAGS) if self.ref.startswith(_TAGS) else None

    @property
    def brought_commits(self) -> bool:
        """Whether the push brought commits that the repository did not have."""
        return bool(self._value(("commits",)))

    def text(self, *keys: str) -> str:
        """Return a text of the payload; "" where there is none."""
        value = self._value(keys)
        return value if isinstance(value, str) else ""

    def flag(self, *keys: str) -> bool:
        """Return whether a value of the payload is true."""
        return self._value(keys) is True

    def _value(self, keys: tuple[str, ...]) -> object:
        value: object = self.payload
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value
