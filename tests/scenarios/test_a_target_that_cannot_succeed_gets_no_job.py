"""A preflight of the fleet finds targets that cannot succeed in the listing itself: each is skipped or blocked with the
reason that an upsert would give, before a job is spent on it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.campaign_steps import seed, step
from support.stage import Stage, stage

NAMES = ("api", "dead", "guarded", "locked", "web")
BOOKKEEPING = {"rate-limit/get", "actions/list-workflow-runs"}


def fleet() -> dict[str, Any]:
    """Return five repositories. One is disabled, and one this token may only read."""
    made = seed(*NAMES, dead={"disabled": True})
    token = {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all", "read-only": ["acme/locked"]}
    return made | {"tokens": {"tok-bot": token, "ghp_1": token}}


def guard(scene: Stage, folder: Path) -> None:
    """Give `guarded` a branch of the campaign, and then a rule that this token does not pass."""
    first = step("distribute", scene, folder, targets="repositories: [acme/guarded]", token="ghp_1")
    assert first.results() == {"acme/guarded": ("created", "opened")}, first.log
    repository = scene.sandbox.repository("acme/guarded")
    repository.protect("action-patterns/*", "pull_request")


def expected(scene: Stage) -> dict[str, tuple[str, str]]:
    # REST lists no rules of a branch: what is unknown stops nothing.
    rules = {"acme/guarded": ("blocked", "branch-protected")} if scene.has_graphql else {}
    return {"acme/dead": ("skipped", "disabled"), "acme/locked": ("blocked", "read-only")} | rules


def test_the_plan_has_no_job_for_it_and_the_listing_is_all_that_was_read(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        guard(scene, tmp_path)
        without = step(
            "discover", scene, tmp_path, targets="owners: [acme]", distribution="distribution.yml", token="ghp_1"
        )
        assert without.outputs["count"] == "5"
        scene.forget()
        plain = step("discover", scene, tmp_path, distribution="distribution.yml", token="ghp_1")
        sent = [operation for operation in scene.order() if operation not in BOOKKEEPING]
        scene.forget()
        done = step("discover", scene, tmp_path, distribution="distribution.yml", preflight="true", token="ghp_1")
        assert done.code == plain.code == 0, done.log
        assert [each for each in scene.order() if each not in BOOKKEEPING] == sent, "it costs no request"
        assert done.outputs["count"] == str(5 - len(expected(scene)))
        assert "targets get no job" in done.log
        for name, (outcome, reason) in expected(scene).items():
            assert f"{reason}, {outcome}: {name}." in done.log
            assert name.partition("/")[2] in done.summary
        assert scene.writes() == 0


def test_the_report_has_each_with_the_reason_of_an_upsert(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        guard(scene, tmp_path)
        done = step("distribute", scene, tmp_path, targets="owners: [acme]", preflight="true", token="ghp_1")
        found = done.results()
        assert {name: found[name] for name in expected(scene)} == expected(scene)
        assert found["acme/api"] == found["acme/web"] == ("created", "opened")
        assert len(found) == len(NAMES)
        assert [
            pull.title for name in ("dead", "locked") for pull in scene.sandbox.repository(f"acme/{name}").pulls()
        ] == []


def test_its_reasons_are_those_that_an_upsert_gives_without_it(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        done = step("distribute", scene, tmp_path, targets="owners: [acme]", token="ghp_1")
        found = done.results()
        assert {name: found[name] for name in ("acme/dead", "acme/locked")} == {
            name: expected(scene)[name] for name in ("acme/dead", "acme/locked")
        }


def test_a_token_that_does_not_say_its_role_stops_nothing(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        done = step(
            "discover", scene, tmp_path, targets="owners: [acme]", distribution="distribution.yml", preflight="true"
        )
        assert done.outputs["count"] == "4", "GitHub disabled one; the role of this token is not known"
        assert done.outputs["stopped"] == '{"disabled":1}'
