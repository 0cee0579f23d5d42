"""The list a dry run prints is the list of writes a real run sends, in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from action_patterns.pull_request.spec.desired import Desired
from support.stage import FULL, Stage, desired_state, stage


def nothing(_: Stage) -> None: ...


def an_older_one(scene: Stage) -> None:
    scene.upsert(desired_state({"ci.yml": "old\n"}, labels=["stale"], assignees=["bob"], title="Old", body="Old."))


@pytest.mark.parametrize(
    ("before", "asked_for"),
    [
        (nothing, desired_state(**FULL)),
        (nothing, desired_state({"logo.png": b"\0\xff", "b.txt": "b\n"})),
        (an_older_one, desired_state(**FULL)),
        (
            an_older_one,
            desired_state(
                {"ci.yml": "old\n", "x": "x\n"}, labels=["stale"], assignees=["bob"], title="Old", body="Old."
            ),
        ),
    ],
)
def test_planned_is_what_is_sent(before: Callable[[Stage], Any], asked_for: Desired) -> None:
    with stage() as scene:
        before(scene)
        untouched = scene.sandbox.snapshot()
        scene.forget()
        planned = scene.upsert(asked_for, dry_run=True)
        assert planned.outcome == "planned"
        assert (scene.reads() == 1, scene.writes()) == (scene.has_graphql, 0)
        assert scene.sandbox.snapshot() == untouched

        scene.forget()
        scene.upsert(asked_for)
        sent = [
            f"{record.method} {'/graphql' if record.graphql_operation else record.path}"
            for record in scene.sandbox.requests
            if record.kind == "write"
        ]
        number = str(scene.sandbox.repository("acme/api").pulls()[0].number)
        listed = [
            re.match(r"\S+ \S+", line)[0].replace("{number}", number)  # type: ignore[index]
            for line in planned.planned_requests
        ]
        assert listed == sent


def test_a_dry_run_of_nothing_to_do_says_unchanged() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        assert scene.upsert(desired_state(**FULL), dry_run=True).outcome == "unchanged"
