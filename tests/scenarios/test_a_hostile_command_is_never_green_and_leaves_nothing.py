"""Commands that end badly, in the real process of `retry`. Each is one that a widely used retry action gets wrong, or
that shows what it gets right: no death is green, nothing outlives its step, no two attempts run at once.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest

from support.action_process import ActionProcesses, Death, Job, job
from support.editions import without_github
from support.process_trees import KINDS, MARK, living, until

pytestmark = without_github(why="A command of the caller sends no request.")

ADDRESSES = ("https://github.com", "https://api.github.com", "https://api.github.com/graphql")
FAST = {"delay_seconds": "0", "grace_seconds": "0.2"}

FIRST_ATTEMPT = "test -e tried && { rm tried; exit 0; }; touch tried\n"
"""A line that ends the second attempt well."""
ALONE = 'mkdir alone || touch together\ntrap "rmdir alone" EXIT\n'
"""Lines that note a second copy at the same time."""


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A command, and how its step must end."""

    run: str
    code: int
    inputs: dict[str, str] = field(default_factory=dict)
    attempts: int | None = 1
    """None: as many as the machine has time for."""
    timed_out: bool = False
    holds: Callable[[Path, Job], bool] = lambda workspace, step: True


ONE, TWO, THREE = ({"attempts": str(n)} for n in (1, 2, 3))

COMMANDS: dict[str, Hostile] = {
    "a success": Hostile(run="true", code=0),
    "an exit code": Hostile(run="exit 42", code=42, inputs=ONE),
    "the last of several lines": Hostile(run="true\ntrue\nexit 9", code=9, inputs=ONE),
    "the first of several lines": Hostile(run="false\ntrue", code=1, inputs=ONE),
    "a pipeline": Hostile(run="exit 4 | cat", code=4, inputs=ONE),
    "killed for memory": Hostile(run="kill -KILL $$", code=137, inputs=ONE),
    "killed behind exec": Hostile(run="exec bash -c 'kill -KILL $$'", code=137, inputs=ONE),
    "killed as the last line": Hostile(run="true\nbash -c 'kill -KILL $$'", code=137, inputs=ONE),
    "a segmentation fault": Hostile(run="ulimit -c 0; kill -SEGV $$", code=139, inputs=ONE),
    "SIGTERM of itself": Hostile(run="kill -TERM $$; sleep 1000", code=143, inputs=ONE),
    "SIGINT of itself": Hostile(run="kill -INT $$; sleep 1000", code=130, inputs=ONE),
    "an absent program": Hostile(run="absent-program-of-a-test", code=127, inputs=THREE),
    "no program": Hostile(run="./data", code=126, inputs=THREE),
    "a syntax error": Hostile(run="if true; then", code=2, inputs=ONE),
    "stdin": Hostile(run="cat; read -r line || exit 6", code=6, inputs=ONE),
    "an outlived timeout": Hostile(run="sleep 1000", code=124, inputs=ONE | {"timeout_seconds": "0.3"}, timed_out=True),
    "a timeout, then a success": Hostile(
        run=f"{FIRST_ATTEMPT}sleep 1000", code=0, attempts=2, inputs=TWO | {"timeout_seconds": "3"}
    ),
    "a child that ignores SIGTERM": Hostile(
        run=KINDS["deaf"], code=124, inputs=ONE | {"timeout_seconds": "0.3"}, timed_out=True
    ),
    "a daemon": Hostile(run=KINDS["a daemon"], code=124, inputs=ONE | {"timeout_seconds": "0.5"}, timed_out=True),
    "a daemon of a success": Hostile(run="(setsid sleep 1000 &)", code=0, inputs=ONE),
    "a trap that ends a timeout with 0": Hostile(
        run=KINDS["a trap that exits 0"], code=124, inputs=ONE | {"timeout_seconds": "0.5"}, timed_out=True
    ),
    "two attempts": Hostile(
        run=f"{ALONE}(trap '' TERM; sleep 0.4) & sleep 1000", code=124, attempts=2, timed_out=True,
        inputs=TWO | {"timeout_seconds": "0.2", "grace_seconds": "2"},
        holds=lambda workspace, step: not (workspace / "together").exists(),
    ),
    "a budget": Hostile(
        run="sleep 1000", code=124, attempts=None, timed_out=True,
        inputs=THREE | {"timeout_seconds": "0.8", "budget_seconds": "1.5"},
    ),
    "one code to retry": Hostile(run="exit 7", code=7, inputs=THREE | {"retry_on": "exit: 8"}),
    "that code": Hostile(run=f"{FIRST_ATTEMPT}exit 8", code=0, attempts=2, inputs=THREE | {"retry_on": "exit: 8"}),
    "quotes": Hostile(
        run="""printf '%s' "it's \\"\\$HOME\\" \\`x\\` \\\\ ;&|" >quoted""", code=0,
        holds=lambda workspace, step: (workspace / "quoted").read_text() == "it's \"$HOME\" `x` \\ ;&|",
    ),
    "20 MB": Hostile(
        run="head -c 20000000 /dev/zero | tr '\\0' y", code=0,
        holds=lambda workspace, step: step.log.count("y") >= 20_000_000,
    ),
    "a line without an end": Hostile(
        run="printf last", code=0, holds=lambda workspace, step: "last\n" in step.log,
    ),
    "an open heredoc, then a success": Hostile(
        run=f'{FIRST_ATTEMPT}echo "a<<E" >>"$GITHUB_OUTPUT"; exit 1', code=0, attempts=2, inputs=TWO,
    ),
    "outputs": Hostile(
        run='echo "exit-code=7" >>"$GITHUB_OUTPUT"', code=0,
        holds=lambda workspace, step: json.loads(step.outputs["outputs"]) == {"exit-code": "7"},
    ),
}  # fmt: skip


