"""Commit trailers that tell our commits from a person's.

`Pattern-Tree` repeats the commit's own tree, so an amended commit shows: its tree differs from what the trailer says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_LINE = re.compile(r"^Pattern-(Key|Digest|Tree): (.*)$")


@dataclass(frozen=True, slots=True)
class Trailers:
    """What one of our commits says about itself."""

    key: str
    digest: str
    """Digest of the change and its base's name, not of the base's commit: a moved base alone never causes a write."""
    tree: str


def render(message: str, trailers: Trailers, signed_off_by: str | None = None) -> str:
    """The commit message with our trailers as its last paragraph (git docs: "git-interpret-trailers")."""
    lines = [
        # JSON keeps any key on one ASCII line and is read back exactly.
        f"Pattern-Key: {json.dumps(trailers.key)}",
        f"Pattern-Digest: {trailers.digest}",
        f"Pattern-Tree: {trailers.tree}",
    ]
    if signed_off_by:
        lines.append(f"Signed-off-by: {signed_off_by}")
    return f"{message.rstrip()}\n\n" + "\n".join(lines) + "\n"


def parse(message: str) -> Trailers | None:
    """The trailers in a commit message's last paragraph; None when it is not one of ours."""
    found: dict[str, str] = {}
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        if match := _LINE.match(line):
            found[match[1]] = match[2]
    try:
        key = json.loads(found["Key"])
        return Trailers(key, found["Digest"], found["Tree"]) if isinstance(key, str) else None
    except (KeyError, ValueError):
        return None
