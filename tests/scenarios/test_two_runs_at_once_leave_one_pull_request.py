"""Real processes race on one key: one open pull request, one branch, and the last complete writer wins whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.editions import on_every_edition
from support.stage import TARGET, Stage, stage, wish

RACER = Path(__file__).parents[1] / "support" / "racer.py"


def race(scene: Stage, texts: list[str]) -> list[dict[str, object]]:
    """One process a text, released together, all with the same key."""
    processes = []
    for text in texts:
        process = subprocess.Popen(
            [
                sys.executable,
                str(RACER),
                scene.context.server_url,
                scene.context.api_url,
                scene.context.graphql_url,
                text,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


@on_every_edition
def test_equal_wishes_end_in_one_pull_request_and_nobody_fails(edition: str) -> None:
    with stage(edition=edition) as scene:
        results = race(scene, ["same"] * 4)
        assert {result["error"] is None for result in results} == {True}
        assert {result["outcome"] for result in results} <= {"created", "updated", "unchanged"}
        pulls = scene.sandbox.repository(TARGET).pulls()
        assert [pull.state for pull in pulls] == ["open"]
        assert {result["pull_request_number"] for result in results} == {pulls[0].number}


@on_every_edition
def test_different_wishes_end_in_one_of_them_whole(edition: str) -> None:
    with stage(edition=edition) as scene:
        results = race(scene, ["one", "two", "three", "four"])
        assert {result["error"] is None for result in results} == {True}
        repository = scene.sandbox.repository(TARGET)
        pulls = [pull for pull in repository.pulls() if pull.state == "open"]
        assert len(pulls) == 1
        files = repository.files(wish().branch)
        assert files["a.txt"][1] == files["b.txt"][1]
        assert set(pulls[0].labels) == {"sync"}