class Step:
    """A step of a job whose processes are marked."""

    def __init__(self, place: Path, run: str, **inputs: str) -> None:
        self.workspace = place / "work"
        self.workspace.mkdir()
        (self.workspace / "data").write_text("no program\n")
        self.mark = uuid4().hex
        self.up = place / "up"
        made = job(place / "step", ADDRESSES, self.workspace, run=run, **FAST | inputs)
        marks = {MARK: self.mark, "UP": str(self.up)}
        self.job = replace(made, action="retry", variables={**made.variables, **marks})

    def living(self) -> list[str]:
        return living(self.mark)


@pytest.mark.parametrize("name", COMMANDS)
def test_it_ends_as_it_must(processes: ActionProcesses, tmp_path: Path, name: str) -> None:
    hostile = COMMANDS[name]
    step = Step(tmp_path, hostile.run, **hostile.inputs)
    end = processes.run(step.job)
    assert end.code == hostile.code, step.job.log
    assert not step.living()
    outputs = step.job.outputs
    assert int(outputs["exit-code"]) == hostile.code
    assert hostile.attempts in (int(outputs["attempts"]), None)
    assert outputs["timed-out"] == ("true" if hostile.timed_out else "false")
    assert hostile.holds(step.workspace, step.job)


def test_a_budget_is_kept(processes: ActionProcesses, tmp_path: Path) -> None:
    """Of three attempts of 0.8 s only as much is begun as 1.5 s hold; starting and ending are in the tenth."""
    step = Step(tmp_path, "sleep 1000", attempts="3", timeout_seconds="0.8", budget_seconds="1.5")
    processes.run(step.job)
    assert float(step.job.outputs["elapsed"]) <= 1.5 * 1.1


@pytest.mark.parametrize("kind", ["a child", "deaf", "a session", "a daemon", "stopped", "a chain"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_step_that_is_ended_takes_its_tree_along(
    processes: ActionProcesses, tmp_path: Path, kind: str, number: signal.Signals
) -> None:
    # GitHub gives a cancelled step less time than this grace. A killed one gets all of it.
    grace = "1" if number == signal.SIGKILL else "30"
    step = Step(tmp_path, KINDS[kind], attempts="3", grace_seconds=grace)
    end = processes.run(step.job, Death(file=step.up, signal=number))
    assert end.code == (-number if number == signal.SIGKILL else 128 + number), step.job.log
    if number != signal.SIGKILL:
        # GitHub sends SIGTERM 7.5 seconds after SIGINT.
        assert end.seconds < 7.5
        assert "Cancelled. The command and everything that it started were ended." in step.job.log
        assert not step.living()
    assert until(lambda: not step.living()), step.living()
