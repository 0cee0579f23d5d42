"""`action-patterns plan` and `apply`, as a person runs them, against the sandbox."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.action_process import ActionProcesses, Said
from support.editions import first_on
from support.stage import TARGET, Stage, stage
from support.terminal_folder import DISTRIBUTION, SEED, terminal_variables

pytestmark = first_on("full", why="Each run is a process, and what it asks GitHub is what `distribute` asks.")


@pytest.fixture
def scene() -> Iterator[Stage]:
    with stage(SEED, served=True) as staged:
        yield staged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "distribution.yml").write_text(DISTRIBUTION)
    (tmp_path / "editorconfig").write_text("root = true\n")
    return tmp_path


Terminal = Callable[..., Said]


@pytest.fixture
def terminal(processes: ActionProcesses, scene: Stage, folder: Path) -> Terminal:
    return lambda *arguments, token="tok-bot": processes.terminal(
        arguments, terminal_variables(scene, folder, token), folder, folder
    )


def test_plan_shows_a_diff_for_each_target_and_writes_nothing(terminal: Terminal, scene: Stage, folder: Path) -> None:
    done = terminal("plan")
    assert done.returncode == 0, done.stderr
    assert "+root = true" in done.stdout
    assert "-root = false" in done.stdout
    assert "left out: acme/gone: archived" in done.stdout
    assert "2 of 3 targets would change, of 4 repositories visible to this token." in done.stdout
    assert scene.writes() == 0


def test_plan_says_what_is_blocked_and_how_to_go_on_and_is_red(terminal: Terminal, scene: Stage, folder: Path) -> None:
    terminal("apply", "--yes")
    repository = scene.sandbox.repository(TARGET)
    repository.commit_files(repository.pull(1).head, {"mine.txt": b"mine\n"}, message="Mine")
    done = terminal("plan")
    assert done.returncode == 1
    assert "human-commit (1): The bot branch holds a commit that is not ours" in done.stdout
    assert "`on-human-commits: append` puts our commit on top of theirs." in done.stdout


def test_plan_prints_nothing_of_a_target_that_acts_on_the_terminal(
    terminal: Terminal, scene: Stage, folder: Path
) -> None:
    scene.sandbox.repository("acme/other").commit_files(
        "main", {".editorconfig": b"\x1b]0;owned\x07\x1b[2Jold\rnew\xe2\x80\xae\n" + b"x" * 300 + b"\n"}
    )
    scene.sandbox.repository(TARGET).commit_files("main", {".editorconfig": b"\x89PNG\x00\x1b[31m"})
    done = terminal("plan")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    assert "-\ufffd]0;owned\ufffd\ufffd[2Jold␍new\ufffd\n" in done.stdout
    assert f"-{'x' * 300}\n" in done.stdout
    assert "Binary files a/.editorconfig and b/.editorconfig differ" in done.stdout


def test_apply_twice_opens_each_pull_request_once(terminal: Terminal, scene: Stage, folder: Path) -> None:
    first = terminal("apply", "--yes")
    assert first.returncode == 0, first.stderr
    assert len(scene.sandbox.repository(TARGET).pulls()) == 1
    assert len(scene.sandbox.repository("acme/web").pulls()) == 0
    scene.forget()
    second = terminal("apply", "--yes")
    assert second.returncode == 0, second.stderr
    assert scene.writes() == 0
    assert len(scene.sandbox.repository(TARGET).pulls()) == 1


def test_apply_without_a_terminal_asks_for_yes_and_does_nothing(scene: Stage, folder: Path) -> None:
    """In a process from its very start, as the console script is one."""
    done = subprocess.run(
        [sys.executable, "-c", "from action_patterns.cli import main; main()", "apply"],
        cwd=folder,
        env=terminal_variables(scene, folder),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 2
    assert "--yes" in done.stdout
    assert scene.writes() == 0


def test_a_broken_file_names_each_line_and_key(terminal: Terminal, scene: Stage, folder: Path) -> None:
    broken = DISTRIBUTION.replace("owners:", "ownerz:").replace("  title: Add .editorconfig", "  titel: x")
    (folder / "distribution.yml").write_text(broken)
    done = terminal("plan")
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "distribution.yml:3:" in said
    assert "targets.ownerz" in said
    assert "distribution.yml:8:" in said
    assert "pull-request.titel" in said
    assert "Traceback" not in done.stderr
    assert not list(scene.sandbox.requests)


def test_no_token_says_how_to_get_one(terminal: Terminal, scene: Stage, folder: Path) -> None:
    done = terminal("plan", token="")
    assert done.returncode == 2
    assert "gh auth token" in " ".join(done.stderr.split())


def test_a_named_repository_that_is_not_found_fails_beside_the_others(
    terminal: Terminal, scene: Stage, folder: Path
) -> None:
    wanted = DISTRIBUTION.replace("owners: [acme]", f"repositories: [{TARGET}, acme/absent]")
    (folder / "distribution.yml").write_text(wanted)
    planned = terminal("plan")
    assert planned.returncode == 1
    assert "acme/absent  failed   not-found" in planned.stdout
    assert "not-found (1): The selection names the repository" in planned.stdout
    assert "1 of 2 targets would change" in planned.stdout
    done = terminal("apply", "--yes")
    assert done.returncode == 1
    assert "not-found (1): The selection names the repository" in done.stdout
    assert len(scene.sandbox.repository(TARGET).pulls()) == 1


def _a_milestone_is_taken_off(scene: Stage) -> None:
    scene.sandbox.repository(TARGET).edit_pull(1, milestone=0)


def _a_person_commits(scene: Stage) -> None:
    branch = scene.sandbox.repository(TARGET).pull(1).head
    scene.sandbox.repository(TARGET).commit_files(branch, {"mine.txt": b"mine\n"}, message="Mine")


@pytest.mark.parametrize(
    ("event", "planned", "applied"),
    [
        (_a_milestone_is_taken_off, "planned fields #1", "updated fields #1"),
        (_a_person_commits, "unchanged up-to-date #1", "unchanged up-to-date #1"),
    ],
)
def test_plan_names_the_outcome_and_the_reason_of_what_apply_then_does(
    terminal: Terminal, scene: Stage, folder: Path, event: Callable[[Stage], None], planned: str, applied: str
) -> None:
    wanted = DISTRIBUTION.replace("owners: [acme]", f"repositories: [{TARGET}]")
    (folder / "distribution.yml").write_text(f"{wanted}  milestone: v1\n  on-human-commits: append\n")
    assert _row(terminal("apply", "--yes")).startswith("created opened #1")
    event(scene)
    scene.forget()
    assert _row(terminal("plan")).startswith(planned)
    assert scene.writes() == 0
    assert _row(terminal("apply", "--yes")).startswith(applied)


def _row(done: Said) -> str:
    """The outcome, the reason and the number of the target's line in the table."""
    assert done.returncode == 0, done.stderr + done.stdout
    return next(" ".join(line.split()[1:]) for line in done.stdout.splitlines() if line.startswith(f"{TARGET} "))
