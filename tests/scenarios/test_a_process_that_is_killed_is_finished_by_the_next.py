"""kill -9 of the action's process at any moment of its life: one rerun ends where one clean run ends, and says so.

Before its first request, while git or GitHub answers, and while it writes what it did. The same for the signals of a
cancelled run (GitHub docs, "Workflow cancellation"): they end it at once, in one sentence.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from action_patterns.actions.upsert_pr.interface import UpsertPrOutputs
from support import sample
from support.action_process import ActionProcesses, Death, End, Job, job
from support.cases import a_pull_request_with_other_labels, nothing
from support.editions import first_on, only_on
from support.stage import TARGET, Stage, stage

FIELDS = {"key": "sync-config", "title": "Sync config", "labels": "sync, bot", "assignees": "alice"}
FIELDS |= {"reviewers": "alice, bob", "body": "From the source."}


@dataclass(frozen=True)
class Situation:
    before: Callable[[Stage], Any]
    workspace: Callable[[Stage, Path], None]
    inputs: dict[str, str]

    def job(self, scene: Stage, place: Path, workspace: Path) -> Job:
        context = scene.context
        addresses = (context.server_url, context.api_url, context.graphql_url)
        return job(place, addresses, workspace, **FIELDS | self.inputs)


def a_build_in_a_checkout(scene: Stage, workspace: Path) -> None:
    clone = ["git", "clone", "--quiet", f"{scene.context.server_url}/{TARGET}.git", str(workspace)]
    subprocess.run(clone, check=True)
    (workspace / "ci.yml").write_text("on: push\n")
    (workspace / "README.md").write_text("# API\n")
    (workspace / "old.txt").unlink()


def a_directory(scene: Stage, workspace: Path) -> None:
    made = workspace / "made"
    (made / "a").mkdir(parents=True)
    (made / "ci.yml").write_text("on: push\n")
    (made / "logo.png").write_bytes(b"\x89PNG\0\xff")
    (made / "a" / "run").symlink_to("../ci.yml")
    # More than a body takes: the rest is written to comments.
    (workspace / "body.md").write_text("".join(f"{line}. change\n" for line in range(6000)))


SITUATIONS = {
    "a new one from a worktree": Situation(nothing, a_build_in_a_checkout, {}),
    "a new one with a long body": Situation(
        nothing, a_directory, {"directory": "made", "body": "", "body_path": "body.md"}
    ),
    "another one": Situation(a_pull_request_with_other_labels, a_build_in_a_checkout, {"draft": "always-true"}),
}
NEW, LONG, OTHER = SITUATIONS
FEW = [(NEW, signal.SIGKILL, 7), (LONG, signal.SIGKILL, 7), (OTHER, signal.SIGKILL, 6)]
FEW += [(OTHER, signal.SIGINT, 5), (LONG, signal.SIGTERM, 5)]
FEW = [(name, number, deaths if sample.plays_all() else (deaths + 1) // 2) for name, number, deaths in FEW]
MANY = [(NEW, signal.SIGKILL, 70), (LONG, signal.SIGKILL, 65), (OTHER, signal.SIGKILL, 65)]
MANY += [(OTHER, signal.SIGINT, 30), (LONG, signal.SIGTERM, 30), (NEW, signal.SIGINT, 30)]


@first_on("full", why="Every death and every rerun is a process.")
@pytest.mark.parametrize(("name", "number", "deaths"), FEW)
def test_one_rerun_ends_where_a_clean_run_ends(
    processes: ActionProcesses,
    tmp_path: Path,
    name: str,
    number: signal.Signals,
    deaths: int,
    record_property: Callable[[str, object], None],
) -> None:
    die(processes, tmp_path, name, number, deaths, record_property)


@pytest.mark.proof
@only_on("full", why="More of what is played above on every edition.")
@pytest.mark.parametrize(("name", "number", "deaths"), MANY)
def test_so_it_does_after_many_deaths(
    processes: ActionProcesses,
    tmp_path: Path,
    name: str,
    number: signal.Signals,
    deaths: int,
    record_property: Callable[[str, object], None],
) -> None:
    die(processes, tmp_path, name, number, deaths, record_property)


def die(
    processes: ActionProcesses,
    tmp_path: Path,
    name: str,
    number: signal.Signals,
    deaths: int,
    record_property: Callable[[str, object], None],
) -> None:
    situation = SITUATIONS[name]
    dice = random.Random(f"{name} {deaths}")
    workspace = tmp_path / "workspace"
    with stage(checked=False, served=True) as scene:
        situation.workspace(scene, workspace)
    clean, lifetime = _clean(processes, situation, tmp_path, workspace)

    left: Counter[str] = Counter()
    lives = 0
    while left.total() < deaths:
        lives += 1
        assert lives < deaths * 8, left
        place = tmp_path / str(lives)
        with stage(checked=False, served=True) as scene:
            situation.before(scene)
            scene.forget()
            dying = situation.job(scene, place / "dying", workspace)
            share = lifetime / deaths
            end = processes.run(dying, _death(dice, dying, (lives % deaths) * share, share, number))
            if _died(end, dying, number):
                left[_last_done(scene, dying)] += 1
            else:
                lifetime *= 0.8  # Measured on a busier machine, it seems.
            _finish(processes, situation, scene, place, workspace, clean)
    # Of a few deaths on a busy machine all may be at one place.
    assert len(left) > 1 or deaths < 10, left
    record_property("measured", f"{number.name}, {name}: {deaths} of {lives} died, after {dict(left.most_common())}")


def _clean(processes: ActionProcesses, situation: Situation, place: Path, workspace: Path) -> tuple[Any, float]:
    """The end of one run that nothing happens to, and the seconds it took."""
    for attempt in ("first", "second"):  # The first is slower than all others.
        with stage(served=True) as scene:
            situation.before(scene)
            run = situation.job(scene, place / attempt, workspace)
            end = processes.run(run)
            assert end.code == 0, run.log
            state = _state(scene)
    return state, end.seconds


def _state(scene: Stage) -> Any:
    """What is there, but for the ids of comments and for this sandbox's address: a long body links to its comments, and
    the marker has that body's hash.
    """
    text = json.dumps(scene.sandbox.snapshot()).replace(scene.context.server_url, "")
    return json.loads(re.sub(r'#issuecomment-\d+|\\"block\\":\\"\w+', "", text))


def _death(dice: random.Random, dying: Job, start: float, seconds: float, number: signal.Signals) -> Death:
    """Any moment of a share of its life; one in six while it writes what it did, too short to be met by chance."""
    if dice.random() > 1 / 6:
        return Death(start + dice.uniform(0, seconds), signal=number)
    results = dying.place / "temp/action-patterns/results"
    return Death(file=dice.choice([results, dying.place / "output", dying.place / "summary"]), signal=number)


def _died(end: End, dying: Job, number: signal.Signals) -> bool:
    """Whether the signal ended it; if not, it was done."""
    if number == signal.SIGKILL:
        assert end.code in (0, -number), dying.log
        return end.code != 0
    assert end.code in (0, 128 + number), dying.log
    assert end.seconds < 20, "at once, on a busy machine too"
    assert "Traceback" not in dying.log
    assert (end.code == 0) is not dying.log.endswith("A rerun is safe and finishes half-done work.\n")
    return end.code != 0


def _last_done(scene: Stage, dying: Job) -> str:
    if dying.summary:
        return "its summary"
    if dying.outputs:
        return "its outputs"
    results = dying.place / "temp/action-patterns/results"
    if results.exists() and [json.loads(file.read_text()) for file in results.glob("*.json")]:
        return "its result"
    asked = scene.sandbox.requests.all()
    return str(asked[-1].operation or asked[-1].graphql_operation or asked[-1].path) if asked else "its start"


def _finish(
    processes: ActionProcesses,
    situation: Situation,
    scene: Stage,
    place: Path,
    workspace: Path,
    clean: Any,
) -> None:
    opened = {pull.number for pull in scene.sandbox.repository(TARGET).pulls()}
    rerun = situation.job(scene, place / "rerun", workspace)
    code = processes.run(rerun).code
    assert code == 0, rerun.log
    # What the dead one had sent may still be under way: then this run may have lost a race to it, and repaired that.
    assert _state(scene) == clean
    outputs = _told_the_truth(scene, rerun)
    assert outputs["outcome"] in ({"updated", "unchanged"} if opened else {"created", "updated", "unchanged"})

    scene.forget()
    last = situation.job(scene, place / "last", workspace)
    assert processes.run(last).code == 0, last.log
    outputs = _told_the_truth(scene, last)
    assert (outputs["outcome"], scene.writes(), outputs["writes"]) == ("unchanged", 0, "0")
    assert (scene.reads(), outputs["requests"]) == (1, "1") or not scene.has_graphql


def _told_the_truth(scene: Stage, run: Job) -> dict[str, str]:
    """Every output is there, and is what the sandbox holds."""
    outputs = run.outputs
    assert set(outputs) == {name.replace("_", "-") for name in UpsertPrOutputs.model_fields}
    (pull,) = scene.sandbox.repository(TARGET).pulls()
    tip = scene.sandbox.repository(TARGET).tip(pull.head)
    assert (outputs["number"], outputs["branch"], outputs["head-sha"]) == (str(pull.number), pull.head, tip)
    assert outputs["url"] == f"{scene.context.server_url}/{TARGET}/pull/{pull.number}"
    always_draft = run.variables.get("INPUT_DRAFT") == "always-true"
    assert outputs["refused-fields"] == ("draft" if always_draft and not scene.has_graphql else "")
    assert (outputs["outcome"] == "unchanged") is (outputs["writes"] == "0")
    assert outputs["changed-fields"] == "" or outputs["outcome"] == "updated"
    result = json.loads(Path(outputs["result"]).read_text())
    assert (result["outcome"], result["pull_request_number"]) == (outputs["outcome"], pull.number)
    assert f"]({outputs['url']})" in run.summary
    return outputs
