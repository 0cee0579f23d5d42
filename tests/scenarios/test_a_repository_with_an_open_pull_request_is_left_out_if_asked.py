"""A team that merges slowly asks for no new content in repositories whose last pull request is still open. The filter
knows the campaign's own by its branch. A pull request of a stranger's fork from a branch of that name hides no
repository.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.campaign_steps import seed, step
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
