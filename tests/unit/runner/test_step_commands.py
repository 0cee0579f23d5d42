"""A caller's command, as the runner runs those of a step."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from action_patterns.action.inputs import Inputs
from action_patterns.errors import InputError
from action_patterns.ports.processes import Command, Ended, Lease, StepFiles
from action_patterns.runner.commands import Commands
from action_patterns.runner.environment import for_own_commands
from action_patterns.runner.inputs import variables_of
from action_patterns.runner.step_commands import CANCELLED, StepCommands

FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


class Step:
    """A step with its files, whose log is read."""

    def __init__(self, place: Path, variables: Mapping[str, str] | None = None) -> None:
        self.workspace, self.temp = place / "work", place / "temp"
        self.workspace.mkdir()
        self.temp.mkdir()
        self.files = {name: place / name for name in FILES}
        for file in self.files.values():
            file.write_text("before\n")
        self.log = place / "log"
        self._log = os.open(self.log, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self.said = io.StringIO()
        self.commands = Commands(self.said)
        given = {"PATH": os.environ["PATH"], **(variables or {})}
        named = {name: str(file) for name, file in self.files.items()}
        self.steps = StepCommands(
            str(self.workspace), str(self.temp), given | named, self.commands, streams=(self._log, self._log)
        )

    def run(self, script: str, **given: Any) -> Ended:
        return self.steps.run(Command(script=script, **given))


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path, {"MINE": "1"})


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("false\ntrue", 1),
        ("exit 4 | cat", 4),
        ("x=$(exit 5)\ntrue", 5),
        ("echo $ABSENT", 0),
        ("[[ $- != *i* ]]; shopt -q login_shell && exit 9; true", 0),
        ("if true; then", 2),
        ("# nothing", 0),
    ],
)
def test_a_script_runs_as_the_runners_bash_does(step: Step, script: str, code: int) -> None:
    assert step.run(script).exit_code == code


def test_an_unset_variable_ends_the_script_only_if_asked(step: Step) -> None:
    assert step.run("echo $ABSENT; true", nounset=True).exit_code == 1


def test_a_command_runs_for_as_long_as_its_lease_is_extended(step: Step) -> None:
    given = iter([3_600.0, 0.0])
    ended = step.run("sleep 7200", lease=Lease(3_600.0, 0.02, lambda: next(given, 0.0)), grace_seconds=0.2)
    assert (ended.exit_code, ended.timed_out, next(given, None)) == (124, True, None)


def test_nothing_is_spliced_into_a_shell(step: Step) -> None:
    text = "$(touch x) `touch x` ; touch x"
    ended = step.steps.run(Command(argv=("printf", "%s", text), environment={"Y": text}))
    assert ended.output == text
    assert step.run('printf %s "$Y"', environment={"Y": text}).output == text
    assert list(step.workspace.iterdir()) == []


def test_every_command_has_files_of_its_own(step: Step) -> None:
    script = 'for name in OUTPUT ENV PATH STEP_SUMMARY; do f="GITHUB_$name"; echo "n=$1" >>"${!f}"; done; exit 3'
    first, second = step.run(script), step.run(f"set -- 2\n{script}")
    assert [first.files.outputs, second.files.outputs] == [{"n": ""}, {"n": "2"}]
    assert second.files.env == second.files.path == second.files.summary == b"n=2\n"
    assert {file.read_text() for file in step.files.values()} == {"before\n"}
    step.steps.publish(second.files)
    texts = {name: file.read_text() for name, file in step.files.items()}
    assert texts == {name: "before\n" if name == "GITHUB_OUTPUT" else "before\nn=2\n" for name in FILES}
    assert list(step.temp.iterdir()) == []


def test_a_file_that_the_runner_would_refuse_is_named_and_not_published(step: Step) -> None:
    ended = step.run('echo "a<<E" >>"$GITHUB_ENV"; echo x >>"$GITHUB_OUTPUT"; echo text >>"$GITHUB_STEP_SUMMARY"')
    assert ended.exit_code == 0
    assert (ended.files.env, ended.files.outputs, ended.files.summary) == (b"", {}, b"text\n")
    assert list(ended.files.problems) == [
        "Line 1 of GITHUB_OUTPUT is neither `name=value` nor `name<<delimiter`.",
        "The value that begins at line 1 of GITHUB_ENV has no end: no line is its delimiter.",
    ]


@pytest.mark.parametrize(
    ("script", "problems"),
    [
        ('rm "$GITHUB_OUTPUT" "$GITHUB_ENV"', []),
        ('rm -rf "${GITHUB_OUTPUT%/*}"', []),
        ('rm "$GITHUB_OUTPUT"; mkdir "$GITHUB_OUTPUT"', ["GITHUB_OUTPUT is no file any more after the command."]),
        ('rm "$GITHUB_ENV"; mkfifo "$GITHUB_ENV"', ["GITHUB_ENV is no file any more after the command."]),
        ('ln -sf /etc/passwd "$GITHUB_PATH"', ["GITHUB_PATH cannot be read after the command: Too many"]),
        ('truncate -s 17M "$GITHUB_OUTPUT"', ["GITHUB_OUTPUT has 17,825,792 bytes; at most 16,777,216 are read."]),
    ],
)  # fmt: skip
def test_files_that_a_command_removes_or_replaces_are_no_defect(step: Step, script: str, problems: list[str]) -> None:
    ended = step.run(script)
    assert ended.exit_code == 0
    assert [problem[: len(known)] for problem, known in zip(ended.files.problems, problems, strict=True)] == problems
    assert ended.files.outputs == {}
    assert ended.files.env == ended.files.path == b""


def test_a_directory_for_files_that_is_gone_is_made_and_one_that_takes_none_is_named(step: Step) -> None:
    step.temp.rmdir()
    assert step.run("true").exit_code == 0
    step.temp.rmdir()
    step.temp.write_text("no directory")
    with pytest.raises(InputError, match="cannot be written in RUNNER_TEMP"):
        step.run("true")


def test_a_file_without_an_end_of_line_does_not_run_into_the_next(step: Step) -> None:
    step.steps.publish(StepFiles(env=b"A=1"))
    step.steps.publish(StepFiles(env=b"B=2\n"))
    assert step.files["GITHUB_ENV"].read_text() == "before\nA=1\nB=2\n"


def test_the_callers_command_has_the_environment_of_its_step_without_our_inputs() -> None:
    class Given(Inputs):
        run: str
        budget_seconds: int

    ours = variables_of(Given)
    kept = {"PATH": "/bin", "INPUT_OF_ANOTHER": "1", "GITHUB_TOKEN": "t", "PYDANTIC_DISABLE_PLUGINS": "mine"}
    added = {"INPUT_RUN": "x", "INPUT_BUDGET_SECONDS": "3", "INPUT_BUDGET-SECONDS": "3", "BASH_ENV": ""}
    assert for_own_commands(kept | added, ours) == kept
    assert for_own_commands({"PYDANTIC_DISABLE_PLUGINS": "__all__", "BASH_ENV": "/x"}, ours) == {"BASH_ENV": "/x"}


def test_a_command_over_content_of_others_has_what_it_is_given_and_reaches_no_runner(step: Step) -> None:
    step.commands.secrets.add("s3cr3t-value")
    ended = step.run('env | sort; echo "::error::x"; echo "##[group]"; echo s3cr3t-value; printf end >&2',
                     isolated=True, environment={"PATH": os.environ["PATH"], "A": "1"})  # fmt: skip
    names = {line.partition("=")[0] for line in ended.output.splitlines() if "=" in line}
    assert names <= {"A", "PATH", "PWD", "SHLVL", "_", "LC_CTYPE"}
    assert "A" in names
    assert ended.files == StepFiles()
    assert step.log.read_text() == ""
    shown = step.said.getvalue()
    assert ": :error::x\n## [group]\n***\n" in shown
    assert shown.endswith("end\n")


def test_what_the_callers_command_prints_passes_through_and_its_kept_end_has_no_secret(step: Step) -> None:
    step.commands.secrets.add("s3cr3t-value")
    ended = step.run("echo ::warning::w; echo s3cr3t-value; cat")
    assert step.log.read_text() == "::warning::w\ns3cr3t-value\n"  # The runner masks its log.
    assert ended.output == "::warning::w\n***\n"


def test_a_program_that_does_not_start_is_named(step: Step) -> None:
    assert step.steps.run(Command(argv=("absent-program",))).output == "absent-program: No such file or directory\n"


@pytest.mark.parametrize(("name", "what"), [("absent", "does not exist"), ("file", "is a file")])
def test_a_working_directory_that_is_none_is_an_input_error(step: Step, name: str, what: str) -> None:
    (step.workspace / "file").touch()
    with pytest.raises(InputError, match=what):
        step.run("true", working_directory=name)


def test_the_working_directory_is_below_the_workspace_or_absolute(step: Step, tmp_path: Path) -> None:
    (step.workspace / "a b").mkdir()
    assert step.run("pwd").output == f"{step.workspace}\n"
    assert step.run("pwd", working_directory="a b").output == f"{step.workspace}/a b\n"
    assert step.run("pwd", working_directory=str(tmp_path)).output == f"{tmp_path}\n"


def test_a_cancelled_command_says_what_became_of_it(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("action_patterns.runner.step_commands.supervise", cancelled)
    with pytest.raises(KeyboardInterrupt) as caught:
        step.run("true")
    assert caught.value.__notes__ == [CANCELLED]
    assert list(step.temp.iterdir()) == []
