"""Issues and comments, as far as one text of ours needs keeping up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from action_patterns.github_api.pacing import Lane
from action_patterns.github_api.transport import GraphQLUnservedError, OperationClass, Transport
from action_patterns.ports import Post

PAGE = 100


class IssuesGateway:
    """ports.Issues over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def viewer(self, repository: str) -> str:
        # By GraphQL: GET /user is refused to an App's installation and to GITHUB_TOKEN.
        url, body = self._transport.graphql_url, {"query": "query Viewer { viewer { login } }", "variables": {}}
        try:
            answer = self._transport.send("read", "graphql", "POST", url, body, scope=repository).data
        except GraphQLUnservedError as refused:
            raise refused.error from None
        return str(answer["data"]["viewer"]["login"])

    def comments(self, repository: str, number: int) -> tuple[Post, ...]:
        return tuple(_post(item, "id") for item in self._pages(repository, f"/issues/{number}/comments", {}))

    def create_comment(self, repository: str, number: int, body: str) -> Post:
        node = self._send("once", "content", "POST", repository, f"/issues/{number}/comments", {"body": body})
        return _post(node, "id")

    def update_comment(self, repository: str, comment: int, body: str) -> None:
        self._send("repeatable", "write", "PATCH", repository, f"/issues/comments/{comment}", {"body": body})

    def delete_comment(self, repository: str, comment: int) -> None:
        self._send("repeatable", "write", "DELETE", repository, f"/issues/comments/{comment}")

    def issues(self, repository: str, author: str) -> tuple[Post, ...]:
        listed = self._pages(repository, "/issues", {"creator": author, "state": "all"})
        return tuple(_post(item, "number") for item in listed if "pull_request" not in item)

    def create_issue(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        fields = {"title": title, "body": body, "labels": list(labels)}
        return _post(self._send("once", "content", "POST", repository, "/issues", fields), "number")

    def update_issue(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        self._send("repeatable", "write", "PATCH", repository, f"/issues/{number}", dict(fields))

    def _pages(self, repository: str, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        page = 1
        while True:
            asked = urlencode({**query, "per_page": PAGE, "page": page})
            found = self._send("read", "read", "GET", repository, f"{path}?{asked}")
            yield from found
            if len(found) < PAGE:
                return
            page += 1

    def _send(
        self, kind: OperationClass, lane: Lane, method: str, repository: str, path: str, body: object = None
    ) -> Any:
        return self._transport.send(kind, lane, method, f"/repos/{repository}{path}", body, scope=repository).data


def _post(node: Any, key: str) -> Post:
    return Post(
        id=node[key],
        url=node["html_url"],
        author=(node.get("user") or {}).get("login", ""),
        body=node.get("body") or "",
        title=node.get("title") or "",
        open=node.get("state", "open") == "open",
    )
