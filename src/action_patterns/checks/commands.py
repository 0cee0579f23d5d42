"""Assertions about the result of a command. The caller says what it does; no check of ours changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from action_patterns.checks.assertion import Assertion, concluded, refused
from action_patterns.checks.check import Finding
from action_patterns.checks.expectations import Fault
from action_patterns.checks.specification import World
from action_patterns.errors import InputError
from action_patterns.escape import visible
from action_patterns.ports.processes import Command, Ended


def _codes(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


ExitCode = Annotated[int, Field(ge=0, le=255)]


class CommandResult(Assertion):
    """The exit code of a command, and what it prints."""

    subject: ClassVar[str] = "command"

    command: str = Field(
        min_length=1,
        description="Lines of bash, run as `shell: bash` of a step does. The tests are of what it prints, standard"
        " output and error, without the last line ends.",
    )
    exit_code: Annotated[tuple[ExitCode, ...], BeforeValidator(_codes)] = Field(
        default=(0,), min_length=1, description="The exit code that it must have, or several of which it has one."
    )
    timeout_seconds: float = Field(default=60.0, gt=0, le=21_600, description="Seconds after which it is ended.")
    working_directory: str = Field(default=".", description="A directory; a relative one is below the workspace.")

    def title(self) -> str:
        """Return the name in the table."""
        first, *more = self.command.strip().splitlines() or [""]
        return f"command {first}{' …' * bool(more)}"

    def answer(self, world: World) -> Finding:
        command = Command(
            script=self.command, working_directory=self.working_directory, timeout_seconds=self.timeout_seconds
        )
        # Several commands print into one log.
        world.ports.log.info(f"The command of `{visible(self.title())}` runs.")
        try:
            ended = world.ports.processes.run(command)
        except InputError as error:
            return refused(error)
        return concluded(list(self._faults(ended, world)))

    def _faults(self, ended: Ended, world: World) -> Iterator[Fault]:
        if ended.timed_out:
            what = f"The command did not end within {self.timeout_seconds:g} s, and was ended with all it started."
            yield Fault("command-timed-out", what, "Find what it waits for. Give it more time only if it needs it.")
            return
        if ended.exit_code not in self.exit_code:
            wanted = " or ".join(map(str, self.exit_code))
            what = f"The command ended with exit code {ended.exit_code}, and must end with {wanted}."
            yield Fault("wrong-exit-code", what, f"{_cause(ended.exit_code)} Do not append `|| true`.")
        if self.tests or self.path is not None or self.json_schema is not None:
            yield from self.faults_of(ended.output.rstrip("\r\n"), "The output of the command", world)


def _cause(code: int) -> str:
    match code:
        case 126:
            return "The program may not be run: set its mode with `chmod +x`, or check that it is for this machine."
        case 127:
            return "A program was not found: install it in an earlier step, or correct its name."
        case _ if code > 128:
            return f"Signal {code - 128} ended it; 9 is often a lack of memory."
        case _:
            return "Read what it printed above, in the log of this step."
