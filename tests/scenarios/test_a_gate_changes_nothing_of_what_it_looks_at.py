"""A list with every kind of check, for every kind of token: no write is sent, and no state changes."""

from __future__ import annotations

from typing import Any

import pytest

from support.check_cases import CLASSIC, FINE, OF_GITHUB, FixedClock, world
from support.memory_ports import MemoryFiles
from support.preflight_stage import Runner
from support.retrying import ended
from support.stage import JOB_TOKEN, stage

CHECKS = "\n".join(
    [
        *OF_GITHUB.values(),
        "- secret: A",
        "- env: B",
        "- disk: 1 GB",
        "- memory: 1 GB",
        "- file: dist/app",
        "- tool: git >=2",
        "- endpoint: https://db.example/",
        "- command: curl db.example",
    ]
)


@pytest.mark.parametrize("token", [{"token": CLASSIC}, {"token": FINE}, {"token": JOB_TOKEN}, {"app": True}], ids=str)
def test_nothing_is_written(token: dict[str, Any]) -> None:
    with stage(world(), clock=FixedClock()) as scene:
        before = scene.sandbox.snapshot()
        files = MemoryFiles({"README.md": "x"})
        runner = Runner(scene, files=files, clock=FixedClock(), commands=(ended(0),))
        found = runner.preflight(CHECKS, fail=False, **token)
        assert len(found.results) == len(CHECKS.splitlines())
        writes = [each.operation for each in scene.sandbox.requests if each.kind == "write"]
        assert set(writes) <= {"apps/create-installation-access-token"}, "an App's token is minted"
        assert len(writes) <= 1
        assert scene.sandbox.snapshot() == before
        assert files.files == {"README.md": b"x"}
