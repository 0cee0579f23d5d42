"""The run's log and its annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Level = Literal["debug", "notice", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A message GitHub shows beside the run, and beside a line of a file where one is named."""

    level: Level
    message: str
    title: str = ""
    file: str | None = None
    line: int | None = None


class Log(Protocol):
    """The text that a person who follows the run reads."""

    def info(self, message: str) -> None:
        """Print a line."""

    def annotate(self, annotation: Annotation) -> None:
        """Show a message beside the run."""

    def progress(self, done: int, total: int, message: str) -> None:
        """Print that one step of a long run is finished."""

    def hide(self, secret: str) -> None:
        """Never show this value from now on, for example a token minted in this run."""

    def conceal(self, labels: Mapping[str, str]) -> None:
        """Show these repositories, by `owner/name`, as their labels from now on."""

    def redact(self, text: str) -> str:
        """Return the text without this run's secrets and concealed names, before it is escaped or clipped."""
