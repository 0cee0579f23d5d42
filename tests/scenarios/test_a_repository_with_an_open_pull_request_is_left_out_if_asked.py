"""A team that merges slowly asks for no new content in repositories whose last pull request is still open. The filter
knows the campaign's own by its branch. A pull request of a stranger's fork from a branch of that name hides no
repository.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from action_patterns import run
from support import app_fleet
from support.campaign_steps import CAMPAIGN, seed, step
from support.stage import stage

WAITING = "owners: [acme], without-open-pull-request: true"
LEFT_OUT = '{"open-pull-request":1}'


def test_it_is_left_out_until_the_pull_request_ends(tmp_path: Path) -> None:
    with stage(seed("api", "web"), served=True) as scene:
        first = step("distribute", scene, tmp_path, targets="repositories: [acme/api]")
        assert first.results() == {"acme/api": ("created", "opened")}
        scene.forget()
        found = step("discover", scene, tmp_path, targets=WAITING, distribution="distribution.yml")
        assert (found.outputs["targets"], found.outputs["excluded"]) == ('["acme/web"]', LEFT_OUT), found.log
        if scene.has_graphql:
            assert scene.sent("Owner") == 1
            assert scene.sent("pulls/list") == 0
        second = step("distribute", scene, tmp_path, targets=WAITING)
        assert second.results() == {"acme/web": ("created", "opened")}
        scene.sandbox.repository("acme/api").merge_pull(1)
        third = step("discover", scene, tmp_path, targets=WAITING, distribution="distribution.yml")
        assert (third.outputs["targets"], third.outputs["excluded"]) == ('["acme/api"]', LEFT_OUT)


@pytest.mark.parametrize("name", ["mallory/api", "acme/copy"])
def test_a_pull_request_from_a_fork_does_not_count(tmp_path: Path, name: str) -> None:
    with stage(seed("api") | {"users": ["bot", "mallory"]}, served=True) as scene:
        step("distribute", scene, tmp_path, targets="repositories: [acme/api]")
        repository = scene.sandbox.repository("acme/api")
        (ours,) = repository.pulls()
        repository.close_pull(ours.number)
        scene.sandbox.add_repository(name, fork="acme/api").commit_files(ours.head, {"x.txt": "x\n"})
        owner = name.partition("/")[0]
        repository.open_pull(f"{owner}:{ours.head}", author="mallory", head_repo=name)
        found = step("discover", scene, tmp_path, targets=WAITING, distribution="distribution.yml")
        assert found.outputs["targets"] == '["acme/api"]'


@pytest.mark.parametrize(("granted", "code"), [({"pull_requests": "read"}, 0), ({}, 1)])
def test_an_app_needs_to_read_pull_requests_for_it(tmp_path: Path, granted: dict[str, str], code: int) -> None:
    permissions = {"contents": "read", "metadata": "read"} | granted
    stream = io.StringIO()
    with app_fleet.fleet(app_fleet.seed({"acme": {}}, ["acme/api"], permissions=permissions)) as scene:
        (tmp_path / "distribution.yml").write_text(CAMPAIGN % WAITING)
        (tmp_path / "ci.txt").write_text("x\n")
        given = app_fleet.variables(scene, tmp_path, distribution="distribution.yml")
        assert run.main(["discover"], given, stream) == code, stream.getvalue()
        assert ("grant pull-requests: read" in stream.getvalue()) == (code != 0)
