"""Labels over REST (docs, "REST API endpoints for labels")."""

from __future__ import annotations

from urllib.parse import quote

from action_patterns.github_api.rest.absence import read_or_absent
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.resource import Fields, Resource


class LabelsClient:
    """ports.Labels."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, name: str) -> Resource | None:
        found = read_or_absent(self._calls, repository, _path(name), "/labels?per_page=1")
        return None if found is None else _label(found, name)

    def create(self, repository: str, name: str, fields: Fields) -> Resource:
        body = {"name": name, **fields}
        return _label(self._calls.rest("unsafe", "content", "POST", repository, "/labels", body), name)

    def update(self, repository: str, name: str, fields: Fields) -> Resource:
        return _label(self._calls.rest("idempotent", "write", "PATCH", repository, _path(name), dict(fields)), name)


def _path(name: str) -> str:
    return f"/labels/{quote(name, safe='')}"


def _label(node: Answer, name: str) -> Resource:
    found = node["name"].text()
    expect(found.lower() == name.lower(), f"the label {name}", found)
    description = node["description"].text() if node["description"] else ""
    return Resource(
        key=found,
        id=str(node["id"].number()),
        url=node["url"].text(),
        fields={"color": node["color"].text().lower(), "description": description},
    )
