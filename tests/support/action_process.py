"""The action's own process, as a step of a job starts it, many times over and ended at any moment.

The processes are forked from one that has imported everything already: two hundred of them cost seconds. From the fork
on each is what `python -I src/action_patterns/run.py upsert-pr` is: its environment, its stdout, its signals, its exit
code. Until it is waited for, a process's id is its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Job:
    """One run of a job: what the runner gives a step, and what the step leaves behind."""

    place: Path
    variables: dict[str, str]

    @property
    def log(self) -> str:
        return (self.place / "log").read_text()

    @property
    def summary(self) -> str:
        return (self.place / "summary").read_text()

    @property
    def outputs(self) -> dict[str, str]:
        """GITHUB_OUTPUT as the runner reads it; empty if the step wrote none."""
        lines = iter((self.place / "output").read_text().splitlines())
        found: dict[str, str] = {}
        for line in lines:
            name, _, end = line.partition("<<")
            value: list[str] = []
            for text in lines:
                if text == end:
                    break
                value.append(text)
            else:
                raise AssertionError(f"the output {name} does not end")
            found[name] = "\n".join(value)
        return found


def job(place: Path, addresses: Sequence[str], workspace: Path, **inputs: str) -> Job:
    """A fresh run of `upsert-pr` in a workspace; `addresses`: server, API and GraphQL."""
    (place / "temp").mkdir(parents=True)
    for name in ("output", "summary"):
        (place / name).touch()
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/api",
        "GITHUB_SHA": "0" * 40,
        "GITHUB_WORKFLOW": "Test",
        "GITHUB_JOB": "test",
        "GITHUB_EVENT_NAME": "workflow_dispatch",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(place / "temp"),
        "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
        "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
        "INPUT_JOB_TOKEN": "tok-bot",
    }
    variables |= dict(zip(("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL"), addresses, strict=True))
    return Job(place, variables | {f"INPUT_{name.upper()}": value for name, value in inputs.items()})


@dataclass(frozen=True)
class Death:
    """When a process gets its signal: so many seconds after its start, or as soon as a file is there and not empty."""

    seconds: float = 0
    file: Path | None = None
    signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code (negative: the signal that killed it), and how long after its signal."""

    code: int
    seconds: float


class ActionProcesses:
    """Starts processes of the action."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def run(self, step: Job, death: Death | None = None) -> End:
        """Let one live to its end, or to the death that is meant for it."""
        return self._ask([step], death)[0]

    def race(self, steps: Sequence[Job]) -> list[int]:
        """Start one process a step, all at once; their exit codes."""
        return [end.code for end in self._ask(steps, None)]

    def _ask(self, steps: Sequence[Job], death: Death | None) -> list[End]:
        lives = [(step.variables, str(step.place / "log")) for step in steps]
        planned = death and (death.seconds, str(death.file or ""), int(death.signal))
        self._stdin.write(json.dumps([lives, planned]) + "\n")
        self._stdin.flush()
        return [End(*each) for each in json.loads(self._stdout.readline())]


@contextmanager
def action_processes() -> Iterator[ActionProcesses]:
    """The process they are forked from."""
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        yield ActionProcesses(parent.stdin, parent.stdout)
        parent.stdin.close()
        assert parent.wait(10) == 0


def _main() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from action_patterns import registry, run  # noqa: F401 - all of it is imported before the fork
    from action_patterns.github_api.transport.transport import Transport  # noqa: F401
    from action_patterns.runner.clock import SystemClock
    from action_patterns.worktree import GitCheckout  # noqa: F401

    registry.load("upsert-pr")
    # The moments are real, and so are the races; how long it waits to look again is not the point.
    SystemClock.sleep = lambda self, seconds: time.sleep(seconds / 10)  # type: ignore[method-assign]
    for line in sys.stdin:
        lives, death = json.loads(line)
        ends = _live(lives, death)
        sys.stdout.write(json.dumps(ends) + "\n")
        sys.stdout.flush()


def _live(lives: Sequence[Any], death: Sequence[Any] | None) -> list[tuple[int, float]]:
    gate, opening = os.pipe()
    processes = [_fork(gate, opening, *life) for life in lives]
    os.close(gate)
    os.close(opening)  # They all read its end at once.
    struck = time.monotonic()
    if death:
        seconds, file, number = death
        time.sleep(seconds)
        while file and not (os.path.exists(file) and os.path.getsize(file)):  # noqa: PTH110, PTH202 - as fast as can be
            if os.waitid(os.P_PID, processes[0], os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
        struck = time.monotonic()
        os.kill(processes[0], number)
    ends = []
    for process in processes:
        _, status = os.waitpid(process, 0)
        ends.append((os.waitstatus_to_exitcode(status), time.monotonic() - struck))
    return ends


ENDINGS = {signal.SIGINT, signal.SIGTERM}


def _fork(gate: int, opening: int, variables: dict[str, str], log: str) -> int:
    # What comes before it is the action's process is kept for it: it was not there yet to be struck.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    process = os.fork()
    if process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        return process
    try:
        from action_patterns import run

        run.on_cancel(run._end)  # as run.py does first of all where it is the program
        os.close(opening)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for number in (1, 2):
            os.dup2(written, number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(variables["GITHUB_WORKSPACE"])
        os.read(gate, 1)
        run.start(["upsert-pr"])
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(int(end.code or 0))
    finally:
        os._exit(99)


if __name__ == "__main__":
    _main()
