"""Named parts of a path: `services/<service>/**` selects as `services/*/**` does, and names the part. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from action_patterns.content.patterns import PatternError

_NAME = re.compile(r"(?<!\\)<([a-z][a-z0-9_-]*)>")


class Capture(NamedTuple):
    """A name for one part of a path, without the text around it in that part."""

    name: str
    at: int
    around: tuple[str, str]

    def of(self, parts: list[str]) -> str | None:
        """Return the named text. None: the path has none there."""
        before, after = self.around
        part = parts[self.at] if self.at < len(parts) else ""
        if not part.startswith(before) or not part.endswith(after) or len(part) <= len(before) + len(after):
            return None
        return part[len(before) : len(part) - len(after)]


class Named(NamedTuple):
    """A pattern of the one dialect, and the names in it."""

    text: str
    captures: tuple[Capture, ...]

    def of(self, path: str) -> dict[str, str] | None:
        """Return the named texts of a path that the pattern matches."""
        parts = path.split("/")
        found = {each.name: each.of(parts) for each in self.captures}
        return None if None in found.values() else {name: text for name, text in found.items() if text is not None}


def read(text: str) -> Named:
    """Return a pattern without its names.

    Raises:
        PatternError: a name stands where its place in a path is not known.
    """
    captures: list[Capture] = []
    for at, part in enumerate(text.split("/")):
        names = _NAME.findall(part)
        if not names:
            continue
        before, _, after = _NAME.split(part, maxsplit=1)
        if len(names) > 1 or set(before + after) & set("*?[]{}\\"):
            raise PatternError(
                "a part with a name in `<…>` has plain text beside it and no wildcard", "Write one name for one part"
            )
        if text.startswith("!"):
            raise PatternError("a pattern that leaves paths out names none of their parts", "Write `*` for the part")
        above = text.split("/")[:at]
        if any("**" in each or set(each) & set("{}") for each in above):
            raise PatternError(
                "the part before a name stands for any number of directories",
                "Write the directories before `<…>` one by one, with `*` for any",
            )
        if names[0] in {each.name for each in captures} | {"group"}:
            raise PatternError(f"the name `<{names[0]}>` is taken", "Give each part another name")
        captures.append(Capture(names[0], at, (before, after)))
    return Named(_NAME.sub("*", text), tuple(captures))
