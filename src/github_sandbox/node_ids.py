"""GraphQL node ids: opaque to clients, but each says what it names so that ``node(id:)`` can find it again."""

from __future__ import annotations

import base64


def encode(kind: str, *parts: object) -> str:
    """For example ``PR_`` + base64url("17"); the prefixes are GitHub's own."""
    return f"{kind}_" + base64.urlsafe_b64encode(":".join(map(str, parts)).encode()).decode().rstrip("=")


def decode(node_id: str) -> tuple[str, list[str]] | None:
    """(prefix, parts), or None for a text that is no id of ours. The last part may itself contain colons."""
    kind, underscore, rest = node_id.partition("_")
    if not underscore:
        return None
    try:
        text = base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).decode()
    except ValueError:
        return None
    return kind, text.split(":", 1)
