"""The repositories that a team has access to, complete or an error; a team that is absent is named with a near one."""

from __future__ import annotations

import pytest

from action_patterns.errors import NotFoundError, PermissionDeniedError, UnavailableError
from github_sandbox import Fault
from support.editions import WITH_GRAPHQL, only_on
from support.selecting import discovered, world
from support.stage import stage

SEED = world(
    [
        {"name": "acme/api", "teams": {"platform": "push", "web": "pull"}, "private": True},
        {"name": "acme/fork", "fork": True, "teams": {"platform": "push"}},
        {"name": "acme/old", "archived": True, "teams": {"platform": "admin"}},
        {"name": "acme/site", "teams": {"web": "push"}},
        {"name": "acme/other"},
        {"name": "umbrella/x"},
        *({"name": f"acme/s{index:03}", "teams": {"security": "pull"}, "files": {}} for index in range(130)),
    ],
    tokens={
        "tok-bot": {"login": "bot"},
        "tok-stranger": {"login": "stranger"},
        "tok-unscoped": {"login": "bot", "scopes": ["public_repo"]},
        "ghs_app": {"login": "fleet[bot]", "kind": "installation", "permissions": {"contents": "read"}},
    },
)


def test_its_repositories_are_the_targets_and_filters_hold() -> None:
    with stage(SEED) as scene:
        found = discovered(scene, teams=("acme/platform", "ACME/Web"), repositories=("umbrella/x",))
    assert found.targets == ["acme/api", "acme/site", "umbrella/x"]
    assert found.excluded == {"acme/fork": "fork", "acme/old": "archived"}
    assert found.seen.visible == 5
    assert found.warnings == ()


def test_a_team_of_more_than_a_page_is_read_to_its_last() -> None:
    with stage(SEED) as scene:
        found = discovered(scene, teams=("acme/security",))
    assert len(found.excluded) == 130
    assert set(found.excluded.values()) == {"empty"}


@pytest.mark.parametrize(
    ("team", "remedy"),
    [("acme/plattform", "Write 'acme/platform', if it is meant."), ("acme/zzz", "Otherwise check the spelling")],
)
def test_a_team_that_is_absent_is_an_error_with_the_nearest_name(team: str, remedy: str) -> None:
    with stage(SEED) as scene, pytest.raises(NotFoundError) as refused:
        discovered(scene, teams=(team,))
    assert refused.value.message == f"There is no team {team!r} that this token may see."
    assert refused.value.remediation.startswith(remedy)


def test_a_token_outside_the_organization_sees_no_team() -> None:
    with stage(SEED) as scene, pytest.raises(NotFoundError, match="no team 'acme/platform' that this token may see"):
        discovered(scene, teams=("acme/platform",), token="tok-stranger")


def test_an_app_without_the_permission_learns_which() -> None:
    with stage(SEED) as scene, pytest.raises(PermissionDeniedError) as refused:
        discovered(scene, teams=("acme/platform",), token="ghs_app")
    assert refused.value.message.startswith("The team acme/platform cannot be read")
    assert "`members: read`" in refused.value.remediation


@only_on(*WITH_GRAPHQL, why="REST gives no count of a team's repositories.")
def test_a_list_that_is_shorter_than_its_count_is_an_error() -> None:
    team = {"repositories": {"totalCount": 3, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [None]}}
    short = Fault(status=200, body={"data": {"organization": {"team": team}}}, graphql_operation="Team", times=1)
    with (
        stage(SEED) as scene,
        scene.sandbox.faults.during(short),
        pytest.raises(UnavailableError, match="counts 3 repositories of the team acme/platform, but listed 0"),
    ):
        discovered(scene, teams=("acme/platform",))
