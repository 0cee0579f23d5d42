"""Issues disabled, a locked conversation, the token of a fork, the limit of comments: each names its own way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError, RefusedError
from support.people import APP, PERSON, seed
from support.stage import JOB_TOKEN, TARGET, Stage, stage
from support.tracking import report_of, states, track

WRONG, WELL = {"acme/a": "failed"}, {"acme/a": "updated"}


def refused(scene: Stage, error: type[ActionPatternsError], **inputs: Any) -> str:
    """Return the remedy."""
    with pytest.raises(error) as caught:
        track(scene, report_of(WRONG, 2), **inputs)
    return caught.value.remediation


def pull_request(scene: Stage) -> dict[str, Any]:
    scene.sandbox.repository(TARGET).commit_files("topic", {"new.txt": "x\n"})
    number = scene.sandbox.repository(TARGET).open_pull("topic", author="alice").number
    return {"kind": "comment", "number": number}


def test_issues_that_are_disabled_are_enabled_in_the_settings() -> None:
    with stage(seed()) as scene:
        scene.sandbox.repository(TARGET).disable_issues()
        assert "Enable them in its settings under Features" in refused(scene, NotFoundError)
        assert track(scene, report_of(WELL, 3)).outcome == "unchanged", "nothing is to be said"


def test_a_locked_conversation_is_unlocked() -> None:
    with stage(seed()) as scene:
        here = pull_request(scene)
        scene.sandbox.repository(TARGET).lock(here["number"])
        remedy = refused(scene, RefusedError, token=JOB_TOKEN, **here)
        assert remedy.startswith("A person locked this conversation. Unlock it")
        assert "permissions: write" not in remedy


def test_the_limit_of_comments_is_no_matter_of_permissions() -> None:
    with stage(seed()) as scene:
        here = pull_request(scene)
        scene.sandbox.limits = replace(scene.sandbox.limits, issue_comments=0)
        assert "takes 2,500 comments" in refused(scene, RefusedError, token=PERSON, **here)


@pytest.mark.parametrize("from_fork", [True, False])
def test_the_token_of_a_fork_cannot_be_given_more(from_fork: bool) -> None:
    world = seed()
    world["tokens"][JOB_TOKEN] |= {"permissions": {"contents": "read", "issues": "read"}}
    with stage(world) as scene:
        remedy = refused(scene, PermissionDeniedError, token=JOB_TOKEN, run={"from_fork": from_fork})
        assert ("workflow_run" in remedy) is from_fork
        assert ("under `permissions` of the job" in remedy) is not from_fork
        assert states(scene) == {}


def test_an_app_and_a_person_are_refused_alike_where_issues_are_disabled() -> None:
    with stage(seed()) as scene:
        scene.sandbox.repository(TARGET).disable_issues()
        tokens = (PERSON, *([APP] if scene.has_graphql else []))
        assert len({refused(scene, NotFoundError, token=token) for token in tokens}) == 1
