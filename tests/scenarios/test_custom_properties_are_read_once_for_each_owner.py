"""Custom properties of a large organization, read for each repository, use up an hour's requests. They are read as one
list for each owner, and only for a selection that needs them. A token that may not read them is an error: without it,
each repository would be left out as one without the property. A person's account has none.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from action_patterns import run
from action_patterns.errors import PermissionDeniedError
from action_patterns.github_api.client import Client
from support import app_fleet
from support.campaign_steps import seed, step
from support.stage import DyingTransport, stage

LIST = "orgs/custom-properties-for-repos-get-organization-values"


def fleet(**token: Any) -> dict[str, Any]:
    found = seed("api", "web", api={"properties": {"team": "web"}})
    found["organizations"]["labs"] = {"members": ["bot"]}
    found["repositories"] += [
        {"name": "labs/x", "files": {"a": "b"}, "properties": {"team": "web"}},
        {"name": "bot/own", "files": {"a": "b"}},
    ]
    return found | ({"tokens": {"tok-bot": {"login": "bot"} | token}} if token else {})


def test_one_list_for_each_owner_and_none_without_need(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        step("discover", scene, tmp_path, owners="acme, labs")
        assert scene.sent(LIST) == 0
        scene.forget()
        done = step("discover", scene, tmp_path, owners="acme, labs", properties="team=web", repositories="bot/own")
        assert done.outputs["targets"] == '["acme/api","bot/own","labs/x"]', done.log
        assert scene.sent(LIST) == 3
        assert not [record.path for record in scene.sandbox.requests if record.path.startswith("/repos/acme/web/prop")]


def test_a_persons_account_has_none() -> None:
    with stage(fleet()) as scene:
        assert Client(DyingTransport(scene.context)).repositories.list_properties("bot") == {}


@pytest.mark.parametrize(
    "token",
    [
        {"kind": "fine-grained", "permissions": {"contents": "read"}},
        {"kind": "installation", "login": "app[bot]", "permissions": {"contents": "read"}},
        {"kind": "pat", "login": "outsider"},
    ],
)
def test_a_token_that_may_not_read_them_is_an_error(token: dict[str, Any]) -> None:
    with stage(fleet(**token)) as scene:
        github = Client(DyingTransport(scene.context))
        with pytest.raises(PermissionDeniedError, match=r"organization_custom_properties|custom properties of acme"):
            github.repositories.list_properties("acme")


@pytest.mark.parametrize(
    ("granted", "properties", "code"),
    [({"organization_custom_properties": "read"}, "team=web", 0), ({}, "", 0), ({}, "team=web", 1)],
)
def test_an_app_needs_the_permission_only_where_they_are_read(
    tmp_path: Path, granted: dict[str, str], properties: str, code: int
) -> None:
    permissions = {"contents": "read", "metadata": "read"} | granted
    data = app_fleet.seed({"acme": {}}, ["acme/api"], permissions=permissions)
    data["repositories"][0]["properties"] = {"team": "web"}
    stream = io.StringIO()
    with app_fleet.fleet(data) as scene:
        given = app_fleet.variables(scene, tmp_path, owners="acme", properties=properties)
        assert run.main(["discover"], given, stream) == code, stream.getvalue()
        assert ('["acme/api"]' in (tmp_path / "output").read_text()) == (code == 0)
        assert ("grant organization-custom-properties: read" in stream.getvalue()) == (code != 0)
