"""Assertions about GitHub on every edition: they read, an outage is no answer, and nothing is written."""

from __future__ import annotations

from github_sandbox import Fault
from support.asserting import asserted_on
from support.stage import FULL, TARGET, Stage, desired_state, stage

NOW = [
    {"github-repository": TARGET, "path": "$.archived", "equals": "false"},
    {"github-branch": "main", "repository": TARGET, "matches": "^[0-9a-f]{40}$"},
    {"github-branch": "no-such-branch", "repository": TARGET, "exists": False},
    {"github-file": "README.md", "repository": TARGET, "non-empty": True},
    {"github-file": "no/such/file", "repository": TARGET, "exists": False},
    {"github-label": "no such label", "repository": TARGET, "exists": False},
    {"github-environment": "no/such", "repository": TARGET, "exists": False},
]


def pull_request(scene: Stage, **fields: object) -> dict[str, object]:
    (pull,) = scene.sandbox.repository(TARGET).pulls()
    return {"github-pull-request": pull.head, "repository": TARGET, **fields}


def test_what_github_has_is_as_it_is_asserted() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.forget()
        before = scene.sandbox.snapshot()
        (pull,) = scene.sandbox.repository(TARGET).pulls()
        entries = [*NOW, pull_request(scene, path="$.number", equals=str(pull.number))]
        step = asserted_on(scene, entries)
        assert set(step.answers) == {"yes"}, step.said
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


def test_what_github_has_not_is_a_failure_that_names_it() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.forget()
        entries = [{**NOW[1], "equals": "x"}, {**NOW[2], "exists": True}, pull_request(scene, exists=False)]
        step = asserted_on(scene, entries)
        assert step.answers == ["no", "no", "no"]
        assert "The branch `no-such-branch` of" in step.said
        assert scene.writes() == 0


def test_an_outage_is_neither_a_failed_nor_a_passed_assertion() -> None:
    with stage() as scene:
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(times=1_000, status=502, body={"message": "Bad gateway"}))
        step = asserted_on(scene, [*NOW, {"value": "a", "equals": "a"}], max_minutes=1)
        assert step.answers[-1] == "yes"
        assert "no" not in step.answers and set(step.answers[:-1]) <= {"error", "not-run"}
        assert step.outputs.reason == "not-established"
        assert step.finish.exit_code == 1
        scene.sandbox.faults.clear()
        assert scene.sandbox.snapshot() == before


def test_what_was_revoked_since_is_asked_again() -> None:
    with stage() as scene:
        entries = [NOW[0]]
        assert asserted_on(scene, entries).outputs.passed
        scene.sandbox.repository(TARGET).set_archived()
        step = asserted_on(scene, entries)
        assert step.codes == ["not-equal"]
