"""Running git so that its answers depend on the repository alone, and telling what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from action_patterns.errors import InputError, Problem
from action_patterns.process import Completed, ProcessError, ProgramMissingError, run

TIMEOUT_SECONDS = 600.0
OLDEST = "2.25"
"""The first git with `--pathspec-from-file`."""
_IS_TOO_OLD = re.compile(r"unknown (?:option|switch)|is not a git command")

# Nothing in the background, no hook, and no format of the index that keeps parts of it in the user's repository.
_SETTINGS = {
    "core.fsmonitor": "false",
    "diff.orderFile": "/dev/null",
    "core.hooksPath": "/dev/null",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "index.sparse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_DEFAULT_HASH": "sha1",
    "GIT_PAGER": "cat",
}


class Git:
    """git in one directory. Refusals arrive as InputError: the checkout is the caller's, and so is the fix."""

    def __init__(self, directory: str | Path, environment: Mapping[str, str]) -> None:
        """`environment` is the child's whole environment; git needs PATH and HOME of it."""
        self._directory = Path(directory)
        self._environment = {**environment, **_ENVIRONMENT}

    def using(self, variables: Mapping[str, str]) -> Git:
        """The same with more variables."""
        return Git(self._directory, {**self._environment, **variables})

    def configured(self, settings: Sequence[tuple[str, str]]) -> Git:
        """The same with more settings, by its environment: an argument would show a token to every process."""
        first = int(self._environment.get("GIT_CONFIG_COUNT") or 0)
        variables = {"GIT_CONFIG_COUNT": str(first + len(settings))}
        for at, (key, value) in enumerate(settings, first):
            variables |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
        return self.using(variables)

    @property
    def directory(self) -> Path:
        """The directory that git runs in."""
        return self._directory

    def at(self, directory: Path) -> Git:
        """Return the same in another directory."""
        return Git(directory, self._environment)

    def variable(self, name: str) -> str:
        """Return a variable of git's environment. Empty: it is not set."""
        return self._environment.get(name, "")

    def run(self, *arguments: str, input: bytes = b"", expected: frozenset[int] = frozenset({0})) -> Completed:
        """Run one git command.

        Raises:
            InputError: git is missing, or refused.
        """
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        try:
            return run(
                ["git", *settings, *arguments],
                cwd=self._directory,
                env=self._environment,
                input=input,
                timeout_seconds=TIMEOUT_SECONDS,
                expected=expected,
            )
        except ProgramMissingError:
            raise InputError(
                Problem("There is no git on this runner.", f"Install git {OLDEST} or newer in an earlier step.")
            ) from None
        except ProcessError as error:
            raise InputError(self._meaning(arguments, error)) from None

    def lines(self, *arguments: str, input: bytes = b"") -> tuple[str, ...]:
        """The NUL-terminated items a command prints, decoded as Python does file names."""
        return split(self.run(*arguments, input=input).stdout)

    def _meaning(self, arguments: Sequence[str], error: ProcessError) -> Problem:
        said = error.completed.stderr_tail if error.completed else ""
        place = self._directory
        if "dubious ownership" in said or "safe.directory" in said:
            return Problem(
                f"git does not trust {place}: it belongs to another user (usual in a job with `container:`).",
                'Add a step before: run: git config --global --add safe.directory "$GITHUB_WORKSPACE"',
            )
        if "not a git repository" in said or not place.is_dir():
            return Problem(
                f"{place} is not a git repository.",
                "Run actions/checkout before this step. If it has `path`, write the same `path` here.",
            )
        if "sparse-checkout definition" in said:
            return Problem(
                f"There are new files outside of the sparse checkout, which git does not add: {said}",
                "Name their directories in actions/checkout's `sparse-checkout:`, or limit `paths` to what is inside.",
            )
        if not error.completed:
            return Problem(error.message, error.remediation)
        if _IS_TOO_OLD.search(said):
            return Problem(
                f"git on this runner is too old ({self._version()}): it does not know what `git {arguments[0]}` was"
                f" asked ({said.splitlines()[0]}).",
                f"Install git {OLDEST} or newer in an earlier step, or use a newer image for the runner.",
            )
        return Problem(
            f"git {arguments[0]} refused: {said or f'exit code {error.completed.returncode}'}",
            "Correct the checkout so that this git command works in it.",
        )

    def _version(self) -> str:
        with suppress(ProcessError):
            asked = run(["git", "--version"], cwd="/", env=self._environment, timeout_seconds=TIMEOUT_SECONDS)
            return asked.stdout.decode(errors="replace").strip().removeprefix("git version ")
        return "its version is unknown"


def split(output: bytes) -> tuple[str, ...]:
    """NUL-terminated items. Bytes that are not UTF-8 survive a round trip."""
    return tuple(output.decode("utf-8", "surrogateescape").split("\0")[:-1])


def some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = ", ".join(repr(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
