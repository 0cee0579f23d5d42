"""A repository that a campaign names and the token does not see was left out under a green report. It is a target that
fails, with its remedy; the other targets are done. A renamed one is followed, and several spellings are one target.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage

pytestmark = first_on("full", "no-graphql", why="These two find a repository by its name in different ways.")

ABSENT = ("failed", "not-found")


def campaign(scene: Stage, folder: Path, *repositories: str, **inputs: str) -> Step:
    return step("distribute", scene, folder, targets=f"repositories: [{', '.join(repositories)}]", **inputs)


def three_stages(scene: Stage, folder: Path, *repositories: str) -> Step:
    """The report of distribute.yml's jobs: every leg, and what they left."""
    selection = f"repositories: [{', '.join(repositories)}]"
    found = step("discover", scene, folder, targets=selection, distribution="distribution.yml", targets_per_job="1")
    assert found.code == 0, found.log
    plan = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"]}
    for index in range(int(found.outputs["count"])):
        assert step("apply", scene, folder, index=str(index), **plan).code == 0
    assert found.outputs["has-targets"] == str(int(found.outputs["count"]) > 0).lower()
    return step("report", scene, folder, records=str(folder / "temp/action-patterns/ci-records-0-a1"), **plan)


def test_the_root_action_is_red_and_does_the_rest(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = campaign(scene, tmp_path, "acme/absent", "acme/api", "nowhere/x")
        assert done.results() == {
            "acme/absent": ABSENT,
            "nowhere/x": ABSENT,
            "acme/api": ("created", "opened"),
        }
        assert (done.code, done.outputs["verdict"]) == (1, "partial")
        assert "::error title=not-found%3A 2 of 3 targets::" in done.log
        assert "Check the spelling, and that the token or the App's installation covers the repository." in done.log
        assert sum(done.report()["counts"].values()) == 3
        assert not [r.path for r in scene.sandbox.requests if r.method != "GET" and "/absent" in r.path]


def test_a_matrix_has_no_job_for_it_and_the_report_counts_it(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = three_stages(scene, tmp_path, "acme/absent", "acme/api")
        assert done.results() == {"acme/absent": ABSENT, "acme/api": ("created", "opened")}
        assert done.code == 1
        assert "`not-found`" in done.summary


def test_a_selection_of_which_nothing_is_found_is_red_and_not_nothing_to_do(tmp_path: Path) -> None:
    with stage(seed(), served=True) as scene:
        done = three_stages(scene, tmp_path, "acme/absent")
        assert (done.code, done.outputs["verdict"]) == (1, "failed")
        assert "No record was found" not in done.summary
        assert not [request for request in scene.sandbox.requests if "/actions/runs/" in request.path]
        assert done.results() == {"acme/absent": ABSENT}


def test_a_repository_that_the_token_does_not_see_is_not_found(tmp_path: Path) -> None:
    hidden: dict[str, Any] = seed("api", "secret", secret={"private": True})
    hidden["tokens"]["tok-bot"] |= {"kind": "fine-grained", "repositories": ["acme/api"]}
    with stage(hidden, served=True) as scene:
        done = campaign(scene, tmp_path, "acme/api", "acme/secret")
        assert done.results() == {"acme/api": ("created", "opened"), "acme/secret": ABSENT}


def test_a_renamed_repository_is_one_target_under_its_new_name(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        scene.sandbox.repository("acme/api").rename("api-v2")
        done = campaign(scene, tmp_path, "acme/api", "ACME/API", "acme/api-v2", "Acme/Api-V2")
        assert done.results() == {"acme/api-v2": ("created", "opened")}
        assert done.code == 0
        assert len(scene.sandbox.repository("acme/api-v2").pulls()) == 1


def test_several_spellings_of_an_absent_one_are_one_target(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = campaign(scene, tmp_path, "acme/absent", "ACME/Absent", "acme/ABSENT")
        assert done.results() == {"acme/absent": ABSENT}


def test_an_archived_one_is_there_and_stays_an_exclusion(tmp_path: Path) -> None:
    with stage(seed("api", "old", old={"archived": True}), served=True) as scene:
        done = campaign(scene, tmp_path, "acme/api", "acme/old")
        assert (done.code, done.results()) == (0, {"acme/api": ("created", "opened")})
        assert [(each["repository"], each["reason"]) for each in done.report()["excluded"]] == [
            ("acme/old", "archived")
        ]


def test_once_it_is_there_a_new_run_is_green(tmp_path: Path) -> None:
    with stage(seed("api", "draft"), served=True) as scene:
        assert campaign(scene, tmp_path, "acme/api", "acme/late").code == 1
        scene.sandbox.repository("acme/draft").rename("late")
        done = campaign(scene, tmp_path, "acme/api", "acme/late")
        assert done.results() == {"acme/api": ("unchanged", "up-to-date"), "acme/late": ("created", "opened")}
        assert done.code == 0
