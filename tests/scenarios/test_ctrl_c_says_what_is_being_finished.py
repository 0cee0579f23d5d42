"""A person presses Ctrl-C at a terminal, once or twice, while a target is being written."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from github_sandbox.faults import Fault
from support.editions import first_on
from support.stage import TARGET, Stage, stage
from support.terminal_folder import DISTRIBUTION, SEED, terminal_variables

pytestmark = first_on("full", why="It is about the process, and what it asks GitHub is the same.")

CTRL_C = b"\x03"
PROGRAM = "from action_patterns.cli import main; main()"
HELD_SECONDS = 60


class Person:
    """Someone at a terminal in which a command runs."""

    def __init__(self, command: subprocess.Popen[bytes], terminal: int) -> None:
        self.command, self._terminal, self.seen = command, terminal, ""

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def waits_for(self, text: str) -> None:
        """Read until the text is there. Line ends of the terminal count for nothing."""
        end = time.monotonic() + 30
        while text not in self.seen and time.monotonic() < end:
            if select.select([self._terminal], [], [], 0.5)[0]:
                try:
                    self.seen += os.read(self._terminal, 65_536).decode(errors="replace").replace("\r\n", "\n")
                except OSError:  # The other end is closed.
                    break
        assert text in self.seen, self.seen


@contextmanager
def applying(scene: Stage, folder: Path) -> Iterator[Person]:
    (folder / "distribution.yml").write_text(DISTRIBUTION)
    (folder / "editorconfig").write_text("root = true\n")
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "apply", "--yes"],
        cwd=folder,
        env=terminal_variables(scene, folder),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509 - the child has one thread
    )
    os.close(theirs)
    try:
        yield Person(command, ours)
    finally:
        command.kill()
        command.wait()
        os.close(ours)


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def held(scene: Stage, seconds: float) -> Fault:
    return scene.sandbox.faults.add(Fault.of("timeout", operation="pulls/create", seconds=seconds, times=2))


def until_one_is_held(fault: Fault) -> None:
    end = time.monotonic() + 30
    while not fault.seen:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_first_names_it_at_once_and_the_second_stops(tmp_path: Path) -> None:
    with stage(SEED, served=True) as scene:
        fault = held(scene, HELD_SECONDS)
        with applying(scene, tmp_path) as person:
            until_one_is_held(fault)
            person.press(CTRL_C)
            person.waits_for("Press Ctrl-C again to stop at once.")
            assert "Interrupted. Finishing acme/" in person.seen
            assert person.command.poll() is None
            person.press(CTRL_C)
            person.waits_for("Stopped. Run the same command again")
            assert person.command.wait(20) == 130
            assert "Traceback" not in person.seen


def test_after_the_first_alone_the_target_is_whole(tmp_path: Path) -> None:
    with stage(SEED, served=True) as scene:
        fault = held(scene, 5)
        with applying(scene, tmp_path) as person:
            until_one_is_held(fault)
            person.press(CTRL_C)
            person.waits_for("Interrupted. Finishing acme/")
            assert person.command.wait(30) == 130
        assert len(scene.sandbox.repository(TARGET).pulls()) == 1
