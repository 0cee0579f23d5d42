"""GraphQL node ids: opaque to clients, but each names its object, so that ``node(id:)`` finds it."""

from __future__ import annotations

import base64


def encode(kind: str, *parts: object) -> str:
    """Return a node id, for example ``PR_`` + base64url("17"); the prefixes are GitHub's."""
    return f"{kind}_" + base64.urlsafe_b64encode(":".join(map(str, parts)).encode()).decode().rstrip("=")


def decode(node_id: str) -> tuple[str, list[str]] | None:
    """Return (prefix, parts); None: not an id of this sandbox. The last part may contain colons."""
    kind, underscore, rest = node_id.partition("_")
    if not underscore:
        return None
    try:
        text = base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).decode()
    except ValueError:
        return None
    return kind, text.split(":", 1)
