"""The product's own process, as a step of a job or a person starts it, many times over and ended at any moment.

The processes are forked from one that has imported everything already: two hundred of them cost seconds. From the fork
on each is what `python -I src/action_patterns/run.py upsert-pr` is, or what `action-patterns apply` is: it has the same
variables, directory, streams, signals and exit code. Until it is waited for, a process's id is its own.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
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
    action: str = "upsert-pr"

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
class Said:
    """How a process ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


TERMINAL = "action-patterns"
Life = tuple[list[str], dict[str, str], str, str, str]
"""Program (an action, or TERMINAL with its arguments), variables, directory, file of stdout, file of stderr."""


def _life(step: Job) -> Life:
    log = str(step.place / "log")
    return [step.action], step.variables, step.variables["GITHUB_WORKSPACE"], log, log


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
        return self._ask([_life(step)], death)[0]

    def race(self, steps: Sequence[Job], death: Death | None = None) -> list[int]:
        """Start one process a step, all at once; their exit codes. `death`: that of the first."""
        return [end.code for end in self._ask([_life(step) for step in steps], death)]

    def action(self, name: str, variables: Mapping[str, str], place: Path) -> Said:
        """Run an action as a step of a job does. `place` gets its streams."""
        return self._command([name], variables, place, Path(variables["GITHUB_WORKSPACE"]))

    def terminal(self, arguments: Sequence[str], variables: Mapping[str, str], place: Path, directory: Path) -> Said:
        """Run `action-patterns` as a person does in a directory, without a terminal. `place` gets its streams."""
        return self._command([TERMINAL, *arguments], variables, place, directory)

    def _command(self, program: Sequence[str], variables: Mapping[str, str], place: Path, directory: Path) -> Said:
        out, err = place / "stdout", place / "stderr"
        (end,) = self._ask([(list(program), dict(variables), str(directory), str(out), str(err))], None)
        return Said(end.code, out.read_text(), err.read_text())

    def _ask(self, lives: Sequence[Life], death: Death | None) -> list[End]:
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


def _import_everything() -> None:
    """Import what any run imports, when it starts or later: what is left to the processes, each of them does again."""
    import github.GithubIntegration
    import github.Requester  # noqa: F401
    from pydantic import BaseModel

    import action_patterns

    for module in pkgutil.walk_packages(action_patterns.__path__, "action_patterns."):
        if not module.name.endswith("__main__"):
            __import__(module.name)
    models = [BaseModel]
    for model in models:
        models += model.__subclasses__()
        if model.__module__.startswith("action_patterns."):
            model.model_rebuild()  # a model is built when it is first used


def _main() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    _import_everything()
    from action_patterns.runner.clock import SystemClock

    # The moments are real, and so are the races; how long it waits to look again is not the point.
    SystemClock.sleep = lambda self, seconds: time.sleep(seconds / 10)  # type: ignore[method-assign]
    gc.freeze()  # or the collector of each process writes to, and so copies, every page of these objects
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


def _fork(gate: int, opening: int, program: list[str], variables: dict[str, str], directory: str, *streams: str) -> int:
    # What comes before it is the action's process is kept for it: it was not there yet to be struck.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    process = os.fork()
    if process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        return process
    try:
        from action_patterns import cli, run

        run.on_cancel(run._end)  # as run.py does first of all where it is the program
        os.close(opening)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the commands to the parent are not for its processes
        for number, stream in enumerate(streams, 1):
            os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666), number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(directory)
        os.read(gate, 1)
        if program[0] == TERMINAL:
            sys.argv = program
            cli.main()
            raise SystemExit
        run.start(program)
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(end.code or 0))
    except BaseException:  # noqa: BLE001 - nothing of the parent's may run in its child
        traceback.print_exc()
    finally:
        os._exit(99)


if __name__ == "__main__":
    _main()
