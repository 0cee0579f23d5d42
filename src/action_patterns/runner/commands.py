"""Workflow commands: what the runner reads out of the log (GitHub docs: "Workflow commands for GitHub Actions")."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from actions_toolkit.command import Command

from action_patterns.ports.log import Annotation, Level
from action_patterns.redaction import Secrets

SHOWN_PER_LEVEL = 10
"""GitHub shows ten annotations of a level per step and drops the rest without a word (measured by many; the limit is
in its docs, "Usage limits" of checks)."""

# The runner takes a line for a command when it starts with `::` after white space, or has `##[` anywhere.
_COMMAND_START = re.compile(r"(^|[\r\n])([^\S\r\n]*)::")


def plain(text: str) -> str:
    """Return text that the runner does not take for a command, for any text of a repository."""
    return _COMMAND_START.sub(r"\1\2: :", text).replace("##[", "## [")


class Commands:
    """Writes log lines and workflow commands to one stream. Redacts everything. Safe to use from many threads."""

    def __init__(self, stream: TextIO) -> None:
        self.secrets = Secrets(self._mask)
        self._stream = stream
        self._lock = threading.RLock()
        self._shown: Counter[Level] = Counter()
        self._held: dict[Level, list[Annotation]] = {}

    def line(self, text: str) -> None:
        """Ordinary text."""
        self._write(plain(self.secrets.redact(text)))

    def debug(self, text: str) -> None:
        """Text that GitHub shows only when debug logging is on."""
        self._write(str(Command("debug", {}, self.secrets.redact(text))))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Lines inside are folded away under the title."""
        self._write(str(Command("group", {}, self.secrets.redact(title))))
        try:
            yield
        finally:
            self._write(str(Command("endgroup", {}, "")))

    def annotate(self, annotation: Annotation) -> None:
        """Show an annotation; the tenth of a level waits for `finish`, as it may have to speak for the rest."""
        if annotation.level == "debug":
            self.debug(annotation.message)
            return
        with self._lock:
            self._shown[annotation.level] += 1
            count = self._shown[annotation.level]
            if count < SHOWN_PER_LEVEL:
                self._write(self._command(annotation))
                return
            held = self._held.setdefault(annotation.level, [])
            held.append(annotation)
            if count > SHOWN_PER_LEVEL:
                for each in held[-2:] if count == SHOWN_PER_LEVEL + 1 else held[-1:]:
                    self.line(_as_line(each))

    def finish(self) -> None:
        """Show what was held back. Call it once, last."""
        with self._lock:
            for level, held in self._held.items():
                if len(held) == 1:
                    self._write(self._command(held[0]))
                else:
                    text = f"{len(held)} more {level}s are in the log of this step: GitHub shows {SHOWN_PER_LEVEL}."
                    self._write(self._command(Annotation(level=level, message=text)))
            self._held.clear()

    def _command(self, annotation: Annotation) -> str:
        # Empty properties are left out: the runner would read `file=` as a file without a name.
        properties: dict[str, str] = {}
        if annotation.title:
            properties["title"] = self.secrets.redact(annotation.title)
        if annotation.file:
            properties["file"] = self.secrets.redact(annotation.file)
            if annotation.line is not None:
                properties["line"] = str(annotation.line)
        return str(Command(annotation.level, properties, self.secrets.redact(annotation.message)))

    def _mask(self, line: str) -> None:
        self._write(str(Command("add-mask", {}, line)))

    def _write(self, text: str) -> None:
        with self._lock:
            self._stream.write(text + "\n")
            self._stream.flush()


def _as_line(annotation: Annotation) -> str:
    place = annotation.file or ""
    if place and annotation.line is not None:
        place += f":{annotation.line}"
    title = f"{annotation.title}: " if annotation.title else ""
    return f"{annotation.level}: {f'{place}: ' if place else ''}{title}{annotation.message}"
