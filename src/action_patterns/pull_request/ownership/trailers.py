"""Commit trailers that tell our commits from a person's.

`Pattern-Tree` repeats the commit's own tree, and `Pattern-Seal` is over its message and parents, so a commit that was
amended, reworded, split or rebased shows: it differs from what its trailers say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from action_patterns.content.bounded_json import loads
from action_patterns.pull_request.ownership.source import Run, run_of

_LINE = re.compile(r"^Pattern-(Key|Digest|Tree|Kept|Run|Seal): (.*)$")
_SEAL = "Pattern-Seal: "
_TRAILER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*: \S.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailers:
    """The trailers of one of our commits."""

    key: str
    digest: str
    """Digest of the change and its base's name, not of the base's commit: a moved base alone never causes a write."""
    tree: str
    run: Run | None = None
    """The run that made the commit. None: a terminal's."""
    kept: str = ""
    """The last commit of others that it was put on top of; "" = it stands on the base alone."""


def render(message: str, trailers: Trailers, signed_off_by: str | None = None, *, parents: Sequence[str] = ()) -> str:
    """The commit message with our trailers in its last paragraph (git docs: "git-interpret-trailers")."""
    lines = [
        # JSON keeps any key on one ASCII line and is read back exactly.
        f"Pattern-Key: {json.dumps(trailers.key)}",
        f"Pattern-Digest: {trailers.digest}",
        f"Pattern-Tree: {trailers.tree}",
    ]
    if trailers.run:
        lines.append(f"Pattern-Run: {json.dumps(trailers.run.as_fields(), separators=(',', ':'))}")
    if trailers.kept:
        lines.append(f"Pattern-Kept: {trailers.kept}")
    text = message.rstrip()
    # Only the last paragraph counts as trailers: those of the caller (Co-authored-by) stay in it.
    _, blank, last = text.rpartition("\n\n")
    joined = blank and all(_TRAILER.fullmatch(line) for line in last.splitlines())
    text += "\n" if joined else "\n\n"
    end = [f"Signed-off-by: {signed_off_by}"] if signed_off_by else []
    seal = _seal(text + "\n".join([*lines, *end]), parents)
    return text + "\n".join([*lines, f"{_SEAL}{seal}", *end]) + "\n"


def is_sealed(message: str, parents: Sequence[str]) -> bool:
    """Whether the message, and what the commit stands on, are as we wrote them."""
    before, found, rest = message.rpartition(f"\n{_SEAL}")
    seal, _, after = rest.partition("\n")
    return bool(found) and seal.rstrip() == _seal(f"{before}\n{after}", parents)


def _seal(text: str, parents: Sequence[str]) -> str:
    # White space at the ends of lines is git's, and GitHub's, to tidy up.
    lines = [line.rstrip() for line in text.rstrip().split("\n")]
    return hashlib.sha256("\n".join([*lines, *parents]).encode()).hexdigest()[:16]


def parse(message: str) -> Trailers | None:
    """The trailers in a commit message's last paragraph; None when it is not one of ours."""
    found: dict[str, str] = {}
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        if match := _LINE.match(line):
            found[match[1]] = match[2]
    try:
        key = loads(found["Key"])
        if not isinstance(key, str):
            return None
        run = run_of(loads(found.get("Run", "null")))
        return Trailers(key=key, digest=found["Digest"], tree=found["Tree"], run=run, kept=found.get("Kept", ""))
    except (KeyError, ValueError):
        return None
