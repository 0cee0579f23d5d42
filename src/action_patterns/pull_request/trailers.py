"""Commit trailers that tell our commits from a person's.

`Pattern-Tree` repeats the commit's own tree, so an amended commit shows: its tree differs from what the trailer says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_LINE = re.compile(r"^Pattern-(Key|Digest|Tree|Kept): (.*)$")
_TRAILER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*: \S.*")


@dataclass(frozen=True, slots=True)
class Trailers:
    """What one of our commits says about itself."""

    key: str
    digest: str
    """Digest of the change and its base's name, not of the base's commit: a moved base alone never causes a write."""
    tree: str
    kept: str = ""
    """Tip this commit was put on top of, because it held commits of others; "" = it stands on the base alone."""


def render(message: str, trailers: Trailers, signed_off_by: str | None = None) -> str:
    """The commit message with our trailers in its last paragraph (git docs: "git-interpret-trailers")."""
    lines = [
        # JSON keeps any key on one ASCII line and is read back exactly.
        f"Pattern-Key: {json.dumps(trailers.key)}",
        f"Pattern-Digest: {trailers.digest}",
        f"Pattern-Tree: {trailers.tree}",
    ]
    if trailers.kept:
        lines.append(f"Pattern-Kept: {trailers.kept}")
    if signed_off_by:
        lines.append(f"Signed-off-by: {signed_off_by}")
    text = message.rstrip()
    # Only the last paragraph counts as trailers: those of the caller (Co-authored-by) stay in it.
    _, blank, last = text.rpartition("\n\n")
    joined = blank and all(_TRAILER.fullmatch(line) for line in last.splitlines())
    return text + ("\n" if joined else "\n\n") + "\n".join(lines) + "\n"


def parse(message: str) -> Trailers | None:
    """The trailers in a commit message's last paragraph; None when it is not one of ours."""
    found: dict[str, str] = {}
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        if match := _LINE.match(line):
            found[match[1]] = match[2]
    try:
        key = json.loads(found["Key"])
        if not isinstance(key, str):
            return None
        return Trailers(key, found["Digest"], found["Tree"], found.get("Kept", ""))
    except (KeyError, ValueError):
        return None
