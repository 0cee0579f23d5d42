"""Issues and comments, as far as one text of ours needs keeping up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice

from action_patterns.errors import NotFoundError, RefusedError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.github_api.transport.transport import GraphQLUnservedError
from action_patterns.ports.issues import Newest, Post


class IssuesClient:
    """ports.Issues."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def viewer(self, repository: str) -> str:
        # By GraphQL: GET /user is refused to an App's installation and to GITHUB_TOKEN.
        try:
            viewer = self._calls.query("query Viewer { viewer { login } }", {}, scope=repository)["viewer"]
            return viewer["login"].text()
        except GraphQLUnservedError as refused:
            known = self._calls.viewer(repository)
            if known is None:
                raise RefusedError(
                    f"{refused.error.message} Nothing else tells whose token this is.",
                    remediation="Only text of the token's own account is ever written: use GITHUB_TOKEN, a personal"
                    " access token, or a server with GraphQL.",
                ) from refused
            return known

    def comments(self, repository: str, number: int) -> tuple[Post, ...]:
        listed = self._calls.listing(f"/repos/{repository}/issues/{number}/comments", scope=repository)
        return tuple(_post(item, "id") for item in listed)

    def create_comment(self, repository: str, number: int, body: str) -> Post:
        path = f"/issues/{number}/comments"
        return _post(self._calls.rest("unsafe", "content", "POST", repository, path, {"body": body}), "id")

    def update_comment(self, repository: str, comment: int, body: str) -> None:
        self._calls.rest("idempotent", "write", "PATCH", repository, f"/issues/comments/{comment}", {"body": body})

    def delete_comment(self, repository: str, comment: int) -> None:
        with suppress(NotFoundError):
            self._calls.rest("idempotent", "write", "DELETE", repository, f"/issues/comments/{comment}")

    def newest(self, repository: str, *, pages: int, author: str = "") -> Newest:
        query = {"state": "all"} | ({"creator": author} if author else {})
        found: list[Post] = []
        complete = False
        for page in islice(self._calls.pages(f"/repos/{repository}/issues", scope=repository, **query), pages):
            found += (_post(item, "number") for item in page.answer.items() if not item["pull_request"])
            complete = page.is_last
        return Newest(tuple(found), complete)

    def repository_id(self, repository: str) -> str:
        return str(self._calls.read(repository, "")["id"].number())

    def create(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        fields = {"title": title, "body": body, "labels": list(labels)}
        return _post(self._calls.rest("unsafe", "content", "POST", repository, "/issues", fields), "number")

    def update(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        self._calls.rest("idempotent", "write", "PATCH", repository, f"/issues/{number}", dict(fields))


def _post(node: Answer, key: str) -> Post:
    title, body = node["title"], node["body"]
    return Post(
        id=node[key].number(),
        url=node["html_url"].hint(str) or "",
        author=node["user"]["login"].text() if node["user"] else "",
        body=body.text() if body else "",
        title=title.text() if title else "",
        open=node["state"].one_of("open", "closed") == "open" if node.has("state") else True,
    )
