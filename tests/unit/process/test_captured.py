from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from action_patterns.process import ProcessError, ProgramMissingError, run

PYTHON = [sys.executable, "-I", "-c"]


def test_output_is_bytes_and_input_arrives(tmp_path: Path) -> None:
    completed = run(
        [*PYTHON, "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1]); print('!', file=sys.stderr)"],
        cwd=tmp_path,
        timeout_seconds=20,
        input=b"\xff\x00a",
    )
    assert (completed.stdout, completed.stderr_tail, completed.returncode) == (b"a\x00\xff", "!", 0)


def test_no_shell_sees_the_arguments(tmp_path: Path) -> None:
    text = "$(touch x); `touch x` > x | touch x"
    assert run([*PYTHON, "import sys; print(sys.argv[1])", text], cwd=tmp_path, timeout_seconds=20).stdout == (
        text.encode() + b"\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_exactly_the_one_given(tmp_path: Path) -> None:
    code = "import os; print(sorted(name for name in os.environ if name != 'LC_CTYPE'))"
    assert run([*PYTHON, code], cwd=tmp_path, timeout_seconds=20, env={"A": "1"}).stdout == b"['A']\n"


def test_an_unexpected_exit_code_carries_command_and_stderr(tmp_path: Path) -> None:
    code = "import sys; print('x' * 5000 + 'the reason', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ProcessError) as caught:
        run([*PYTHON, code], cwd=tmp_path, timeout_seconds=20)
    assert "exit code 3" in caught.value.message
    assert caught.value.message.endswith("the reason")
    assert len(caught.value.message) < 3000
    assert code in caught.value.message
    assert run([*PYTHON, code], cwd=tmp_path, timeout_seconds=20, expected=frozenset({0, 3})).returncode == 3
    assert run([*PYTHON, code], cwd=tmp_path, timeout_seconds=20, expected=None).returncode == 3


def test_a_program_or_directory_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissingError, match="no-such-program"):
        run(["no-such-program"], cwd=tmp_path, timeout_seconds=1)
    with pytest.raises(ProcessError, match="no such directory") as caught:
        run(PYTHON, cwd=tmp_path / "absent", timeout_seconds=1)
    assert not isinstance(caught.value, ProgramMissingError)


def test_what_the_child_started_is_killed_with_it(tmp_path: Path) -> None:
    grandchild = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(grandchild)!r}, 'w').write(str(child.pid))\n"
        "print('started', flush=True)\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(ProcessError, match="did not end within 5 seconds") as caught:
        run([*PYTHON, code], cwd=tmp_path, timeout_seconds=5)
    assert caught.value.completed is not None
    assert caught.value.completed.stdout == b"started\n"
    assert ended(int(grandchild.read_text()))


def test_an_interrupt_leaves_no_child_behind(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def interrupt() -> None:
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run([*PYTHON, code], cwd=tmp_path, timeout_seconds=30)
    thread.join()
    assert ended(int(pid.read_text()))


def test_an_interrupt_inside_the_wait_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Popen takes a lock, and the interrupt may come just before the `try` that would give it back."""
    children: list[subprocess.Popen[bytes]] = []
    caught: list[BaseException] = []

    def struck(child: subprocess.Popen[bytes], *_: object, **__: object) -> None:
        children.append(child)
        child._waitpid_lock.acquire()  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    def interrupted() -> None:
        try:
            run([*PYTHON, "import time; time.sleep(60)"], cwd=tmp_path, timeout_seconds=30)
        except KeyboardInterrupt as error:
            caught.append(error)

    monkeypatch.setattr(subprocess.Popen, "communicate", struck)
    thread = threading.Thread(target=interrupted, daemon=True)
    thread.start()
    thread.join(60)
    assert len(caught) == 1
    assert children[0].returncode == -signal.SIGKILL
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0].pid, os.WNOHANG)


def ended(pid: int) -> bool:
    """Whether the process is gone, or a zombie that its new parent has not collected yet."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False
