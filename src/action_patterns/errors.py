"""Every error this product raises on purpose.

    ActionPatternsError
    ├── InputError              input           exit 2   the caller's inputs or files are wrong; nothing was done
    ├── AuthenticationError     authentication  exit 1   the token was refused
    ├── PermissionDeniedError   permission      exit 1   the token is valid and may not do this
    ├── NotFoundError           not-found       exit 1   absent, or invisible to this token
    ├── ConflictError           conflict        exit 1   GitHub refused a write because of the target's state
    │   ├── LostRaceError       conflict        exit 1   another writer moved the ref first; planning again is safe
    │   └── RefusedError        conflict        exit 1   refused for good (validation failed)
    ├── RateLimitedError        rate-limit      exit 1   a limit would be waited for longer than allowed
    ├── UnavailableError        unavailable     exit 1   5xx, connection or time-out: try again
    │   ├── UnreachableError    unavailable     exit 1   no connection: the request was not sent
    │   ├── UnexpectedAnswerError unavailable   exit 1   an answer that is none of GitHub's
    │   └── AnswerLostError     unavailable     exit 1   a write was sent, its answer never came: look before resending
    └── DefectError             defect          exit 70  a bug in action-patterns

`message` says what happened and why, `remediation` says how to fix it (and what not to do).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

Category = Literal[
    "input",
    "authentication",
    "permission",
    "not-found",
    "conflict",
    "rate-limit",
    "unavailable",
    "defect",
]

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_DEFECT = 70
EXIT_TIMED_OUT = 124
EXIT_NOT_EXECUTABLE = 126
EXIT_NOT_FOUND = 127
EXIT_SIGNAL = 128
"""128 and the number of the signal, as shells have it."""
EXIT_INTERRUPTED = EXIT_SIGNAL + 2
"""SIGINT."""
EXIT_TERMINATED = EXIT_SIGNAL + 15
"""SIGTERM."""


class ExitCode(NamedTuple):
    """An exit code of an action."""

    code: str
    meaning: str
    of_command: bool = False
    """Only an action that runs a command of the caller can end with it."""


EXIT_CODES = (
    ExitCode("0", "The action did its work, or there was nothing to do."),
    ExitCode(
        f"{EXIT_FAILED}",
        "The action failed: a refusal, an outage, or something that it found. The annotation names cause and fix.",
    ),
    ExitCode(f"{EXIT_BAD_INPUT}", "Inputs or files are wrong. The action sent, wrote and ran nothing."),
    ExitCode(f"{EXIT_DEFECT}", "A defect in action-patterns. A rerun is safe. Please report it."),
    ExitCode(f"{EXIT_INTERRUPTED}, {EXIT_TERMINATED}", "The run was cancelled (SIGINT, SIGTERM)."),
    ExitCode(
        "1 to 255",
        "The command's exit code, where it failed. A number of this table may be the command's; the output `exit-code`"
        " repeats it, and bad input leaves no outputs.",
        of_command=True,
    ),
    ExitCode(f"{EXIT_TIMED_OUT}", "The command's time was over, and it was ended.", of_command=True),
    ExitCode(f"{EXIT_NOT_EXECUTABLE}", "The command may not be run, or is no program.", of_command=True),
    ExitCode(f"{EXIT_NOT_FOUND}", "The command was not found.", of_command=True),
    ExitCode(f"{EXIT_SIGNAL} + n", "Signal n ended the command: 137 is SIGKILL, often for memory.", of_command=True),
)
"""The exit codes of every action: this table is in each README and in docs/exit-codes.md."""


class ActionPatternsError(Exception):
    """Base of all deliberate errors."""

    category: ClassVar[Category] = "defect"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = EXIT_FAILED

    def __init__(self, message: str, *, remediation: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remediation = remediation
        self.request_id = request_id


class InputError(ActionPatternsError):
    """One or more inputs are wrong. `problems` holds every problem found, each with its own fix."""

    category = "input"
    exit_code = EXIT_BAD_INPUT

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(
            "\n".join(problem.what for problem in problems),
            remediation="\n".join(dict.fromkeys(problem.fix for problem in problems)),
        )


class Problem:
    """One thing wrong with what the caller gave us: where, what and why, and the fix."""

    __slots__ = ("file", "fix", "line", "path", "what")

    def __init__(
        self, what: str, fix: str, *, file: str | None = None, line: int | None = None, path: str | None = None
    ) -> None:
        """Say what is wrong. `file`, `line`: where the caller wrote it. `path`: the path that it is about, as given."""
        self.what = what
        self.fix = fix
        self.file = file
        self.line = line
        self.path = path

    def __repr__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"Problem({place}{self.what!r})"


class AuthenticationError(ActionPatternsError):
    """GitHub answered 401: the token is missing, expired, revoked or malformed."""

    category = "authentication"


class PermissionDeniedError(ActionPatternsError):
    """GitHub answered 403 for another reason than a limit."""

    category = "permission"


class NotFoundError(ActionPatternsError):
    """GitHub answered 404: the thing is absent, or this token may not see it."""

    category = "not-found"


class ConflictError(ActionPatternsError):
    """GitHub refused a write because of the state the target is in."""

    category = "conflict"


class LostRaceError(ConflictError):
    """A compare-and-swap found another value than the one that was read: read again and plan again."""

    retryable = True


class RefusedError(ConflictError):
    """GitHub refused a request for good (422): sending it again gives the same answer."""


class RateLimitedError(ActionPatternsError):
    """A limit was reached and waiting for it would take longer than allowed.

    `resumes_at` is the time (UTC) from which a rerun is safe, where GitHub said it.
    """

    category = "rate-limit"
    retryable = True

    def __init__(
        self,
        message: str,
        *,
        remediation: str,
        request_id: str | None = None,
        resumes_at: datetime | None = None,
    ) -> None:
        super().__init__(message, remediation=remediation, request_id=request_id)
        self.resumes_at = resumes_at


class UnavailableError(ActionPatternsError):
    """GitHub or the network failed for now: 5xx, a reset connection or a time-out, after all retries."""

    category = "unavailable"
    retryable = True


class UnreachableError(UnavailableError):
    """No connection came about, so the request was not sent."""


class UnexpectedAnswerError(UnavailableError):
    """An answer is not of the form that GitHub documents: something else made it, or changed it."""


class AnswerLostError(UnavailableError):
    """A write that must not be repeated blindly was sent, and its answer never came. It may have taken effect."""


class DefectError(ActionPatternsError):
    """A bug in action-patterns."""

    category = "defect"
    exit_code = EXIT_DEFECT
