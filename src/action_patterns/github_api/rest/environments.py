"""Environments over REST (docs, "REST API endpoints for deployment environments")."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from action_patterns.github_api.rest.absence import read_or_absent
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.resource import Fields, Resource


class EnvironmentsClient:
    """ports.Environments."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, name: str) -> Resource | None:
        found = self._read(repository, name)
        return None if found is None else _environment(found, name)

    def write(self, repository: str, name: str, fields: Fields) -> Resource:
        found = self._read(repository, name)
        body = ({} if found is None else _settings(found)) | dict(fields)
        return _environment(self._calls.rest("idempotent", "write", "PUT", repository, _path(name), body), name)

    def _read(self, repository: str, name: str) -> Answer | None:
        return read_or_absent(self._calls, repository, _path(name), "/environments?per_page=1")


def _path(name: str) -> str:
    return f"/environments/{quote(name, safe='')}"


def _settings(node: Answer) -> dict[str, Any]:
    """Return the settings of an environment in the form of a request: a PUT without one of them resets it."""
    found: dict[str, Any] = {"wait_timer": 0, "prevent_self_review": False, "reviewers": []}
    for rule in node["protection_rules"].items() if node["protection_rules"] else ():
        kind = rule["type"].text()
        if kind == "wait_timer":
            found["wait_timer"] = rule["wait_timer"].number()
        elif kind == "required_reviewers":
            found["prevent_self_review"] = rule["prevent_self_review"].flag() if rule["prevent_self_review"] else False
            found["reviewers"] = [
                {"type": each["type"].one_of("User", "Team"), "id": each["reviewer"]["id"].number()}
                for each in rule["reviewers"].items()
            ]
    policy = node["deployment_branch_policy"]
    names = ("protected_branches", "custom_branch_policies")
    found["deployment_branch_policy"] = {name: policy[name].flag() for name in names} if policy else None
    return found


def _environment(node: Answer, name: str) -> Resource:
    found = node["name"].text()
    expect(found.lower() == name.lower(), f"the environment {name}", found)
    return Resource(
        key=found,
        id=str(node["id"].number()),
        url=node["html_url"].text(),
        fields={"wait_timer": _settings(node)["wait_timer"]},
        # The times have full seconds: two runs that create it within one both believe that they did.
        is_new=node["created_at"].text() == node["updated_at"].text(),
    )
