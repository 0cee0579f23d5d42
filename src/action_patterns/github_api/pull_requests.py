"""Pull requests: read over GraphQL, or over REST where GraphQL is not served; written field by field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from action_patterns.errors import NotFoundError
from action_patterns.github_api.graphql import decode, queries
from action_patterns.github_api.graphql import observe as graphql
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.rest import decode as rest_decode
from action_patterns.github_api.rest import observe as rest
from action_patterns.github_api.rest.issues import IssuesClient
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.pull_requests import Edited, IssueFields, NewPullRequest, Observed, PullRequest

_IN_GRAPHQL = {"title": "title", "body": "body", "base": "baseRefName", "state": "state"}
_STATES = {"open": "OPEN", "closed": "CLOSED"}


class PullRequestsClient:
    """ports.PullRequests."""

    def __init__(self, calls: Calls, fallback: GraphQLFallback, issues: IssuesClient) -> None:
        self._calls = calls
        self._fallback = fallback
        self._issues = issues

    def observe(
        self,
        repository: str,
        *,
        branch: str,
        base: str | None,
        paths: Sequence[str],
        contents: Sequence[str] = (),
        head_repository: str | None = None,
        milestone: str | None = None,
    ) -> Observed:
        def by(read: Callable[..., Observed]) -> Observed:
            return read(
                self._calls,
                repository,
                branch=branch,
                base=base,
                paths=paths,
                contents=contents,
                head_repository=head_repository,
                milestone=milestone,
            )

        return self._fallback.read(repository, lambda: by(graphql.observe), lambda: by(rest.observe))

    def create(self, repository: str, new: NewPullRequest) -> PullRequest:
        body = {"title": new.title, "body": new.body, "head": new.head, "base": new.base, "draft": new.draft}
        if new.head_repository is not None:
            owner, _, name = new.head_repository.partition("/")
            # `head_repo` separates forks of one owner (REST docs, "Create a pull request").
            body |= {"head": f"{owner}:{new.head}", "head_repo": name}
        node = self._calls.rest("unsafe", "content", "POST", repository, "/pulls", body)
        head = node["head"]["ref"].text()
        expect(head == new.head, f"a pull request from {new.head}", head)
        return rest_decode.written(node)

    def update(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        if self._fallback.has_graphql(repository):
            desired = {"pullRequestId": pull_id} | {_IN_GRAPHQL[name]: value for name, value in fields.items()}
            if "state" in desired:
                desired["state"] = _STATES[desired["state"]]
            aside = {"before": {"pullRequestId": pull_id}}
            data = self._calls.mutate("idempotent", queries.UPDATE_PULL_REQUEST, desired, scope=repository, aside=aside)
            before = data["before"]["pullRequest"] if data["before"] else data["before"]
            return Edited(
                decode.written(data["updatePullRequest"]["pullRequest"]), before["body"].hint(str) if before else None
            )
        path = f"/pulls/{number}"
        overwritten = self._calls.read(repository, path)["body"].hint(str)
        node = self._calls.rest("idempotent", "write", "PATCH", repository, path, fields)
        _expect_number(node, number)
        return Edited(rest_decode.written(node), overwritten)

    def set_issue_fields(
        self,
        repository: str,
        number: int,
        *,
        labels: Sequence[str],
        assignees: Sequence[str],
        milestone: int | None = None,
    ) -> IssueFields:
        body: dict[str, Any] = {"labels": list(labels), "assignees": list(assignees)}
        if milestone is not None:
            body["milestone"] = milestone
        node = self._calls.rest("idempotent", "write", "PATCH", repository, f"/issues/{number}", body)
        _expect_number(node, number)
        return rest_decode.issue_fields(node)

    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        body = {"milestone": milestone}
        return rest_decode.issue_fields(
            self._calls.rest("idempotent", "write", "PATCH", repository, f"/issues/{number}", body)
        )

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        path = f"/issues/{number}/labels"
        found = self._calls.rest("idempotent", "write", "POST", repository, path, {"labels": list(labels)})
        return tuple(label["name"].text() for label in found.items())

    def remove_label(self, repository: str, number: int, label: str) -> None:
        with suppress(NotFoundError):  # It is gone, as asked.
            path = f"/issues/{number}/labels/{quote(label, safe='')}"
            self._calls.rest("idempotent", "write", "DELETE", repository, path)

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        body = {"assignees": list(assignees)}
        node = self._calls.rest("idempotent", "write", "POST", repository, f"/issues/{number}/assignees", body)
        return rest_decode.issue_fields(node)

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        body = {"assignees": list(assignees)}
        node = self._calls.rest("idempotent", "write", "DELETE", repository, f"/issues/{number}/assignees", body)
        return rest_decode.issue_fields(node)

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        body = {"reviewers": list(reviewers), "team_reviewers": list(team_reviewers)}
        path = f"/pulls/{number}/requested_reviewers"
        return rest_decode.written(self._calls.rest("idempotent", "notify", "POST", repository, path, body))

    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        self._fallback.require_graphql(repository, "convert a pull request to a draft")
        fields = {"pullRequestId": pull_id}
        data = self._calls.mutate("idempotent", queries.CONVERT_TO_DRAFT, fields, scope=repository)
        return decode.written(data["convertPullRequestToDraft"]["pullRequest"])

    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        self._fallback.require_graphql(repository, "switch auto-merge")
        fields = {"pullRequestId": pull_id}
        if method is None:
            self._calls.mutate("idempotent", queries.DISABLE_AUTO_MERGE, fields, scope=repository)
        else:
            fields["mergeMethod"] = method.upper()
            self._calls.mutate("idempotent", queries.ENABLE_AUTO_MERGE, fields, scope=repository)

    # Comments of a pull request are those of its issue; their permission is that of pull requests.

    def create_comment(self, repository: str, number: int, body: str) -> None:
        self._issues.create_comment(repository, number, body)

    def update_comment(self, repository: str, comment: int, body: str) -> None:
        self._issues.update_comment(repository, comment, body)

    def delete_comment(self, repository: str, comment: int) -> None:
        self._issues.delete_comment(repository, comment)


def _expect_number(node: Answer, number: int) -> None:
    found = node["number"].number()
    expect(found == number, f"#{number}", found)
