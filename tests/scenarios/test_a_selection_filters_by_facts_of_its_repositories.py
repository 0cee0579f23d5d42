"""Users filter a fleet by type, language, topic, custom property, file, visibility, last push and role. Each repository
that a filter leaves out has its own reason, an input of discover means what the key of a distribution file means, and
a value that can never hold is refused before the first request.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import Step, seed, step
from support.stage import stage

RECENT = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
FLEET: dict[str, Any] = {
    "shop": {
        "files": {"go.mod": "x\n", "package.json": "{}\n", "deploy/main.tf": "x\n"},
        "language": "Go",
        "topics": ["service", "web"],
        "properties": {"team": "web", "tiers": ["1", "2"], "live": True},
        "visibility": "internal",
        "pushed-at": RECENT,
    },
    "tool": {
        "files": {"pyproject.toml": "x\n"},
        "language": "Python",
        "topics": ["cli"],
        "properties": {"team": "data"},
        "visibility": "private",
    },
    "notes": {"files": {"README.md": "x\n"}, "topics": ["web"]},
}
BY: list[tuple[str, dict[str, str], list[str], dict[str, int]]] = [
    ("types: [go]", {"types": "go"}, ["shop"], {"type": 2}),
    ("types: node", {"types": "node"}, ["shop"], {"type": 2}),
    ("types: [unknown, python]", {"types": "unknown, python"}, ["notes", "tool"], {"type": 1}),
    ("languages: [go, PYTHON]", {"languages": "go\nPYTHON"}, ["shop", "tool"], {"language": 1}),
    ("topics: [Web, service]", {"topics": "Web, service"}, ["shop"], {"topic-missing": 2}),
    ("any-topics: [cli, service]", {"any_topics": "cli, service"}, ["shop", "tool"], {"topic-missing": 1}),
    ("properties: {team: web}", {"properties": "team=web"}, ["shop"], {"property": 2}),
    ("properties: {Team: [web, data]}", {"properties": "Team=web\nTeam=data"}, ["shop", "tool"], {"property": 1}),
    ('properties: {tiers: "2", live: true}', {"properties": "tiers=2\nlive=true"}, ["shop"], {"property": 2}),
    ('has-file: "*.toml"', {"has_file": "*.toml"}, ["tool"], {"file-missing": 2}),
    ("has-file: [go.mod, deploy/]", {"has_file": "go.mod\ndeploy/"}, ["shop"], {"file-missing": 2}),
    ("visibility: private", {"visibility": "private"}, ["tool"], {"visibility": 2}),
    ("visibility: [public, internal]", {"visibility": "public, internal"}, ["notes", "shop"], {"visibility": 1}),
    ("visibility: all", {"visibility": "all"}, ["notes", "shop", "tool"], {}),
    ("pushed-since: 30d", {"pushed_since": "30d"}, ["shop"], {"not-pushed-since": 2}),
    ("types: [go], visibility: public", {"types": "go", "visibility": "public"}, [], {"type": 2, "visibility": 1}),
]


def found(done: Step) -> tuple[list[str], dict[str, int]]:
    assert done.code == 0, done.log
    names = [name.partition("/")[2] for name in json.loads(done.outputs["targets"])]
    return names, json.loads(done.outputs["excluded"])


@pytest.mark.parametrize(("keys", "inputs", "targets", "excluded"), BY, ids=[each[0] for each in BY])
def test_a_key_of_the_file_and_its_input(
    tmp_path: Path, keys: str, inputs: dict[str, str], targets: list[str], excluded: dict[str, int]
) -> None:
    with stage(seed(*FLEET, **FLEET), served=True) as scene:
        here = found(step("discover", scene, tmp_path, owners="acme", reveal_private="true", **inputs))
        selection = f"owners: [acme], {keys}"
        filed = step(
            "discover", scene, tmp_path, targets=selection, distribution="distribution.yml", reveal_private="true"
        )
        assert here == found(filed) == (targets, excluded)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"types": "pyhton"}, "Write 'python'"),
        ({"has_file": "**/go.mod"}, "Name the directory"),
        ({"properties": "team"}, "not of the form name=value"),
        ({"visibility": "secret"}, "`visibility`"),
        ({"permission": "owner"}, "`permission`"),
        ({"pushed_since": "90 days"}, "'90d'"),
    ],
)
def test_what_can_never_hold_is_refused_before_the_first_request(
    tmp_path: Path, inputs: dict[str, str], said: str
) -> None:
    with stage(seed("api"), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", **inputs)
        assert done.code == 2
        assert said in done.log
        assert scene.order() == []
