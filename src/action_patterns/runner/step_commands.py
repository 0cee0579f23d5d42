"""ports.Processes for the commands of a workflow step."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from action_patterns.errors import InputError, Problem
from action_patterns.ports.processes import Command, Ended, StepFiles
from action_patterns.process.supervised import supervise
from action_patterns.runner.command_files import pairs
from action_patterns.runner.commands import Commands
from action_patterns.runner.leftovers import remedy
from action_patterns.runner.pass_through import Disarmed, PassThrough

_FILES = {
    "output": "GITHUB_OUTPUT",
    "env": "GITHUB_ENV",
    "path": "GITHUB_PATH",
    "summary": "GITHUB_STEP_SUMMARY",
    "state": "GITHUB_STATE",
}
_BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""GitHub docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`."""
_SCRIPT = "script.sh"
_PUBLISHED = ("env", "path", "summary")
_MAX_BYTES = 16 * 1024 * 1024
"""The runner itself keeps at most 1 MiB of outputs and of a summary."""
CANCELLED = "Cancelled. The command and everything that it started were ended."


class StepCommands:
    """Runs commands as the runner runs those of a step. Each has its own files in the place of the step's."""

    def __init__(
        self,
        workspace: str,
        temp: str,
        variables: Mapping[str, str],
        commands: Commands,
        *,
        streams: tuple[int, int] = (1, 2),
    ) -> None:
        """`variables`: the environment of the caller's own commands, with the runner's files of this step. `streams`:
        file descriptors of the step's standard output and error.
        """
        self._workspace = workspace
        self._temp = temp
        self._variables = variables
        self._commands = commands
        self._streams = streams

    def run(self, command: Command) -> Ended:
        """Run a command until it and all it started are gone.

        Raises:
            InputError: the working directory is none, or RUNNER_TEMP takes no file.
        """
        directory = self._directory(command.working_directory)
        place = Path(self._temp, f"action-patterns-command-{os.urandom(8).hex()}")
        try:
            place.mkdir(mode=0o700, parents=True)
            for name in _FILES:
                (place / name).touch()
            if command.script:
                text = f"{command.script}\n"
                (place / _SCRIPT).write_text(text, encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            what = f"The files of a command cannot be written in RUNNER_TEMP: {error.strerror}."
            raise InputError(Problem(what, remedy(error, self._temp))) from None
        try:
            return self._run(command, directory, place)
        except Exception:
            raise
        except BaseException as cancelled:
            cancelled.add_note(CANCELLED)
            raise
        finally:
            for name in (*_FILES, _SCRIPT):
                with suppress(OSError):
                    (place / name).unlink(missing_ok=True)
            with suppress(OSError):  # The command has put something there.
                place.rmdir()

    def _run(self, command: Command, directory: Path, place: Path) -> Ended:
        output = Disarmed(self._commands.line) if command.isolated else PassThrough(*self._streams)
        argv = command.argv
        if not argv:
            argv = (*_BASH, *(("-u",) if command.nounset else ()), str(place / _SCRIPT))
        started = time.monotonic()
        lease = command.lease
        try:
            ended = supervise(
                argv,
                cwd=directory,
                env=self._environment(command, place),
                timeout_seconds=lease.seconds if lease else command.timeout_seconds,
                grace_seconds=command.grace_seconds,
                keep_background=command.keep_background,
                sinks=None if command.keep_background else (output.stdout, output.stderr),
                extend=lease.extend if lease else None,
                extend_every_seconds=lease.every_seconds if lease else 0.0,
            )
            if ended.refused:
                output.stderr(f"{argv[0]}: {os.strerror(ended.refused)}\n".encode())
        finally:
            output.close()
        return Ended(
            exit_code=ended.exit_code,
            timed_out=ended.timed_out,
            seconds=time.monotonic() - started,
            output=self._commands.secrets.redact(output.tail().decode(errors="replace")),
            files=StepFiles() if command.isolated else _read(place),
            background=ended.background,
            survivors=ended.survivors,
        )

    def publish(self, files: StepFiles) -> None:
        """Append to the files of the step."""
        for name, content in (("env", files.env), ("path", files.path), ("summary", files.summary)):
            if content and (file := self._variables.get(_FILES[name])):
                with Path(file).open("ab") as stream:
                    stream.write(content if content.endswith(b"\n") else content + b"\n")

    def _environment(self, command: Command, place: Path) -> dict[str, str]:
        if command.isolated:
            return dict(command.environment)
        files = {variable: str(place / name) for name, variable in _FILES.items() if variable in self._variables}
        return {**self._variables, **command.environment, **files}

    def _directory(self, path: str) -> Path:
        directory = Path(self._workspace, path)
        if directory.is_dir():
            return directory
        what = "is a file" if directory.exists() else "does not exist"
        raise InputError(
            Problem(
                f"`working-directory` is {path!r}, which {what}.",
                "Name a directory that is there when this step runs; a relative one is below the workspace.",
            )
        )


def _read(place: Path) -> StepFiles:
    """Return what a command wrote for the runner. A file that the runner would refuse counts for nothing."""
    problems = []
    contents = {}
    for name in ("output", *_PUBLISHED):
        try:
            contents[name] = _content(place / name, _FILES[name])
        except ValueError as problem:
            problems.append(str(problem))
            contents[name] = b""
    outputs, odd_outputs = pairs(contents["output"], _FILES["output"])
    _, odd_env = pairs(contents["env"], _FILES["env"])
    return StepFiles(
        outputs=outputs,
        env=b"" if odd_env else contents["env"],
        path=contents["path"],
        summary=contents["summary"],
        problems=(*problems, *(problem for problem in (odd_outputs, odd_env) if problem)),
    )


def _content(path: Path, name: str) -> bytes:
    """Return a file's bytes. A command may remove a file that it does not need.

    Raises:
        ValueError: it is no file any more, or too large.
    """
    try:
        # A pipe in its place would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ValueError(f"{name} cannot be read after the command: {error.strerror}.") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{name} is no file any more after the command.")
        if status.st_size > _MAX_BYTES:
            raise ValueError(f"{name} has {status.st_size:,} bytes; at most {_MAX_BYTES:,} are read.")
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
