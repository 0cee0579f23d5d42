"""A step with `continue-on-error` that failed has the `conclusion` success. record reads its `outcome`, by lines or by
`toJSON(steps)`, and never calls a step that is not there a success.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage

pytestmark = first_on("full", why="Nothing is asked of GitHub.")


def context(**outcomes: str) -> str:
    """Return `toJSON(steps)` of a job whose steps all have `continue-on-error`."""
    steps = {
        name: {"outputs": {"log": "x"}, "outcome": outcome, "conclusion": "success"}
        for name, outcome in outcomes.items()
    }
    return json.dumps(steps, indent=2)


def lines(**outcomes: str) -> str:
    return "\n".join(f"{name}={outcome}" for name, outcome in outcomes.items())


FORMS = pytest.mark.parametrize("form", [lines, context], ids=["lines", "toJSON"])


def recorded(scene: Stage, folder: Path, **inputs: str) -> Step:
    given = {"target": "acme/api", "index": "0", **inputs}
    return step("record", scene, folder, **given)


def written(done: Step) -> dict[str, Any]:
    assert done.code == 0, done.log
    found: dict[str, Any] = json.loads(Path(done.outputs["path"]).read_text())
    return found


@FORMS
def test_a_failure_that_conclusion_hides_is_recorded_with_the_first_step_that_failed(tmp_path: Path, form: Any) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps=form(build="success", test="failure", lint="skipped", pack="failure"))
        result = written(done)
        assert (result["outcome"], result["reason"]) == ("failed", "step-failed")
        assert result["message"] == "Steps `test`, `pack` failed. The first is step 2 of 4."


@FORMS
@pytest.mark.parametrize(
    ("outcomes", "outcome", "reason"),
    [
        ({"a": "success", "b": "success"}, "unchanged", "steps-succeeded"),
        ({"a": "success", "b": "skipped"}, "unchanged", "steps-succeeded"),
        ({"a": "skipped", "b": "skipped"}, "skipped", "steps-skipped"),
        ({"a": "success", "b": "cancelled"}, "failed", "step-cancelled"),
        ({"a": "cancelled", "b": "failure"}, "failed", "step-failed"),
    ],
)
def test_the_outcome_follows_from_the_steps(
    tmp_path: Path, form: Any, outcomes: dict[str, str], outcome: str, reason: str
) -> None:
    with stage(seed("api"), served=True) as scene:
        result = written(recorded(scene, tmp_path, steps=form(**outcomes)))
        assert (result["outcome"], result["reason"]) == (outcome, reason)


@FORMS
def test_a_step_without_an_outcome_and_an_unknown_word_are_refused_at_once(tmp_path: Path, form: Any) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps=form(build="success", tset="", lint="passed"), outputs="a", target="api")
        assert done.code == 2
        assert "`steps` has an empty outcome for the step `tset`: no step before this one has that id." in done.log
        assert "`steps` has 'passed' for the step `lint`, which is no outcome." in done.log
        assert "`outputs` has the line 'a', which is not of the form name=value." in done.log
        assert "which is no name of a repository" in done.log
        assert not (tmp_path / "temp/action-patterns-records").exists()


def test_no_step_with_an_id_is_no_success(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps="{}")
        assert done.code == 2
        assert "`steps` names no step" in done.log


@pytest.mark.parametrize("outcome", ["created", "updated", "unchanged", "closed", "skipped", "planned"])
def test_a_failed_step_beside_an_outcome_of_success_is_refused(tmp_path: Path, outcome: str) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps="build=success\ntest=failure", outcome=outcome, reason="done")
        assert done.code == 2
        assert f"`outcome` is {outcome}, and by `steps` the target failed: Step `test` failed." in done.log


@pytest.mark.parametrize("outcome", ["failed", "blocked", "deferred", "missing"])
def test_the_callers_own_words_for_a_failed_step_count(tmp_path: Path, outcome: str) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps="test=failure", outcome=outcome, reason="limit-reached")
        assert (written(done)["outcome"], written(done)["reason"]) == (outcome, "limit-reached")


def test_the_callers_own_words_for_steps_that_succeeded_count(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = recorded(scene, tmp_path, steps="test=success", outcome="updated", reason="bumped")
        assert (written(done)["outcome"], written(done)["reason"]) == ("updated", "bumped")
        half = recorded(scene, tmp_path, steps="test=success", outcome="updated")
        assert half.code == 2
        assert "`outcome` is given beside `steps`, without `reason`." in half.log


def test_a_step_that_failed_after_upsert_pr_makes_the_target_failed_and_keeps_its_pull_request(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        (tmp_path / "files").mkdir()
        (tmp_path / "files/a.txt").write_text("x\n")
        given = {"repository": "acme/api", "key": "k", "title": "T", "directory": "files"}
        made = step("upsert-pr", scene, tmp_path, **given)
        assert made.code == 0, made.log
        result = made.outputs["result"]
        good = written(recorded(scene, tmp_path, result=result, steps="pr=success\nnotify=skipped"))
        assert good["outcome"] == "created"
        bad = written(recorded(scene, tmp_path, result=result, steps="pr=success\nnotify=failure"))
        assert (bad["outcome"], bad["reason"]) == ("failed", "step-failed")
        assert bad["pull_request_url"] == good["pull_request_url"]
