"""Bad input ends the step with exit code 2 before any file, API or git write, and before a command runs."""

from __future__ import annotations

import pytest

from action_patterns.errors import EXIT_BAD_INPUT, InputError
from support.asserting import asserted_on
from support.memory_ports import MemoryFiles, World
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, stage

LIST = [
    {"command": "touch done"},
    {"file": "out.json", "exists": False},
    {"github-branch": "main", "repository": TARGET},
    {"value": "x", "matches": "("},
    {"value": "x", "json-schema": "absent.json"},
    {"variable": "X", "at-lest": "3"},
]


def test_one_bad_entry_and_none_of_the_list_is_looked_at() -> None:
    with stage() as scene:
        before = scene.sandbox.snapshot()
        world = World(files=MemoryFiles({"a.txt": "a"}), processes=MemoryProcesses([]))
        with pytest.raises(InputError) as error:
            asserted_on(scene, LIST, world)
        assert error.value.exit_code == EXIT_BAD_INPUT
        assert len(error.value.problems) == 3, "every mistake is named at once"
        assert len(scene.sandbox.requests) == 0
        assert scene.sandbox.snapshot() == before
        assert not world.processes.commands
        assert world.files.files == {"a.txt": b"a"}
