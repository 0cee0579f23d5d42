"""Trees of any shape, ended in any way: none leaves a process, and none is green that was ended."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from support import sample
from support.process_trees import MARK, living, until

NODE = """
import json, os, signal, sys, time
def node(spec):
    if spec["session"]:
        os.setsid()
    if spec["deaf"]:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
    for child in spec["children"]:
        if os.fork() == 0:
            node(child)
    if spec["late"]:
        time.sleep(0.05)
        if os.fork() == 0:
            node({**spec, "late": False, "children": [], "ends": False})
    with open(os.environ["UP"], "a") as up:
        up.write("up\\n")
    if spec["ends"]:
        os._exit(0)
    if spec["stopped"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000)
node(json.loads(sys.argv[1]))
"""
WRAPPER = """
import os, sys
from action_patterns.process.supervised import supervise
timeout = float(sys.argv[1])
ended = supervise(sys.argv[2:], cwd=".", env=os.environ, timeout_seconds=None if timeout < 0 else timeout,
    grace_seconds=0.1, keep_background=False, sinks=(lambda chunk: None, lambda chunk: None))
print(ended.exit_code)
"""
ENDS = ("timeout", "cancel", "terminate", "wrapper killed", "supervisor killed", "command killed")
EXITS = {"timeout": "124\n", "supervisor killed": "137\n", "command killed": "137\n"}


def tree(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    children = chance.randint(0, 2) if depth < 3 else 0
    spec: dict[str, Any] = {name: chance.random() < 0.3 for name in ("session", "deaf", "stopped", "late")}
    # The command itself lives until it is ended; below it a parent may end before its children.
    spec["ends"] = depth > 0 and chance.random() < 0.3
    spec["children"] = [tree(chance, depth + 1) for _ in range(children)]
    return spec if depth else {**spec, "session": False, "stopped": False}


def size(spec: dict[str, Any]) -> int:
    return 1 + spec["late"] + sum(size(child) for child in spec["children"])


CASES = [f"{end}, {number}" for number in range(60) for end in ENDS]


@pytest.mark.slow
@pytest.mark.parametrize("case", sample.some(12, CASES, "trees"))
def test_no_tree_outlives_its_command(tmp_path: Path, case: str) -> None:
    end, _, number = case.partition(", ")
    spec = tree(random.Random(number))
    up, mark = tmp_path / "up", uuid4().hex
    env = {**os.environ, MARK: mark, "UP": str(up), "PYTHONPATH": os.pathsep.join(sys.path)}
    timeout = "0.5" if end == "timeout" else "-1"
    program = [sys.executable, "-I", "-S", "-c", NODE, json.dumps(spec)]
    command = [sys.executable, "-c", WRAPPER, timeout, *program]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as wrapper:
        if end != "timeout":
            assert until(lambda: up.exists() and up.read_text().count("up") == size(spec)), spec
            (supervisor,) = psutil.Process(wrapper.pid).children()
            victims = {"supervisor killed": supervisor.pid, "command killed": main(supervisor, wrapper).pid}
            number_of = {"cancel": signal.SIGINT, "terminate": signal.SIGTERM}
            os.kill(victims.get(end, wrapper.pid), number_of.get(end, signal.SIGKILL))
        said = wrapper.communicate(timeout=60)[0]
    assert said == EXITS.get(end, ""), spec
    # A wrapper that is killed, or that knows no SIGTERM, leaves the end to the supervisor.
    assert until(lambda: not living(mark)), (spec, living(mark))


def main(supervisor: psutil.Process, wrapper: subprocess.Popen[str]) -> psutil.Process:
    """Return the command: the first child that the supervisor started."""
    return min(supervisor.children(), key=lambda child: (child.create_time(), child.pid))
