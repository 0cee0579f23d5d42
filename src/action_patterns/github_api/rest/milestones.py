"""Milestones over REST (docs, "REST API endpoints for milestones")."""

from __future__ import annotations

from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.resource import Fields, Resource


class MilestonesClient:
    """ports.Milestones."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def find(self, repository: str, title: str) -> Resource | None:
        listed = self._calls.listing(f"/repos/{repository}/milestones", scope=repository, state="all")
        return next((_milestone(node) for node in listed if node["title"].text() == title), None)

    def create(self, repository: str, title: str, fields: Fields) -> Resource:
        body = {"title": title, **_sent(fields)}
        return _milestone(self._calls.rest("unsafe", "content", "POST", repository, "/milestones", body))

    def update(self, repository: str, number: int, fields: Fields) -> Resource:
        path = f"/milestones/{number}"
        found = self._calls.rest("idempotent", "write", "PATCH", repository, path, _sent(fields))
        expect(found["number"].number() == number, f"milestone {number}", found["number"].value)
        return _milestone(found)


def _sent(fields: Fields) -> dict[str, object]:
    """Return the fields as GitHub takes them.

    GitHub keeps the day in Pacific time and drops the time of day. Noon in UTC is the same day there.
    """
    return {name: f"{value}T12:00:00Z" if name == "due_on" and value else value for name, value in fields.items()}


def _milestone(node: Answer) -> Resource:
    state = node["state"].one_of("open", "closed")
    due_on = node["due_on"].text()[:10] if node["due_on"] else None
    return Resource(
        key=node["title"].text(),
        id=str(node["number"].number()),
        url=node["html_url"].text(),
        state=state,
        fields={
            "state": state,
            "description": node["description"].text() if node["description"] else "",
            "due_on": due_on,
        },
    )
