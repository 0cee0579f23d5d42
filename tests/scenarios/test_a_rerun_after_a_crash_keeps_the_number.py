"""Whatever policy was at work when a run died: the next one ends where one clean run ends, under the same number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from action_patterns.pull_request.spec.desired import Desired
from support import sample
from support.editions import first_on
from support.people import KEPT, base_gets_the_content, commit_by_hand, seed, settled, target
from support.stage import FULL, TARGET, Killed, Moment, Stage, desired_state, stage

pytestmark = first_on(
    "full", why="The cases of test_a_run_killed_at_any_call are like these, and die on every edition at every write."
)

BRANCH = desired_state().branch
CHANGED: dict[str, str | bytes | None] = {"ci.yml": "on: [push]\n"}
LONG = "A line of a changelog.\n" * 6_000


def opened(scene: Stage) -> None:
    scene.upsert(desired_state(**FULL))


def closed(scene: Stage) -> None:
    opened(scene)
    target(scene).close_pull(1)


def closed_and_branch_deleted(scene: Stage) -> None:
    closed(scene)
    target(scene).delete_branch(BRANCH)


def theirs_on_top(scene: Stage) -> None:
    opened(scene)
    commit_by_hand(scene, BRANCH)


def somebody_elses(scene: Stage) -> None:
    repository = target(scene)
    repository.commit_files(BRANCH, {"mine.txt": b"x\n"}, message="Mine", parent=repository.tip("main"))
    repository.open_pull(BRANCH, author="alice", title="Mine", body="My words.")


def another_base(scene: Stage) -> None:
    opened(scene)
    target(scene).commit_files("release", {"release.txt": b"1\n"}, message="Release")


def in_a_fork(scene: Stage) -> None:
    scene.upsert(desired_state(head_repository="bot/api"))


def in_a_fork_and_converged(scene: Stage) -> None:
    in_a_fork(scene)
    base_gets_the_content(scene)


def with_a_long_body(scene: Stage) -> None:
    scene.upsert(desired_state(body=LONG, milestone="v1"))


@dataclass(frozen=True)
class Case:
    before: Callable[[Stage], None]
    desired_state: Desired
    number: int = 1
    reads: int = 1


CASES = {
    "reopened": Case(closed, desired_state(CHANGED, on_closed="reopen", **FULL)),
    "reopened after its branch was deleted": Case(
        closed_and_branch_deleted, desired_state(CHANGED, on_closed="reopen")
    ),
    "another one": Case(closed, desired_state(CHANGED, on_closed="new"), number=2),
    "appended": Case(theirs_on_top, desired_state(CHANGED, on_human_commits="append"), reads=KEPT),
    "overwritten": Case(theirs_on_top, desired_state(CHANGED, on_human_commits="overwrite")),
    "adopted": Case(somebody_elses, desired_state(adopt="any", labels=["sync"]), reads=KEPT),
    "moved to another base": Case(another_base, desired_state(base="release", **FULL)),
    "updated in a fork": Case(in_a_fork, desired_state(CHANGED, head_repository="bot/api", labels=["sync"])),
    "closed in a fork": Case(in_a_fork_and_converged, desired_state(head_repository="bot/api")),
    "a longer body and another milestone": Case(opened, desired_state(body=LONG, milestone="v1", draft="always-true")),
    "a shorter body and no milestone": Case(with_a_long_body, desired_state(body="Short.")),
}
WORLD = seed({"name": "bot/api", "fork": TARGET}, milestones=["v1"])


def end(scene: Stage) -> dict[str, Any]:
    """The state, without what differs between two worlds: addresses, ids of comments, and ids of commits."""
    text = re.sub(r'(Pattern-Kept: |,\\"adopted\\":\\")[0-9a-f]{40}(\\")?', "", json.dumps(scene.sandbox.snapshot()))
    text = re.sub(r"Pattern-Seal: [0-9a-f]{16}", "", text)
    state: dict[str, Any] = json.loads(text)
    for pull in state[TARGET]["pulls"]:
        head, _, tail = pull["body"].partition("*Continued in comments: ")
        pull["body"] = (head.partition("\n")[2], tail.partition("*")[2]) if tail else pull["body"]
        pull["comments"] = sorted(pull["comments"], key=lambda comment: str(comment["body"]))
    return state


@cache
def clean(name: str, edition: str) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The end of a run that nothing happens to, and the numbers of its calls that write: killed at one that reads, it
    leaves what it leaves when killed after the write before.
    """
    case = CASES[name]
    with stage(WORLD, edition=edition) as scene:
        case.before(scene)
        scene.forget()
        result = scene.upsert(case.desired_state)
        assert result.pull_request_number == case.number, result
        writes = tuple(n for n, record in enumerate(scene.sandbox.requests, 1) if record.kind == "write")
        return end(scene), writes


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", sample.some(3, CASES, "after a crash"))
def test_it_does(name: str, moment: Moment, edition: str) -> None:
    case, (expected, writes) = CASES[name], clean(name, edition)
    assert writes
    for call in writes:
        with stage(WORLD, checked=False) as scene:
            case.before(scene)
            with pytest.raises(Killed):
                scene.upsert(case.desired_state, call=call, moment=moment)
            scene.upsert(case.desired_state)
            assert end(scene) == expected, f"killed {moment} call {call}"
            settled(scene, case.desired_state, reads=case.reads)
