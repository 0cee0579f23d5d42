"""upsert-pr proposes a checkout only in the repository that it was checked out from, and names both where it stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.editions import only_on
from support.people import seed
from support.stage import TARGET, Stage, stage
from support.workspace import Workspace

OTHERS = (
    {"name": "acme/private", "private": True, "files": {"README.md": "# docs\n"}},
    {"name": "acme/api-fork", "fork": TARGET},
)


@pytest.fixture
def at(tmp_path: Path) -> Callable[[Stage], Workspace]:
    return lambda scene: Workspace(scene, tmp_path)


At = Callable[[Stage], Workspace]


def test_a_checkout_of_another_repository_is_stopped_with_both_names(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.check_out("acme/private")
        job.write({"plans.md": "confidential\n"})
        before = scene.sandbox.snapshot()
        ended = job.run()
        assert ended.code == 2
        assert "The checkout is of acme/private, and the pull request would be opened in acme/api." in ended.log
        assert (scene.writes(), scene.sandbox.snapshot()) == (0, before)
        assert job.run(repository="acme/private").outputs["outcome"] == "created"


def test_a_fork_is_the_repository_only_where_head_repository_names_it(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.check_out("acme/api-fork")
        job.write({"new.md": "n\n"})
        assert "`head-repository: acme/api-fork`" in job.run().log
        ended = job.run(head_repository="acme/api-fork")
        assert (ended.code, ended.outputs["outcome"]) == (0, "created")


def test_the_parent_s_checkout_is_not_proposed_in_a_fork(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.check_out()
        job.write({"new.md": "n\n"})
        ended = job.run(repository="acme/api-fork")
        assert ended.code == 2
        assert "The checkout is of acme/api, and the pull request would be opened in acme/api-fork." in ended.log


@pytest.mark.parametrize("named", ["acme/api", "acme/api-v2"], ids=["the former name", "the new name"])
def test_a_renamed_repository_is_one_repository(at: At, named: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.check_out()
        job.write({"new.md": "n\n"})
        scene.sandbox.repository(TARGET).rename("api-v2")
        ended = job.run(repository=named)
        assert (ended.code, ended.outputs["outcome"]) == (0, "created")


def test_another_repository_under_a_name_that_was_given_up_is_another(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.check_out("acme/private")
        scene.sandbox.repository("acme/private").rename("private-v2")
        assert "The checkout is of acme/private, and" in job.run().log
        assert scene.writes() == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://x-access-token:ghs_hidden@gitlab.com/acme/api", "remote is https://gitlab.com/acme/api, which"),
        ("git@gitlab.com:acme/api.git", "remote is git@gitlab.com:acme/api.git, which"),
        ("/srv/mirror/acme/api.git", "the remote '/srv/mirror/acme/api.git', so nothing proves that it is of acme/api"),
        (None, "no remote, so nothing proves that it is of acme/api"),
    ],
)
@only_on("full", why="Nothing is asked of it.")
def test_a_remote_that_names_no_repository_of_the_server_is_stopped(at: At, url: str | None, said: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.check_out(url=url)
        job.write({"new.md": "n\n"})
        ended = job.run()
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert said in ended.log
        assert "ghs_hidden" not in ended.log


@pytest.mark.parametrize("url", ["/srv/mirror/acme/api.git", None])
@only_on("full", why="What is checked out is the same for all.")
def test_the_run_s_commit_proves_a_checkout_without_a_remote(at: At, url: str | None) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.check_out(url=url)
        job.write({"new.md": "n\n"})
        commit = {"GITHUB_SHA": job.git("rev-parse", "HEAD")}
        job.git("commit", "-q", "--allow-empty", "-m", "a step's own")
        assert job.run(variables=commit, repository="acme/other").code == 2
        assert job.run(variables=commit).outputs["outcome"] == "created"


@only_on("full", why="What git fetches from is the same for all.")
def test_a_mirror_counts_as_what_was_written(at: At) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.check_out()
        job.git("config", "url.https://mirror.example/.insteadOf", f"{scene.context.server_url}/")
        job.write({"new.md": "n\n"})
        assert job.run().outputs["outcome"] == "created"
        job.git("remote", "set-url", "origin", "gh:acme/api")
        job.git("config", f"url.{scene.context.server_url}/.insteadOf", "gh:")
        assert job.run().outputs["outcome"] == "unchanged"


def test_a_directory_is_laid_over_any_repository(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.check_out("acme/private")
        job.write({"out/new.md": "n\n"})
        ended = job.run(directory="out")
        assert job.proposed(ended) == {"new.md"}


def test_a_checkout_below_the_workspace_is_named_by_path_or_found_by_its_repository(at: At) -> None:
    with stage(seed(*OTHERS), served=True) as scene:
        job = at(scene)
        job.root.mkdir()
        job.check_out(at="api")
        job.check_out("acme/private", at="private")
        job.write({"api/new.md": "n\n", "private/plans.md": "p\n"})
        (job.root / "api/old.txt").unlink()
        for inputs in ({"path": "api"}, {}, {"path": "./api/"}):
            ended = job.run(**inputs)
            assert job.proposed(ended) == {"new.md", "old.txt"}, inputs
        assert job.run(path="private").code == 2
        stopped = job.run(repository="acme/api-fork")
        assert "'api' (acme/api), 'private' (acme/private); none is of acme/api-fork" in stopped.log


@only_on("full", why="It is refused before a request.")
@pytest.mark.parametrize(
    ("path", "said"), [("../elsewhere", "is outside the workspace"), ("link", "is outside"), ("absent", "no directory")]
)
def test_a_path_is_a_directory_of_the_workspace(tmp_path: Path, path: str, said: str) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.root.mkdir()
        (tmp_path / "elsewhere").mkdir()
        (job.root / "link").symlink_to(tmp_path / "elsewhere")
        ended = job.run(path=path)
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert said in ended.log
