"""ports.Log on the log of a workflow step."""

from __future__ import annotations

from collections.abc import Mapping

from action_patterns.ports.log import Annotation
from action_patterns.runner.commands import Commands


class RunnerLog:
    """The log that a person following the run reads."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def info(self, message: str) -> None:
        """One or more lines of text."""
        self._commands.line(message)

    def annotate(self, annotation: Annotation) -> None:
        """A message beside the run, or beside a line of a file."""
        self._commands.annotate(annotation)

    def hide(self, secret: str) -> None:
        """Mask the value from now on, here and in everything that is rendered."""
        self._commands.secrets.add(secret)

    def conceal(self, labels: Mapping[str, str]) -> None:
        """Show repositories as their labels from now on, here and in everything that is rendered."""
        self._commands.secrets.conceal(labels)

    def redact(self, text: str) -> str:
        """The text with every secret of this run replaced."""
        return self._commands.secrets.redact(text)

    def progress(self, done: int, total: int, message: str) -> None:
        """`[ 7/480] message`: how far a long run has come."""
        self._commands.line(f"[{done:>{len(str(total))}}/{total}] {message}")
