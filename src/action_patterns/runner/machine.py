"""ports.Machine: this runner, looked at and left as it is."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from action_patterns.ports.machine import Endpoint, Memory, Printed, Program, Reply
from action_patterns.runner import environment

_MAX_BYTES = 65_536
_CGROUPS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))
"""Limit and use of a container (Linux docs, "Control Group v2", and "Memory Resource Controller" for version 1)."""


class RunnerMachine:
    """Looks at the machine that runs this process."""

    def __init__(
        self,
        variables: Mapping[str, str],
        inputs: Collection[str],
        *,
        workspace: str,
        authorities: Sequence[str] = (),
        root: str = "/",
    ) -> None:
        """`inputs`: variables that hold the action's inputs. `root`: where the system's own files are."""
        self._variables = environment.for_own_commands(variables, inputs)
        self._workspace = workspace
        self._authorities = authorities
        self._root = Path(root)

    def variable(self, name: str) -> str | None:
        return self._variables.get(name)

    def find_program(self, name: str) -> str:
        return shutil.which(name, path=self._variables.get("PATH", "")) or ""

    def ask_programs(self, programs: Sequence[Program]) -> Sequence[Printed]:
        from action_patterns.process.asked import run_all  # a list without tools does not need it

        variables = environment.for_programs(self._variables)
        paths = [shutil.which(each.argv[0], path=variables.get("PATH", "")) for each in programs]
        runs = [
            ((path, *each.argv[1:]), each.timeout_seconds) for path, each in zip(paths, programs, strict=True) if path
        ]
        ended = iter(run_all(runs, cwd=self._workspace, env=variables))
        found = []
        for path in paths:
            if path is None:
                found.append(Printed(None))
                continue
            one = next(ended)
            text = (one.stdout + b"\n" + one.stderr)[:_MAX_BYTES].decode(errors="replace").strip()
            found.append(Printed(one.returncode, text, path, one.timed_out))
        return found

    def ask_endpoints(self, endpoints: Sequence[Endpoint]) -> Sequence[Reply]:
        from action_patterns.runner.endpoints import ask_all  # a list without endpoints does not need it

        return ask_all(endpoints, self._variables, self._authorities)

    def free_bytes(self, path: str) -> int | None:
        try:
            return shutil.disk_usage(Path(self._workspace, path)).free
        except OSError:
            return None

    def memory(self) -> Memory | None:
        system = self._of_system()
        limit = self._of_container()
        if system is None or limit is None or limit.total >= system.total:
            return system or limit
        return Memory(limit.total, min(limit.available, system.available))

    def _of_system(self) -> Memory | None:
        # man proc_meminfo(5): each line is `Name:  number kB`.
        lines = self._text("proc/meminfo").splitlines()
        sizes = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
        try:
            total, available = (int(sizes[name][0]) * 1024 for name in ("MemTotal", "MemAvailable"))
        except (KeyError, ValueError, IndexError):
            return None
        return Memory(total, available)

    def _of_container(self) -> Memory | None:
        for limit_name, used_name in _CGROUPS:
            limit, used = (self._text(f"sys/fs/cgroup/{name}").strip() for name in (limit_name, used_name))
            if limit.isdecimal() and used.isdecimal():
                return Memory(int(limit), max(0, int(limit) - int(used)))
        return None

    def _text(self, path: str) -> str:
        try:
            return (self._root / path).read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""
