"""ports.Machine in memory: it has what a test says, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from action_patterns.ports.machine import Endpoint, Memory, Printed, Program, Reply


@dataclass
class MemoryMachine:
    """Answers from dictionaries. A program or host that they lack is not there."""

    variables: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, Printed] = field(default_factory=dict)
    hosts: Mapping[str, Reply] = field(default_factory=dict)
    free: Mapping[str, int] = field(default_factory=dict)
    room: Memory | None = None
    asked: list[str] = field(default_factory=list)
    """Programs and hosts, in the order in which they were asked."""

    def variable(self, name: str) -> str | None:
        return self.variables.get(name)

    def find_program(self, name: str) -> str:
        found = self.programs.get(name)
        return "" if found is None else found.path or f"/usr/bin/{name}"

    def ask_programs(self, programs: Sequence[Program]) -> Sequence[Printed]:
        self.asked += (each.argv[0] for each in programs)
        return [self.programs.get(each.argv[0], Printed(None)) for each in programs]

    def ask_endpoints(self, endpoints: Sequence[Endpoint]) -> Sequence[Reply]:
        self.asked += (each.host for each in endpoints)
        return [self.hosts.get(each.host, Reply(failed="dns", detail="no such host")) for each in endpoints]

    def free_bytes(self, path: str) -> int | None:
        return self.free.get(path)

    def memory(self) -> Memory | None:
        return self.room
