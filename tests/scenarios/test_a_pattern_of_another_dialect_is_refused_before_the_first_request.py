"""Patterns in the dialects of other tools match nothing, and the repository they should keep out got a pull request.
Each is named with its place, its reason and what to write instead, and GitHub is not asked.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.campaign_steps import seed, step
from support.editions import first_on
from support.stage import stage

pytestmark = first_on("full", why="It is refused before anybody is asked.")

MIXED = """owners: [acme],
  include: ["!acme/legacy-*"],
  exclude: ["acme/@(legacy-tool|api)",
    "/legacy-(.*/",
    "legcy-*"]"""


@pytest.mark.parametrize("action", ["distribute", "discover"])
def test_every_foreign_pattern_of_a_distribution_file_is_named_with_its_line(tmp_path: Path, action: str) -> None:
    with stage(seed("legacy-tool", "api"), served=True) as scene:
        done = step(action, scene, tmp_path, targets=MIXED, distribution="distribution.yml")
        assert done.code == 2
        for line, pattern, fix in (
            (3, "the list begins with '!acme/legacy-*'", "'acme/legacy-*' under the other key"),
            (4, "the pattern 'acme/@(legacy-tool|api)' matches nothing", "Write `{a,b}`"),
            (5, "the pattern '/legacy-(.*/' matches nothing", "write a glob"),
        ):
            (told,) = [each for each in done.log.splitlines() if f"line={line}" in each]
            assert "file=distribution.yml" in told
            assert pattern in told
            assert fix in told
        assert "legcy" not in done.log, "a typo is no dialect: only the repositories can tell"
        assert not list(scene.sandbox.requests)


def test_every_foreign_pattern_of_an_input_is_named_with_its_input(tmp_path: Path) -> None:
    with stage(seed("legacy-tool", "api"), served=True) as scene:
        inputs = {
            "owners": "https://github.com/acme",
            "repositories": "acme/api/, acme/*",
            "topics": "!old",
            "include": "!legacy-*\nacme/api.git",
            "exclude": "acme/{1..3}\n/x(.*/",
        }
        done = step("discover", scene, tmp_path, **inputs)
        assert done.code == 2
        for said in (
            "`owners`: 'https://github.com/acme'",
            "Write 'acme'.",
            "`repositories`: 'acme/api/'",
            "Write 'acme/api'.",
            "`repositories`: 'acme/*'",
            "`topics`: no repository can have the topic '!old'",
            "`include`: the pattern 'acme/api.git'",
            "`exclude`: the pattern 'acme/{1..3}'",
            "`exclude`: the pattern '/x(.*/'",
        ):
            assert said in done.log, said
        assert not list(scene.sandbox.requests)
