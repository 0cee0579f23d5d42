"""Author, committer and sign-off are as desired; whether GitHub signed the commit is read back, never assumed."""

from __future__ import annotations

import pytest

from action_patterns.pull_request.spec.resolve import ACTIONS_BOT
from support.people import APP, PERSON, seed, settled, target
from support.stage import JOB_TOKEN, desired_state, stage

BRANCH = desired_state().branch
ADA, BOB = "Ada <ada@example.com>", "Bob <bob@example.com>"


@pytest.mark.parametrize(("token", "verified"), [(APP, True), (JOB_TOKEN, True), (PERSON, False)])
def test_commits_of_an_app_and_of_the_jobs_token_are_signed_and_a_persons_are_not(token: str, verified: bool) -> None:
    with stage(seed()) as scene:
        result = scene.upsert(desired_state(), token=token)
        assert result.after_oid is not None
        assert result.commit_verified is verified
        assert target(scene).is_verified(result.after_oid) is verified
        assert settled(scene, desired_state(), token=token).commit_verified is verified


@pytest.mark.parametrize("named", [{"author": ADA}, {"committer": BOB}, {"author": ADA, "committer": BOB}])
@pytest.mark.parametrize("token", [APP, PERSON])
def test_a_commit_that_names_somebody_is_theirs_and_unsigned(token: str, named: dict[str, str]) -> None:
    asked_for = desired_state(**named)
    with stage(seed()) as scene:
        result = scene.upsert(asked_for, token=token)
        commit = target(scene).commit(BRANCH)
        for role, person in named.items():
            assert f"{getattr(commit, role).name} <{getattr(commit, role).email}>" == person
        assert result.commit_verified is False
        settled(scene, asked_for, token=token)


@pytest.mark.parametrize(
    ("given", "signer"),
    [
        ({"author": ADA}, ADA),
        ({"author": ADA, "committer": BOB}, BOB),
        ({"bot": ACTIONS_BOT}, ACTIONS_BOT),
    ],
)
def test_a_sign_off_is_the_committers(given: dict[str, str], signer: str) -> None:
    asked_for = desired_state(signoff=True, **given)
    with stage(seed()) as scene:
        scene.upsert(asked_for, token=JOB_TOKEN)
        assert target(scene).commit(BRANCH).message.endswith(f"\nSigned-off-by: {signer}\n")
        settled(scene, asked_for, token=JOB_TOKEN)


def test_a_message_of_ones_own_keeps_its_trailers_among_ours() -> None:
    asked_for = desired_state(commit_message="ci: sync\n\nWhy.\n\nCo-authored-by: Ada <ada@example.com>")
    with stage() as scene:
        scene.upsert(asked_for)
        message = target(scene).commit(BRANCH).message
        assert message.startswith("ci: sync\n\nWhy.\n\nCo-authored-by: Ada <ada@example.com>\nPattern-Key:")
        settled(scene, asked_for)
