"""A command and its tree, ended whichever way it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from action_patterns.process import ProcessError, supervised
from action_patterns.process.supervised import TreeEnded, supervise
from action_patterns.process.supervisor import Supervisor
from support.process_trees import KINDS, LEFT, MARK, is_up, living, until

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
WRAPPER = """
import sys
from action_patterns.process.supervised import supervise
quiet = lambda chunk: None
ended = supervise(sys.argv[2:], cwd=".", env=__import__("os").environ, timeout_seconds=None,
    grace_seconds=float(sys.argv[1]), keep_background=False, sinks=(quiet, quiet))
print(ended.exit_code, ended.survivors)
"""


class Tree:
    """One tree: its mark, and the file by which it says that it stands."""

    def __init__(self, place: Path) -> None:
        self.mark = uuid4().hex
        self.up = place / "up"
        self.env = {**os.environ, MARK: self.mark, "UP": str(self.up), "PYTHONPATH": os.pathsep.join(sys.path)}
        self.place = place

    def run(
        self,
        *argv: str,
        timeout: float | None = None,
        grace: float = 0.2,
        keep: bool = False,
        extend: Callable[[], float] | None = None,
        every: float = 0.0,
    ) -> TreeEnded:
        self.out: list[bytes] = []
        self.err: list[bytes] = []
        return supervise(
            argv,
            cwd=self.place,
            env=self.env,
            timeout_seconds=timeout,
            grace_seconds=grace,
            keep_background=keep,
            sinks=None if keep else (self.out.append, self.err.append),
            extend=extend,
            extend_every_seconds=every,
        )

    def bash(self, script: str, **limits: Any) -> TreeEnded:
        return self.run(*BASH, script, **limits)

    def wrapped(self, script: str, grace: float = 0.2) -> subprocess.Popen[str]:
        """Start a wrapper as an action is one, with the tree below it."""
        command = [sys.executable, "-c", WRAPPER, str(grace), *BASH, script]
        return subprocess.Popen(
            command,
            process_group=0,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.place,
        )

    def living(self) -> list[str]:
        return living(self.mark)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    made = Tree(tmp_path)
    yield made
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == made.mark:
                process.kill()
        except psutil.Error:
            continue


@pytest.mark.slow
@pytest.mark.parametrize("number", [n for n in range(1, 32) if n not in (17, 18, 19, 20, 21, 22, 23, 28)])
def test_a_death_by_any_signal_is_no_success(tree: Tree, number: int) -> None:
    die = f"import os, resource, signal; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); n = {number}"
    die += "; n in (9,) or signal.signal(n, signal.SIG_DFL); os.kill(os.getpid(), n); signal.pause()"
    assert tree.run(sys.executable, "-I", "-c", die).exit_code == 128 + number


@pytest.mark.parametrize("code", [0, 1, 2, 3, 28, 125, 126, 127, 128, 130, 255])
def test_an_exit_code_is_the_commands(tree: Tree, code: int) -> None:
    assert tree.bash(f"exit {code}") == TreeEnded(exit_code=code)


def test_what_is_printed_arrives_whole_and_apart(tree: Tree) -> None:
    ended = tree.bash("head -c 5000000 /dev/zero | tr '\\0' x; printf '\\xff\\0' >&2; cat; readlink /proc/self/fd/0")
    assert ended.exit_code == 0
    assert b"".join(tree.out) == b"x" * 5_000_000 + b"/dev/null\n"
    assert b"".join(tree.err) == b"\xff\0"


def test_a_program_that_does_not_start_is_said_by_its_code(tree: Tree) -> None:
    (tree.place / "text").write_text("no program")
    (tree.place / "odd").write_text("no program")
    (tree.place / "odd").chmod(0o755)
    assert tree.run("no-such-program").exit_code == 127
    assert tree.run("./text").exit_code == 126
    assert tree.run(str(tree.place)).exit_code == 126


def test_the_command_has_ordinary_signals_and_no_pipe_of_ours(tree: Tree) -> None:
    tree.bash("grep -E 'Sig(Ign|Blk)' /proc/self/status; ls /proc/self/fd")
    _, blocked, _, ignored, *files = b"".join(tree.out).decode().split()
    ordinary = sum(1 << (number - 1) for number in range(1, 32))
    assert (int(blocked, 16) & ordinary, int(ignored, 16) & ordinary) == (0, 0)
    assert files == ["0", "1", "2", "3"]  # 3 is the directory that `ls` reads


def test_the_end_of_a_closed_pipe_reaches_the_command(tree: Tree) -> None:
    assert tree.run("bash", "-o", "pipefail", "-c", "yes | head -1").exit_code == 128 + signal.SIGPIPE


def test_a_command_may_signal_its_own_group(tree: Tree) -> None:
    ended = tree.bash("trap 'exit 7' TERM; sleep 1000 & kill -TERM 0; wait")
    assert ended.exit_code == 7
    assert not tree.living()


@pytest.mark.parametrize("kind", KINDS)
def test_a_deadline_ends_every_tree(tree: Tree, kind: str) -> None:
    ended = tree.bash(KINDS[kind], timeout=0.5)
    assert (ended.exit_code, ended.timed_out, ended.survivors) == (124, True, ())
    assert not tree.living()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancel_ends_the_tree_before_the_wrapper(tree: Tree, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cancelled(BaseException):
        pass

    def cancel(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(supervised, "_CHUNK", 1)
    before = signal.signal(number, cancel)
    try:
        with pytest.raises(Cancelled):
            tree.bash(
                f'{KINDS["a daemon"].partition("os.wait()")[0]}\' & until [ -s "$UP" ]; do sleep 0.01; done;'
                f" kill -{int(number)} {os.getpid()}; sleep 1000"
            )
    finally:
        signal.signal(number, before)
    assert is_up(tree.up)
    assert not tree.living()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrapper_that_is_killed_leaves_no_tree(tree: Tree, kind: str) -> None:
    with tree.wrapped(KINDS[kind]) as wrapper:
        assert until(lambda: is_up(tree.up))
        wrapper.kill()
        wrapper.wait()
    assert until(lambda: not tree.living()), tree.living()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_supervisor_that_is_killed_leaves_no_tree_and_no_success(tree: Tree, kind: str) -> None:
    with tree.wrapped(KINDS[kind]) as wrapper:
        assert until(lambda: is_up(tree.up))
        (supervisor,) = psutil.Process(wrapper.pid).children()
        supervisor.kill()
        assert wrapper.communicate(timeout=60)[0] == "137 ()\n"
    assert not tree.living()


@pytest.mark.parametrize("kind", LEFT)
def test_what_a_success_leaves_is_ended_and_named(tree: Tree, kind: str) -> None:
    ended = tree.bash(LEFT[kind])
    assert ended.exit_code == 0
    assert {name.partition(" ")[0] for name in ended.background} <= {"sleep", "bash"}
    assert ended.background
    assert not tree.living()


def test_what_ends_soon_after_the_command_is_waited_for(tree: Tree) -> None:
    assert tree.bash("exec > >(sleep 0.2; cat); echo late") == TreeEnded(exit_code=0)
    assert tree.out == [b"late\n"]


def test_what_a_success_leaves_may_stay(tree: Tree) -> None:
    assert tree.bash("sleep 1000 &", keep=True) == TreeEnded(exit_code=0)
    assert [name.partition(" ")[0] for name in tree.living()] == ["sleep"]


@pytest.mark.parametrize("ending", ["exit 3", "kill -9 $$"])
def test_a_failure_leaves_nothing_even_where_a_success_may(tree: Tree, ending: str) -> None:
    assert tree.bash(f"sleep 1000 & {ending}", keep=True).exit_code in (3, 137)
    assert not tree.living()


def test_a_process_has_its_grace(tree: Tree) -> None:
    script = "trap 'sleep 0.2; echo cleaned >cleaned; exit' TERM; echo up >>\"$UP\"; while :; do sleep 0.01; done"
    with tree.wrapped(script, grace=30.0) as wrapper:
        assert until(lambda: is_up(tree.up))
        wrapper.send_signal(signal.SIGINT)
        wrapper.communicate(timeout=60)
    assert (tree.place / "cleaned").read_text() == "cleaned\n"
    assert not tree.living()


@pytest.mark.parametrize("ending", ["cancel", "supervisor killed"])
def test_a_stopped_process_has_its_grace_too(tree: Tree, ending: str) -> None:
    script = "trap 'touch cleaned; exit' TERM HUP; (sleep 0.1; kill -STOP $$; echo up >>\"$UP\"; sleep 1000) & wait"
    with tree.wrapped(script, grace=4.0) as wrapper:
        assert until(lambda: is_up(tree.up))
        (supervisor,) = psutil.Process(wrapper.pid).children()
        os.kill(*((wrapper.pid, signal.SIGINT) if ending == "cancel" else (supervisor.pid, signal.SIGKILL)))
        wrapper.communicate(timeout=60)
    assert (tree.place / "cleaned").exists()
    assert not tree.living()


def test_the_keys_of_a_terminal_reach_the_wrapper_alone(tree: Tree) -> None:
    """Ctrl-C goes to every process of the foreground group. The tree is ended in order, by SIGTERM, and not twice."""
    script = "trap 'touch interrupted' INT; trap 'sleep 0.3; touch asked; exit' TERM; echo up >>\"$UP\";"
    script += " while :; do sleep 0.01; done"
    with tree.wrapped(script, grace=30.0) as wrapper:
        assert until(lambda: is_up(tree.up))
        os.killpg(wrapper.pid, signal.SIGINT)
        wrapper.communicate(timeout=60)
    assert {path.name for path in tree.place.iterdir()} == {"up", "asked"}


def test_what_may_not_be_ended_is_named(tree: Tree, tmp_path: Path) -> None:
    """A child of `sudo` is another user's: its signals are refused. Here every signal to a `sleep` is."""
    source = Path(supervised.__file__).with_name("supervisor.py").read_text()
    deaf = source.replace("        os.kill(pid, number)", '        if found[0] != "sleep": os.kill(pid, number)')
    deaf = deaf.replace("KILL_SECONDS = 2.0", "KILL_SECONDS = 0.2")
    assert deaf.count('if found[0] != "sleep"') == 1
    place = tmp_path / "supervisor.py"
    place.write_text(deaf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervised, "_SUPERVISOR", place)
        ended = tree.run("sleep", "600", timeout=0.1)
    assert (ended.exit_code, ended.timed_out) == (124, True)
    assert [name.partition(" ")[0] for name in ended.survivors] == ["sleep"]


