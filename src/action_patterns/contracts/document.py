"""The base of every document that crosses a process, and its one canonical encoding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, get_origin

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from action_patterns.content.sizes import MAX_DOCUMENT_BYTES
from action_patterns.contracts.wording import reason
from action_patterns.errors import InputError, Problem


def _in_utc(at: datetime) -> datetime:
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no time of this era") from None
    if not 2000 <= at.year <= 2100:
        raise ValueError("is not within the years 2000 to 2100")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time, in UTC. Its bounds are wide enough for any run, and narrow enough to be calculated with."""

Count = Annotated[int, Field(ge=0, le=10**15)]
"""How many. The bound leaves room to add some, and JSON's readers know such a number exactly."""


class Record(BaseModel):
    """A frozen part of a document. Unknown keys are refused: a typo must not pass for a default."""

    # A run makes few of the models that it imports: each is built when the first of its kind is made.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def redacted(self, redact: Callable[[str], str]) -> Self:
        """The same with `redact` applied to every text: before rendering, as a secret that was escaped or clipped is
        found no more. Words of a closed set are ours and stay.
        """
        texts = (n for n, field in type(self).model_fields.items() if get_origin(field.annotation) is not Literal)
        return self.model_copy(update={name: _redacted(getattr(self, name), redact) for name in texts})


def _redacted(value: object, redact: Callable[[str], str]) -> object:
    match value:
        case str():
            return redact(value)
        case Record():
            return value.redacted(redact)
        case tuple():
            return tuple(_redacted(item, redact) for item in value)
        case dict():
            return {_redacted(key, redact): _redacted(item, redact) for key, item in value.items()}
    return value


def compact_json(value: object) -> str:
    """Return JSON on one line without spaces: the form of a job output, which has a limit on its length."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Document(Record):
    """A frozen model that is written to a file by one process and read by another."""

    def encode(self) -> str:
        """The document as JSON text, keys in declaration order, ending in a newline: equal documents, equal bytes."""
        return self.model_dump_json(indent=1) + "\n"

    def digest(self) -> str:
        """SHA-256 of the encoded document, in hex."""
        return hashlib.sha256(self.encode().encode()).hexdigest()

    @classmethod
    def decode(cls, text: str, *, name: str) -> Self:
        """Read a document back. `name` is the file's name, for the message.

        Raises:
            InputError: the text is too long, or not such a document; every problem is named.
        """
        if len(text) > MAX_DOCUMENT_BYTES:
            what = f"{name} has {len(text):,} characters; at most {MAX_DOCUMENT_BYTES:,} are read."
            raise InputError(Problem(what, "Name the file that action-patterns wrote.", file=name))
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            fix = f"{name} must be the file written by the same version of action-patterns; do not edit it by hand."
            raise InputError(
                *(
                    Problem(
                        f"{name} is no valid {cls.__name__}: {'.'.join(map(str, e['loc'])) or 'document'} {reason(e)}",
                        fix,
                        file=name,
                    )
                    for e in error.errors(include_url=False, include_input=False)
                )
            ) from None
