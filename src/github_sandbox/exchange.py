"""A request as it arrived and an answer as it leaves: the two ends of everything between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Incoming:
    """A raw request; header names in lower case, ``path`` still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """What goes back, and how badly.

    ``cut``: close the connection instead. ``sent``: only so many bytes of the body, then close. ``slow_seconds``: how
    long the body takes.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    sent: int | None = None
    slow_seconds: float = 0.0


def json_answer(answer: Answer, content: Any) -> Answer:
    """``answer`` with ``content`` as its body."""
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.body = json.dumps(content, ensure_ascii=False).encode()
    return answer
