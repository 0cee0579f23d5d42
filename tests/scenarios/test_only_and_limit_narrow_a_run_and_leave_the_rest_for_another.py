"""`only` and `limit` take a part of the roster, wherever a campaign starts. The rest keeps a reason, and no report
calls the part a whole; a name that is no target stops the run before its first write.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.action_process import ActionProcesses
from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage
from support.terminal_folder import terminal_variables

pytestmark = first_on("full", why="The choice among targets sends no request.")

TARGETS = "owners: [acme]"
REPOSITORIES = ("api", "api-old", "docs", "web")
CREATED = ("created", "opened")


def opened(scene: Stage) -> list[str]:
    return [name for name in REPOSITORIES if scene.sandbox.repository(f"acme/{name}").pulls()]


def left_out(done: Step) -> dict[str, str]:
    return {each["repository"]: each["detail"] for each in done.report()["excluded"] if each["reason"] == "not-in-only"}


def legs(scene: Stage, folder: Path, found: Step, **inputs: str) -> Step:
    """Work on every leg of a plan, and report."""
    plan = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"]}
    records = folder / "temp/action-patterns"
    for each in json.loads(found.outputs["matrix"])["include"]:
        places = {name: str(each[name]) for name in ("index", "first", "last")}
        done = step("apply", scene, folder, **places, **plan, **inputs)
        assert done.code == 0, done.log
    return step("report", scene, folder, records=str(records), **plan)


def discovered(scene: Stage, folder: Path, **inputs: str) -> Step:
    return step("discover", scene, folder, targets=TARGETS, distribution="distribution.yml", **inputs)


def test_the_root_action_works_on_the_part_and_a_run_of_the_rest_finishes(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        done = step("distribute", scene, tmp_path, targets=TARGETS, only="acme/*, !*-old", limit="2")
        assert (done.code, done.outputs["verdict"]) == (0, "passed")
        assert done.results() == {"acme/api": CREATED, "acme/docs": CREATED}
        assert left_out(done) == {
            "acme/api-old": "It is not in `only`.",
            "acme/web": "It is beyond the first 2 of `limit`.",
        }
        assert "2 of 4 targets: `only` and `limit` left out 2." in done.summary
        assert "Note: 2 of 4 targets: `only` and `limit` left out 2." in done.log
        rest = step("distribute", scene, tmp_path, targets=TARGETS)
        assert opened(scene) == [*REPOSITORIES]
        assert rest.results()["acme/api"] == ("unchanged", "up-to-date")
        assert "left out" not in rest.summary


def test_a_matrix_holds_the_part_alone(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        found = discovered(scene, tmp_path, only="web\nDOCS", targets_per_job="1")
        assert (found.outputs["count"], json.loads(found.outputs["targets"])) == ("2", ["acme/docs", "acme/web"])
        assert json.loads(found.outputs["excluded"]) == {"not-in-only": 2}
        assert "2 of 4 targets: `only` left out 2." in found.summary
        assert legs(scene, tmp_path, found).results() == {"acme/docs": CREATED, "acme/web": CREATED}
        assert opened(scene) == ["docs", "web"]


def test_a_part_of_nothing_is_an_empty_matrix_and_says_why(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        found = discovered(scene, tmp_path, only="acme/dosc-*")
        assert (found.code, found.outputs["has-targets"], found.outputs["count"]) == (0, "false", "0")
        assert "The nearest name is acme/docs." in found.log
        assert "::notice title=Nothing to do::0 of 4 targets: `only` left out 4." in found.log


def test_a_leg_that_is_narrowed_records_what_it_leaves_out_and_the_sum_is_the_roster(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        found = discovered(scene, tmp_path, targets_per_job="2")
        done = legs(scene, tmp_path, found, only="acme/api*,docs", limit="2")
        skipped = ("skipped", "not-in-only")
        assert done.results() == {
            "acme/api": CREATED,
            "acme/api-old": CREATED,
            "acme/docs": skipped,
            "acme/web": skipped,
        }
        messages = {each["target"]: each["message"] for each in done.report()["results"]}
        assert messages["acme/docs"] == "It is beyond the first 2 of `limit`."
        assert messages["acme/web"] == "It is not in `only`."
        assert sum(done.report()["counts"].values()) == len(REPOSITORIES)
        assert "2 of 4 targets: `only` or `limit` left out 2." in done.summary
        assert opened(scene) == ["api", "api-old"]


Start = Callable[[Stage, Path, dict[str, str]], Step]


def _apply(scene: Stage, folder: Path, inputs: dict[str, str]) -> Step:
    found = discovered(scene, folder, targets_per_job="4")
    return step("apply", scene, folder, plan=found.outputs["path"], index="0", first="0", last="3", **inputs)


STARTS: dict[str, Start] = {
    "root action": lambda scene, folder, inputs: step("distribute", scene, folder, targets=TARGETS, **inputs),
    "discover": lambda scene, folder, inputs: discovered(scene, folder, **inputs),
    "apply": _apply,
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"only": "acme/web,https://github.com/acme/api"}, "Write 'acme/api'."),
        ({"only": "acme/web,acme/apy,weeb"}, "'acme/apy' in `only` is no target of this campaign."),
        ({"limit": "0"}, "Input `limit` is `0`: must be at least 1."),
        ({"limit": "-1"}, "Input `limit` is `-1`: must be at least 1."),
        ({"limit": "two"}, "Input `limit` is `two`: must be a whole number."),
        ({"only": "!acme/web"}, "Write `*` before it to begin with all targets."),
    ],
)
def test_a_typo_never_becomes_a_green_run_of_nothing(
    tmp_path: Path, start: Start, inputs: dict[str, str], said: str
) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        done = start(scene, tmp_path, inputs)
        assert done.code == 2
        assert said in done.log
        if "weeb" in inputs.get("only", ""):
            assert "Write 'acme/api'." in done.log
            assert "Write 'acme/web'." in done.log
        assert scene.writes() == 0


def test_a_name_that_the_plan_leaves_out_is_none_for_a_leg(tmp_path: Path) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        found = discovered(scene, tmp_path, targets_per_job="4", only="api*")
        plan = {"plan": found.outputs["path"], "index": "0", "first": "0", "last": "1"}
        done = step("apply", scene, tmp_path, only="acme/web", **plan)
        assert done.code == 2
        assert "change why discover leaves it out: It is not in `only`." in done.log


def test_the_nearest_name_of_a_private_repository_stays_out_of_a_public_log(tmp_path: Path) -> None:
    private: dict[str, Any] = seed("api", "payroll", payroll={"private": True})
    with stage(private, served=True) as scene:
        done = step("distribute", scene, tmp_path, targets=TARGETS, only="acme/payrol")
        assert done.code == 2
        assert "'acme/payrol' in `only` is no target of this campaign." in done.log
        assert "payroll" not in done.log


def test_the_terminal_offers_the_command_that_takes_the_failed_ones_and_takes_it(
    tmp_path: Path, processes: ActionProcesses
) -> None:
    world: dict[str, Any] = seed(*REPOSITORIES)
    world["tokens"]["tok-bot"] |= {"kind": "fine-grained", "read-only": ["acme/docs", "acme/web"]}
    with stage(world, served=True) as scene:
        step("discover", scene, tmp_path, targets=TARGETS, distribution="distribution.yml")
        variables = terminal_variables(scene, tmp_path)
        done = processes.terminal(("apply", "--yes"), variables, tmp_path, tmp_path)
        assert done.returncode == 1
        command = "action-patterns apply --only acme/docs,acme/web"
        assert f"New run of these 2 repositories: give the same command `--only`:\n  {command}\n" in done.stdout
        scene.sandbox.tokens["tok-bot"] = replace(scene.sandbox.tokens["tok-bot"], read_only=frozenset())
        again = processes.terminal((*command.split()[1:], "--yes"), variables, tmp_path, tmp_path)
        assert again.returncode == 0, again.stderr
        assert "2 of 4 targets: `only` left out 2." in again.stdout
        assert opened(scene) == [*REPOSITORIES]


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_the_terminal_takes_the_same_part(tmp_path: Path, processes: ActionProcesses, command: tuple[str, ...]) -> None:
    with stage(seed(*REPOSITORIES), served=True) as scene:
        step("discover", scene, tmp_path, targets=TARGETS, distribution="distribution.yml")
        variables = terminal_variables(scene, tmp_path)

        def terminal(*arguments: str) -> Any:
            return processes.terminal((*command, *arguments), variables, tmp_path, tmp_path)

        done = terminal("--only", "acme/api*", "--only", "docs,!*-old", "--limit", "1")
        assert done.returncode == 0, done.stderr
        assert "1 of 4 targets: `only` and `limit` left out 3." in done.stdout
        assert "acme/docs" not in done.stdout
        assert opened(scene) == ([] if command == ("plan",) else ["api"])
        scene.forget()
        typo = terminal("--only", "acme/apy", "--only", "weeb")
        assert typo.returncode == 2
        assert "'acme/apy' in `only` is no target of this campaign." in typo.stderr
        assert "Write 'acme/web'." in typo.stderr
        assert terminal("--limit", "0").returncode == 2
        assert scene.writes() == 0
