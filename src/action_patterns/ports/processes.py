"""Commands that a caller gave, and everything they start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

GRACE_SECONDS = 5.0
"""Between SIGTERM and SIGKILL. GitHub gives a cancelled step 7.5 seconds before its own SIGTERM (GitHub docs, "Workflow
cancellation reference")."""


class Lease(NamedTuple):
    """Time of a command that its caller extends while the command runs, in place of a fixed limit."""

    seconds: float
    """Time from the start on. The command and all it started are ended after it, as for `timeout_seconds`."""
    every_seconds: float
    """Time between two calls of `extend`."""
    extend: Callable[[], float]
    """Returns the seconds that the command has from then on. While it blocks, the time that is left goes on, and the
    output of the command waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and how it runs. Exactly one of `script` and `argv` is given."""

    script: str = ""
    """Lines of bash. They run as GitHub's `shell: bash` does: `bash --noprofile --norc -eo pipefail FILE`."""
    argv: tuple[str, ...] = ()
    """A program and its arguments, without a shell."""
    nounset: bool = False
    """Bash ends at a variable that is not set (`-u`)."""
    working_directory: str = "."
    """A directory; a relative one is below the workspace."""
    timeout_seconds: float | None = None
    """Time after which the command and all it started are ended. None: no limit."""
    lease: Lease | None = None
    """In place of `timeout_seconds`: a limit that the caller extends."""
    grace_seconds: float = GRACE_SECONDS
    """Time between SIGTERM and SIGKILL."""
    keep_background: bool = False
    """Leave running what the command started and did not wait for, if the command itself succeeds."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of the step, or in their place where `isolated` is set."""
    isolated: bool = False
    """For commands over content of others: the command has `environment` and no other variable, and what it prints is
    kept and shown without an effect on the runner. Otherwise it is the caller's own command: it has its step's
    environment, without our inputs, and what it prints passes through as it comes."""


class StepFiles(NamedTuple):
    """The runner's files as one command wrote them. Each command has its own, so a killed one leaves no trace."""

    outputs: Mapping[str, str] = {}
    """GITHUB_OUTPUT by name. Empty where `problems` names the file."""
    env: bytes = b""
    """GITHUB_ENV as written. Empty where `problems` names the file."""
    path: bytes = b""
    """GITHUB_PATH as written."""
    summary: bytes = b""
    """GITHUB_STEP_SUMMARY as written."""
    problems: tuple[str, ...] = ()
    """Reasons why the runner would refuse a file: one sentence for each, with the file's name and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that ended, and whose processes are gone but for those named."""

    exit_code: int
    """As shells have it: 128 and the number of a signal, 127 for an absent program, 126 for one that may not run, 124
    where the time was over. Never 0 for a command that was ended by a signal or for time."""
    timed_out: bool = False
    seconds: float = 0.0
    """Time from its start until its processes were gone."""
    output: str = ""
    """The end of what it printed, standard output and error as they came, without secrets. At most 64 KiB."""
    files: StepFiles = field(default_factory=StepFiles)
    background: tuple[str, ...] = ()
    """Processes that a successful command left and that were ended, for example `sleep (pid 214)`."""
    survivors: tuple[str, ...] = ()
    """Processes that could not be ended, for example those of `sudo`. Nothing may be started beside them."""


class Processes(Protocol):
    """The only way of an action to start a command."""

    def run(self, command: Command) -> Ended:
        """Run a command until it and all it started are gone. A cancelled step ends them first, and then itself.

        Raises:
            InputError: the working directory is not there, or is a file.
            ProcessError: the command could not be supervised.
        """

    def publish(self, files: StepFiles) -> None:
        """Append what a command wrote for later steps (GITHUB_ENV, GITHUB_PATH), and its summary, to the step's files.

        Its outputs are not appended: an action gives them as one JSON output, never under a name of its own outputs.
        """
