"""The base of every document that crosses a process, and its one canonical encoding."""

from __future__ import annotations

import hashlib
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from action_patterns.errors import InputError, Problem


class Record(BaseModel):
    """A frozen part of a document. Unknown keys are refused: a typo must not pass for a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
            InputError: the text is not such a document; every problem is named.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            fix = f"{name} must be the file written by the same version of action-patterns; do not edit it by hand."
            raise InputError(
                *(
                    Problem(
                        f"{name} is no valid {cls.__name__}: {'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}",
                        fix,
                        file=name,
                    )
                    for e in error.errors(include_url=False, include_context=False, include_input=False)
                )
            ) from None
