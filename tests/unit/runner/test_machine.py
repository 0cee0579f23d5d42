"""The machine, looked at: programs without secrets, room, memory; and nothing is left behind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from action_patterns.ports.machine import Memory, Printed, Program
from action_patterns.runner.machine import RunnerMachine


def script(folder: Path, name: str, text: str, mode: int = 0o755) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(mode)


def machine(tmp_path: Path, **variables: str) -> RunnerMachine:
    given = {"PATH": f"{tmp_path}:/usr/bin:/bin", "INPUT_CHECKS": "x", **variables}
    return RunnerMachine(given, ["INPUT_CHECKS"], workspace=str(tmp_path), root=str(tmp_path / "root"))


def test_variables_are_those_of_the_step_and_no_inputs(tmp_path: Path) -> None:
    found = machine(tmp_path, TOKEN="t", EMPTY="")
    assert [found.variable(name) for name in ("TOKEN", "EMPTY", "NONE", "INPUT_CHECKS")] == ["t", "", None, None]


def test_programs_are_found_and_say_their_version(tmp_path: Path) -> None:
    script(tmp_path, "tool", "echo tool 1.2.3; echo aside >&2; exit 3")
    script(tmp_path, "closed", "echo no", 0o644)
    found = machine(tmp_path)
    assert found.find_program("tool") == str(tmp_path / "tool")
    assert found.find_program("closed") == found.find_program("absent") == found.find_program("a\0b") == ""
    tool, absent, closed = found.ask_programs([Program(("tool", "-v")), Program(("absent",)), Program(("closed",))])
    assert tool == Printed(3, "tool 1.2.3\n\naside", str(tmp_path / "tool"))
    assert absent == closed == Printed(None)


def test_a_program_gets_no_secret_and_no_file_of_the_runner(tmp_path: Path) -> None:
    script(tmp_path, "tool", "env")
    secrets = dict.fromkeys(("NPM_TOKEN", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "GITHUB_OUTPUT", "MY_SECRET"), "s3")
    found = machine(tmp_path, HOME="/h", JAVA_HOME="/j", NVM_DIR="/n", LC_ALL="C", **secrets)
    (printed,) = found.ask_programs([Program(("tool",))])
    names = {line.partition("=")[0] for line in printed.output.splitlines()} - {"PWD", "_", "SHLVL", "OLDPWD"}
    assert names == {"PATH", "HOME", "JAVA_HOME", "NVM_DIR", "LC_ALL"}


def is_dead(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_programs_run_side_by_side_and_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script(tmp_path, "hangs", f"echo begun; sleep 60 & echo $! > {tmp_path}/child; wait")
    for number in range(4):
        script(tmp_path, f"slow{number}", f"sleep 0.3; echo {number}.0")
    programs = [Program(("hangs",), 2.0), *(Program((f"slow{n}",)) for n in range(4))]
    began = time.monotonic()
    hung, *others = machine(tmp_path).ask_programs(programs)
    assert time.monotonic() - began < 10, "the time of a minute's sleep is far"
    assert hung.timed_out
    assert hung.output == "begun"
    assert [each.output for each in others] == ["0.0", "1.0", "2.0", "3.0"]
    child = int((tmp_path / "child").read_text())
    # A process takes a moment to die of a signal.
    while not is_dead(child):
        assert time.monotonic() - began < 30
        time.sleep(0.01)


def test_a_program_that_prints_much_is_read_to_its_end_and_cut(tmp_path: Path) -> None:
    script(
        tmp_path,
        "loud",
        "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done",
    )
    loud, again = machine(tmp_path).ask_programs([Program(("loud",)), Program(("loud",))])
    assert loud.exit_code == again.exit_code == 0
    assert len(loud.output) <= 65_536


def test_room_is_that_of_the_disk_below_a_path(tmp_path: Path) -> None:
    found = machine(tmp_path)
    free = found.free_bytes(".")
    assert free is not None
    assert free > 0
    assert found.free_bytes("/") is not None
    assert found.free_bytes("nowhere") is None


MEMINFO = "MemTotal:        8000 kB\nMemFree: 1 kB\nMemAvailable:    4000 kB\n"


@pytest.mark.parametrize(
    ("files", "memory"),
    [
        ({}, None),
        ({"proc/meminfo": "odd\n"}, None),
        ({"proc/meminfo": MEMINFO}, Memory(8_192_000, 4_096_000)),
        (
            {"proc/meminfo": MEMINFO, "sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/memory.current": "5"},
            Memory(8_192_000, 4_096_000),
        ),
        (
            {"proc/meminfo": MEMINFO, "sys/fs/cgroup/memory.max": "2048", "sys/fs/cgroup/memory.current": "1024"},
            Memory(2_048, 1_024),
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "2048",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "4096",
            },
            Memory(2_048, 0),
        ),
    ],
)
def test_memory_is_that_of_the_container_where_it_has_less(
    tmp_path: Path, files: dict[str, str], memory: Memory | None
) -> None:
    for name, text in files.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert machine(tmp_path).memory() == memory
