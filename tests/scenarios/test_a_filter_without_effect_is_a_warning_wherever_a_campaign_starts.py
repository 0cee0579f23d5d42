"""A typo in `exclude` kept no repository out, and no channel said so. A part of the selection that selects or excludes
nothing is a warning with its line, and a line of the report: from the root action, from discover and its report, and at
the terminal. It fails nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from action_patterns.cli import commands
from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage
from support.terminal_folder import in_this_process

pytestmark = first_on("full", "no-graphql", why="These two list the repositories of an owner in different ways.")

TYPO = """owners: [acme],
  include: ["acme/*"],
  exclude: ["old-*",
    "legcy-*"]"""
SOUND = 'owners: [acme], include: ["acme/*"], exclude: ["old-*", "legacy-*"]'
SAID = (
    "`legcy-*` in `exclude` excluded nothing: it matches none of 3 repositories. The nearest name is acme/legacy-tool."
    " Correct it, or remove it."
)
REPOSITORIES = ("api", "legacy-tool", "old-web")


def three_stages(scene: Stage, folder: Path, targets: str) -> tuple[Step, Step]:
    found = step("discover", scene, folder, targets=targets, distribution="distribution.yml", targets_per_job="9")
    plan = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"]}
    assert step("apply", scene, folder, index="0", last=str(int(found.outputs["count"]) - 1), **plan).code == 0
    return found, step("report", scene, folder, records=str(folder / "temp" / "action-patterns"), **plan)


def test_the_root_action_warns_and_is_green(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        done = step("distribute", scene, tmp_path, targets=TYPO)
        assert done.code == 0
        (warning,) = [line for line in done.log.splitlines() if line.startswith("::warning") and SAID in line]
        assert "file=distribution.yml" in warning
        assert "line=5" in warning
        assert SAID in done.summary
        (told,) = done.report()["warnings"]
        assert (told["key"], told["value"], told["line"]) == ("exclude", "legcy-*", 5)
        assert f"Note: {SAID}" in done.log
        assert "legcy-" in (Path(done.outputs["html"])).read_text()


def test_discover_warns_and_its_report_says_it(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        found, report = three_stages(scene, tmp_path, TYPO)
        assert f"::{SAID}" in found.log
        assert SAID in found.summary
        assert report.code == 0
        assert SAID in report.summary
        assert f"::{SAID}" not in report.log, "discover has annotated it"


def test_inputs_of_discover_are_warned_of_alike(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        given = {"owners": "acme", "topics": "golang", "include": "ap?\nwep"}
        done = step("discover", scene, tmp_path, **given)
        assert done.code == 0
        for said in ("`golang` in `topics` selected nothing", "`wep` in `include` selected nothing"):
            assert said in done.log
            assert said in done.summary


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_the_terminal_says_it_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        step("discover", scene, tmp_path, targets=TYPO, distribution="distribution.yml")
        stream = in_this_process(scene, tmp_path, monkeypatch)
        if command == "plan":
            commands.plan("distribution.yml", diff=False)
        else:
            commands.apply_command("distribution.yml", yes=True)
        assert f"warning: distribution.yml:5: {SAID}" in stream.getvalue()


def test_a_sound_selection_is_quiet(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        done = step("distribute", scene, tmp_path, targets=SOUND)
        assert done.results() == {"acme/api": ("created", "opened")}
        found, report = three_stages(scene, tmp_path, SOUND)
        for each in (done, found, report):
            assert "title=No effect" not in each.log
            assert "nothing: " not in each.summary
        assert done.report()["warnings"] == []
