"""A distribution file and discover's inputs name the same sources; each list is read once however often it is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import step
from support.editions import first_on
from support.selecting import world
from support.stage import Stage, stage

pytestmark = first_on("full", "no-graphql", why="Each lists teams and repositories in its own way.")

SEED: dict[str, Any] = world(
    [
        {"name": "acme/api", "teams": {"platform": "push"}, "topics": ["go"]},
        {"name": "acme/site", "teams": {"platform": "push", "web": "push"}},
        {"name": "acme/shop", "teams": {"web": "push"}, "topics": ["go"]},
        {"name": "acme/tool"},
        {"name": "umbrella/x", "topics": ["go"]},
    ]
)
LISTED = """# the fleet
umbrella/x
acme/tool  # last
"""


def plan(done: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(done.outputs["path"]).read_text())
    return found


def operations(scene: Stage) -> list[str]:
    return [each for each in scene.order() if each in ("teams/list-repos-in-org", "Team", "search/repos", "Owner")]


def test_inputs_of_discover_unite(tmp_path: Path) -> None:
    (tmp_path / "fleet.txt").write_text(LISTED)
    with stage(SEED, served=True) as scene:
        given = {"teams": "acme/web", "search": "org:acme topic:go", "repositories_file": "fleet.txt"}
        done = step("discover", scene, tmp_path, **given)
    assert done.code == 0, done.log
    assert json.loads(done.outputs["targets"]) == ["acme/api", "acme/shop", "acme/site", "acme/tool", "umbrella/x"]
    assert done.outputs["visible"] == "5"


def test_a_distribution_file_combines_selections(tmp_path: Path) -> None:
    targets = """
      teams: [acme/platform, acme/web],
      all-of: [{search: ["org:acme topic:go"]}, {any-of: [{teams: [acme/web]}, {teams: [acme/platform]}]}],
      none-of: [{teams: [acme/platform], topics: [go]}, {repositories: [acme/nothing]}]"""
    with stage(SEED, served=True) as scene:
        done = step("discover", scene, tmp_path, targets=targets, distribution="distribution.yml")
        assert done.code == 0, done.log
        asked = operations(scene)
    assert json.loads(done.outputs["targets"]) == ["acme/shop"]
    reasons = {each["repository"]: each["reason"] for each in plan(done)["excluded"]}
    assert reasons == {"acme/api": "in-none-of", "acme/site": "not-in-all-of"}
    assert sorted(asked).count("search/repos") == 1
    assert asked.count("Team" if scene.has_graphql else "teams/list-repos-in-org") == 2
    assert "file=distribution.yml,line=5::`none-of` 2 excluded nothing" in done.log


def test_every_wrong_line_of_a_file_is_named_before_the_first_request(tmp_path: Path) -> None:
    (tmp_path / "fleet.txt").write_text("acme/api\nacme\n\nhttps://github.com/acme/site\n")
    with stage(SEED, served=True) as scene:
        done = step("discover", scene, tmp_path, repositories_file="fleet.txt")
        assert done.code == 2
        assert scene.reads() == 0
    assert "file=fleet.txt,line=2" in done.log
    assert "file=fleet.txt,line=4" in done.log
    assert "Write 'acme/site'." in done.log


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"search": "topic:go"}, "`search`: 'topic:go' would select repositories of strangers."),
        ({"teams": "@acme/web"}, "Write 'acme/web'"),
        ({"topics": "go"}, "or another source: `teams`, `installation`, `search` or `repositories-file`"),
        ({"repositories_file": "absent.txt"}, "absent.txt"),
    ],
)
def test_a_source_that_cannot_be_is_refused_before_the_first_request(
    tmp_path: Path, inputs: dict[str, str], said: str
) -> None:
    with stage(SEED, served=True) as scene:
        done = step("discover", scene, tmp_path, **inputs)
        assert (done.code, scene.reads()) == (2, 0)
    assert said in done.log


@pytest.mark.parametrize("inputs", [{"teams": "acme/web"}, {"installation": "true"}])
def test_the_job_s_own_token_reads_neither_teams_nor_installations(tmp_path: Path, inputs: dict[str, str]) -> None:
    with stage(SEED, served=True) as scene:
        done = step("discover", scene, tmp_path, job_token="tok-bot", **inputs)
        assert (done.code, scene.reads()) == (2, 0)
    assert "The token is the job's GITHUB_TOKEN, which reaches only acme/source" in done.log
