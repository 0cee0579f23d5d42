"""`installation: true` means all that the App is installed on, over all its accounts; no other kind of token has it."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.discovery.discover import USES, verbs_of
from action_patterns.discovery.selection import Selection
from action_patterns.errors import PermissionDeniedError, UnavailableError
from action_patterns.ports.permissions import needed
from github_sandbox import Fault
from support.app_fleet import fleet, seed
from support.editions import first_on
from support.selecting import Decided, decided, discovered, world
from support.stage import stage

pytestmark = first_on("full", "no-graphql", why="Each reads the repositories by name in its own way.")

NAMES = ("acme/api", "acme/bystander", "acme/web", "beta/tools", "closed/x")
INSTALLED: dict[str, Any] = {
    "acme": {"repositories": ["api", "web"]},
    "beta": {},
    "closed": {"suspended": True},
}


def chosen(scene: Any, **selection: Any) -> Decided:
    uses = (*USES, *verbs_of([Selection(**selection)]))
    return decided(scene.gateway(permissions=needed(uses)), **selection)


def test_an_app_is_asked_for_each_of_its_accounts() -> None:
    with fleet(seed(INSTALLED, NAMES)) as scene:
        found = chosen(scene, installation=True, exclude=("web",))
        (transport,) = scene.transports
    assert found.targets == ["acme/api", "beta/tools"]
    assert found.excluded == {"acme/web": "excluded"}
    assert found.seen.visible == 3
    assert found.seen.limits is not None
    (warning,) = [line for line in transport.said.lines if "suspended" in line]
    assert "installation at closed has been suspended: its repositories are left out" in warning


def test_an_installation_of_more_than_a_page_is_read_to_its_last() -> None:
    with fleet(seed({"acme": {}}, [f"acme/r{index:03}" for index in range(130)])) as scene:
        assert len(chosen(scene, installation=True).targets) == 130


def test_a_team_needs_a_permission_that_the_app_may_lack() -> None:
    with (
        fleet(seed({"acme": {}}, NAMES[:1])) as scene,
        pytest.raises(PermissionDeniedError, match="installation at acme lacks members: read"),
    ):
        chosen(scene, teams=("acme/platform",))


def test_a_list_that_is_shorter_than_its_count_is_an_error() -> None:
    body = {"total_count": 3, "repository_selection": "all", "repositories": []}
    with fleet(seed({"acme": {}}, NAMES[:1])) as scene:
        scene.sandbox.contract = False
        with (
            scene.sandbox.faults.during(Fault(status=200, body=body, path="^/installation/repositories")),
            pytest.raises(
                UnavailableError, match="counts 3 repositories of the App's installation at acme, but listed 0"
            ),
        ):
            chosen(scene, installation=True)


def test_an_installation_token_lists_its_own_and_a_person_s_token_is_refused() -> None:
    tokens = {
        "ghs_given": {"login": "fleet[bot]", "kind": "installation", "repositories": ["acme/api"]},
        "ghp_person": {"login": "bot"},
        "unknown": {"login": "bot"},
    }
    with stage(world([{"name": "acme/api"}, {"name": "acme/web"}], tokens=tokens)) as scene:
        assert discovered(scene, token="ghs_given", installation=True).targets == ["acme/api"]
        scene.forget()
        with pytest.raises(PermissionDeniedError) as person:
            discovered(scene, token="ghp_person", installation=True)
        assert scene.reads() == 0
        with pytest.raises(PermissionDeniedError) as unknown:
            discovered(scene, token="unknown", installation=True)
    assert (
        person.value.message == "`installation` needs a GitHub App, and the token is a classic personal access token."
    )
    assert unknown.value.message.startswith("The repositories of the App's installation cannot be listed")
    assert all("`owners`, `teams`, `search` or `repositories`" in each.value.remediation for each in (person, unknown))
