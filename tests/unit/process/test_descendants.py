"""The two looks at a tree see the same: the supervisor's into /proc, and the wrapper's by psutil."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from action_patterns.process import descendants, supervisor
from support.process_trees import KINDS, MARK, is_up, living, until

LOOK = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("supervisor", sys.argv[1])
supervisor = importlib.util.module_from_spec(spec)
spec.loader.exec_module(supervisor)
import ctypes, subprocess
ctypes.CDLL(None).prctl(supervisor.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
child = subprocess.Popen(["bash", "-c", sys.argv[2]], start_new_session=True)
sys.stdin.readline()
import psutil
from action_patterns.process import descendants
own = psutil.Process()
print(json.dumps([sorted(supervisor.members().values()), sorted(map(descendants._name, descendants._living(own)))]))
print(json.dumps(descendants.end(0.2)))
"""


ZOMBIE = f"""{sys.executable} -I -S -c '
import os, time
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
open(os.environ["UP"], "a").write("up\\n")
time.sleep(1000)
'"""
TREES = {kind: script for kind, script in KINDS.items() if kind != "a chain"} | {"a zombie": ZOMBIE}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TREES)
def test_both_see_the_same_tree_and_psutil_ends_it(tmp_path: Path, kind: str) -> None:
    mark, up = uuid4().hex, tmp_path / "up"
    env = {**os.environ, "UP": str(up), "PYTHONPATH": os.pathsep.join(sys.path), MARK: mark}
    command = [sys.executable, "-c", LOOK, supervisor.__file__, TREES[kind]]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as looking:
        assert until(lambda: is_up(up))
        # What is between fork and exec has two names in a moment.
        assert until(lambda: all(psutil.Process(looking.pid).children(recursive=True)))
        said = looking.communicate("look\n", timeout=60)[0].splitlines()
    by_proc, by_psutil = json.loads(said[0])
    assert by_proc == by_psutil
    assert by_proc
    assert json.loads(said[1]) == []
    assert not living(mark)


def test_a_name_may_hold_what_separates_the_fields(tmp_path: Path) -> None:
    program = tmp_path / ") R 1 (x"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "1000"]) as child:
        assert until(lambda: Path(f"/proc/{child.pid}/comm").read_text() != "pytest\n")
        found = supervisor.stat(child.pid)
        assert found is not None
        assert (found[0], found[2]) == (") R 1 (x", os.getpid())
        child.kill()


def test_an_id_that_is_another_process_s_by_now_gets_no_signal() -> None:
    with subprocess.Popen(["sleep", "1000"]) as child:
        found = supervisor.stat(child.pid)
        assert found is not None
        supervisor._send((child.pid, str(int(found[3]) - 1)), 9)
        supervisor._send((child.pid, found[3]), 15)
        assert child.wait() == -15


def test_a_child_that_ends_before_it_is_looked_at_hides_none_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a chain does: each process starts the next, which is adopted, and ends."""
    lists = iter([{1}, {1, 2}, {1, 2, 3}, {1, 2, 3}])
    states = {1: "Z", 2: "Z", 3: "S"}
    monkeypatch.setattr(supervisor, "listed_children", lambda: next(lists))
    monkeypatch.setattr(supervisor, "stat", lambda pid: ("sh", states[pid], os.getpid(), str(pid)))
    assert supervisor.children() == {(3, "3")}


def test_what_a_look_at_all_processes_misses_is_found_among_the_children(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unseen:
        def children(self, *, recursive: bool) -> list[psutil.Process]:
            return []

    monkeypatch.setattr(supervisor, "children", lambda: {(os.getpid(), "0")})
    assert descendants._living(Unseen()) == [psutil.Process()]  # type: ignore[arg-type]
