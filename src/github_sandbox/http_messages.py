"""An HTTP request as the server received it, and the HTTP response as the server sends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A raw request. Header names are in lower case; ``path`` is still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class HttpResponse:
    """A response, and the defects of its transmission."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    """Whether the server closes the connection instead of sending the response."""
    sent: int | None = None
    """The number of body bytes that the server sends before it closes the connection; None: all of them."""
    slow_seconds: float = 0.0
    """The time that the server takes to send the body."""

    def with_json(self, content: Any) -> Self:
        """Set the body to ``content``, and return the response."""
        self.headers["Content-Type"] = "application/json; charset=utf-8"
        self.body = json.dumps(content, ensure_ascii=False).encode()
        return self
