"""Releases over REST (docs, "REST API endpoints for releases")."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from action_patterns.errors import NotFoundError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.resource import Fields, Resource


class ReleasesClient:
    """ports.Releases."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def find(self, repository: str, tag: str, *, drafts: bool = True) -> tuple[Resource, ...]:
        if not drafts:
            with suppress(NotFoundError):  # The list says whether it is absent.
                return (_release(self._calls.read(repository, f"/releases/tags/{quote(tag)}")),)
        listed = self._calls.listing(f"/repos/{repository}/releases", scope=repository)
        found = {node["id"].number(): _release(node) for node in listed if node["tag_name"].text() == tag}
        return tuple(found[number] for number in sorted(found))

    def create(self, repository: str, tag: str, fields: Fields) -> Resource:
        body = {"tag_name": tag, **fields}
        return _release(self._calls.rest("unsafe", "content", "POST", repository, "/releases", body))

    def delete(self, repository: str, release: int) -> None:
        with suppress(NotFoundError):
            self._calls.rest("idempotent", "write", "DELETE", repository, f"/releases/{release}")


def _release(node: Answer) -> Resource:
    draft, prerelease = node["draft"].flag(), node["prerelease"].flag()
    return Resource(
        key=node["tag_name"].text(),
        id=str(node["id"].number()),
        url=node["html_url"].text(),
        state="draft" if draft else "prerelease" if prerelease else "published",
        fields={
            "name": node["name"].text() if node["name"] else "",
            # A person's browser writes CRLF.
            "body": node["body"].text().replace("\r\n", "\n") if node["body"] else "",
            "draft": draft,
            "prerelease": prerelease,
        },
    )