def test_nothing_is_polled_while_a_command_runs(tree: Tree) -> None:
    """Of a second of waiting neither the wrapper nor the supervisor uses a measurable part."""
    with tree.wrapped('echo up >>"$UP"; sleep 1000') as wrapper:
        assert until(lambda: is_up(tree.up))
        watched = [psutil.Process(wrapper.pid), *psutil.Process(wrapper.pid).children()]

        def switches() -> list[int]:
            return [process.num_ctx_switches().voluntary for process in watched]

        def is_still() -> bool:
            before = switches()
            time.sleep(0.5)
            return switches() == before

        # A look that is repeated, however seldom, moves one of the two in some of these seconds.
        assert until(lambda: is_still() and is_still() and is_still())
        wrapper.kill()
    assert until(lambda: not tree.living())


def test_another_system_is_named_before_anything_starts(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(ProcessError, match="not run on darwin") as caught:
        tree.bash("touch started")
    assert "runs-on: ubuntu-latest" in caught.value.remediation
    assert not (tree.place / "started").exists()


def test_an_extension_replaces_the_time_that_was_left(tree: Tree) -> None:
    """Each call gives an hour, until one gives nothing. The command would run for longer than either."""
    given = iter([3_600.0, 3_600.0, 0.0])
    ended = tree.run("sleep", "7200", timeout=3_600.0, extend=lambda: next(given, 0.0), every=0.02)
    assert (ended.exit_code, ended.timed_out, ended.survivors) == (124, True, ())
    assert next(given, None) is None, "the last call ended it"


def test_time_that_is_not_extended_ends_the_tree_while_the_caller_waits(tree: Tree) -> None:
    """The supervisor keeps the time: an extension that blocks holds up no end."""
    gone: list[bool] = []

    def extend() -> float:
        gone.append(until(lambda: not tree.living()))
        return 3_600.0

    ended = tree.run("sleep", "7200", timeout=0.2, extend=extend, every=0.01)
    assert (ended.exit_code, ended.timed_out, gone, tree.living()) == (124, True, [True], [])


def test_an_error_of_an_extension_ends_the_tree(tree: Tree) -> None:
    def extend() -> float:
        raise KeyError("no extension")

    with pytest.raises(KeyError):
        tree.bash('echo up >>"$UP"; sleep 7200', timeout=3_600.0, extend=extend, every=0.02)
    assert until(lambda: not tree.living())


def test_an_extension_that_came_in_time_counts_where_the_supervisor_is_late() -> None:
    """The old time is over when the supervisor looks, and the new one waits in the pipe before the end of the pipe."""
    control, write_control = os.pipe()
    status, write_status = os.pipe()
    guard = Supervisor(control, write_status, grace=0.0, keep_background=False)
    guard._deadline = time.monotonic() - 1.0
    later = time.monotonic() + 3_600.0
    os.write(write_control, f"until {later!r}\n".encode())
    os.close(write_control)
    guard._wait(until_main=True)
    assert (guard._deadline, guard._asked) == (later, True), "it heard both, and did not end for time"
    for fd in (control, status, write_status):
        os.close(fd)
