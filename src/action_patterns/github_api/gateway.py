"""GitHub in domain verbs. Each verb knows how it may be repeated; none knows why it is called."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from action_patterns.contracts import Target, Usage
from action_patterns.errors import NotFoundError
from action_patterns.github_api import listing, observing, queries, reading, rest_listing, rest_observing, rest_reading
from action_patterns.github_api.calls import Calls, expect
from action_patterns.github_api.issues import IssuesGateway
from action_patterns.github_api.markers import MarkerVerbs
from action_patterns.github_api.refs import swap_ref
from action_patterns.github_api.runs import RunsGateway
from action_patterns.github_api.tiers import Tiers
from action_patterns.github_api.transport import Transport
from action_patterns.ports import Limits, Listing, NewCommit, NewPullRequest, TreeEntry
from action_patterns.pull_request.desired import Person
from action_patterns.pull_request.observed import Edited, IssueFields, Observed, ObservedFile, PullRequest

_IN_GRAPHQL = {"title": "title", "body": "body", "base": "baseRefName", "state": "state"}
_STATES = {"open": "OPEN", "closed": "CLOSED"}


class Gateway(MarkerVerbs):
    """ports.GitHub over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._calls = Calls(transport)
        self._tiers = Tiers(transport)

    # Reads

    def limits(self, scope: str) -> Limits | None:
        try:
            resources = self._transport.send("read", "read", "GET", "/rate_limit", scope=scope).data["resources"]
        except NotFoundError:
            return None  # A server whose administrator switched rate limiting off.
        return Limits(
            core_remaining=resources["core"]["remaining"],
            graphql_remaining=resources["graphql"]["remaining"],
            resets_at=datetime.fromtimestamp(max(resources["core"]["reset"], resources["graphql"]["reset"]), UTC),
        )

    def list_owner(self, owner: str) -> Listing:
        return self._tiers.read(
            owner, lambda: listing.list_owner(self._calls, owner), lambda: rest_listing.list_owner(self._calls, owner)
        )

    def read_repositories(self, repositories: Sequence[str]) -> dict[str, Target | None]:
        found: dict[str, Target | None] = {}
        # One owner at a time: an App has a token of its own for each.
        by_owner: dict[str, list[str]] = {}
        for name in dict.fromkeys(repositories):
            by_owner.setdefault(name.partition("/")[0].lower(), []).append(name)
        for owner, names in by_owner.items():
            over_graphql = partial(listing.read_repositories, self._calls, names)
            over_rest = partial(rest_listing.read_repositories, self._calls, names)
            try:
                found |= self._tiers.read(owner, over_graphql, over_rest)
            except NotFoundError as error:
                # The App is not installed there: out of sight like any repository a token may not see.
                self._transport.warn(error)
                found |= dict.fromkeys(names, None)
        return {name: found[name] for name in repositories}

    def observe(
        self,
        repository: str,
        *,
        branch: str,
        base: str | None,
        paths: Sequence[str],
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
                head_repository=head_repository,
                milestone=milestone,
            )

        return self._tiers.read(repository, lambda: by(observing.observe), lambda: by(rest_observing.observe))

    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        return self._tiers.read(
            repository,
            lambda: observing.read_files(self._calls, repository, oid, paths),
            lambda: rest_observing.read_files(self._calls, repository, oid, paths),
        )

    def read_branch(self, repository: str, branch: str) -> str | None:
        try:
            ref = self._calls.rest("read", "read", "GET", repository, f"/git/ref/heads/{quote(branch)}")
        except NotFoundError:
            # GitHub answers 404 too for what a token may not see (any more): only of a repository that is seen does it
            # say that the branch is not there.
            self._calls.rest("read", "read", "GET", repository, "")
            return None
        expect(ref.get("ref") == f"refs/heads/{branch}", f"the branch {branch}", ref.get("ref"))
        return str(ref["object"]["sha"])

    def read_blob(self, repository: str, oid: str) -> bytes:
        data = self._calls.rest("read", "read", "GET", repository, f"/git/blobs/{oid}")
        return base64.b64decode(data["content"])

    # Objects: invisible until a ref points at them, and content-addressed, so sending one twice is harmless.

    def create_blob(self, repository: str, content: bytes) -> str:
        body = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return str(self._calls.rest("repeatable", "write", "POST", repository, "/git/blobs", body)["sha"])

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        tree: list[dict[str, Any]] = []
        for entry in entries:
            kind = "commit" if entry.mode == "160000" else "blob"
            item: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": kind}
            item |= {"sha": entry.oid} if entry.text is None else {"content": entry.text}
            tree.append(item)
        body = {"base_tree": base_tree, "tree": tree}
        return str(self._calls.rest("repeatable", "write", "POST", repository, "/git/trees", body)["sha"])

    def create_commit(
        self,
        repository: str,
        *,
        message: str,
        tree: str,
        parents: Sequence[str],
        author: Person | None = None,
        committer: Person | None = None,
    ) -> NewCommit:
        body: dict[str, Any] = {"message": message, "tree": tree, "parents": list(parents)}
        for role, person in (("author", author), ("committer", committer)):
            if person is not None:
                body[role] = {"name": person.name, "email": person.email}
        node = self._calls.rest("repeatable", "write", "POST", repository, "/git/commits", body)
        verification = node.get("verification")
        return NewCommit(str(node["sha"]), bool(verification["verified"]) if verification else None)

    # Refs

    def swap_branch(
        self,
        repository: str,
        repository_id: str,
        branch: str,
        *,
        before: str | None,
        after: str | None,
        leases: bool = True,
        pull_id: str = "",
    ) -> PullRequest | None:
        shown = swap_ref(
            self._calls,
            repository,
            repository_id,
            f"refs/heads/{branch}",
            before=before,
            after=after,
            read=lambda: self.read_branch(repository, branch),
            leases=leases,
            pull_id=pull_id,
        )
        return reading.written(shown) if shown else None

    # Pull requests

    def create_pull(self, repository: str, new: NewPullRequest) -> PullRequest:
        body = {"title": new.title, "body": new.body, "head": new.head, "base": new.base, "draft": new.draft}
        if new.head_repository is not None:
            owner, _, name = new.head_repository.partition("/")
            # `head_repo` tells forks of one and the same owner apart (REST docs, "Create a pull request").
            body |= {"head": f"{owner}:{new.head}", "head_repo": name}
        node = self._calls.rest("once", "content", "POST", repository, "/pulls", body)
        expect(node["head"]["ref"] == new.head, f"a pull request from {new.head}", node["head"]["ref"])
        return rest_reading.written(node)

    def update_pull(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        if self._tiers.has_graphql(repository):
            wished = {"pullRequestId": pull_id} | {_IN_GRAPHQL[name]: value for name, value in fields.items()}
            if "state" in wished:
                wished["state"] = _STATES[wished["state"]]
            aside = {"before": {"pullRequestId": pull_id}}
            data = self._calls.mutate("repeatable", queries.UPDATE_PULL_REQUEST, wished, scope=repository, aside=aside)
            before = (data.get("before") or {}).get("pullRequest")
            return Edited(reading.written(data["updatePullRequest"]["pullRequest"]), before and before["body"])
        path = f"/pulls/{number}"
        before = self._calls.read(repository, path)
        node = self._calls.rest("repeatable", "write", "PATCH", repository, path, fields)
        expect(node["number"] == number, f"#{number}", node["number"])
        return Edited(rest_reading.written(node), before["body"])

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
        node = self._calls.rest("repeatable", "write", "PATCH", repository, f"/issues/{number}", body)
        expect(node["number"] == number, f"#{number}", node["number"])
        return rest_reading.issue_fields(node)

    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        body = {"milestone": milestone}
        return rest_reading.issue_fields(
            self._calls.rest("repeatable", "write", "PATCH", repository, f"/issues/{number}", body)
        )

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> None:
        self._calls.rest(
            "repeatable", "write", "POST", repository, f"/issues/{number}/labels", {"labels": list(labels)}
        )

    def remove_label(self, repository: str, number: int, label: str) -> None:
        with suppress(NotFoundError):  # Already gone, which is what was asked for.
            self._calls.rest(
                "repeatable", "write", "DELETE", repository, f"/issues/{number}/labels/{quote(label, safe='')}"
            )

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        body = {"assignees": list(assignees)}
        node = self._calls.rest("repeatable", "write", "POST", repository, f"/issues/{number}/assignees", body)
        return rest_reading.issue_fields(node)

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        body = {"assignees": list(assignees)}
        node = self._calls.rest("repeatable", "write", "DELETE", repository, f"/issues/{number}/assignees", body)
        return rest_reading.issue_fields(node)

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        body = {"reviewers": list(reviewers), "team_reviewers": list(team_reviewers)}
        path = f"/pulls/{number}/requested_reviewers"
        return rest_reading.written(self._calls.rest("repeatable", "notify", "POST", repository, path, body))

    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        self._tiers.require_graphql(repository, "convert a pull request to a draft")
        fields = {"pullRequestId": pull_id}
        data = self._calls.mutate("repeatable", queries.CONVERT_TO_DRAFT, fields, scope=repository)
        return reading.written(data["convertPullRequestToDraft"]["pullRequest"])

    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        self._tiers.require_graphql(repository, "switch auto-merge")
        fields = {"pullRequestId": pull_id}
        if method is None:
            self._calls.mutate("repeatable", queries.DISABLE_AUTO_MERGE, fields, scope=repository)
        else:
            fields["mergeMethod"] = method.upper()
            self._calls.mutate("repeatable", queries.ENABLE_AUTO_MERGE, fields, scope=repository)

    # Comments of a pull request are those of its issue; they are verbs of their own for the permission they take.

    def create_pull_comment(self, repository: str, number: int, body: str) -> None:
        self.issues.create_comment(repository, number, body)

    def update_pull_comment(self, repository: str, comment: int, body: str) -> None:
        self.issues.update_comment(repository, comment, body)

    def delete_pull_comment(self, repository: str, comment: int) -> None:
        self.issues.delete_comment(repository, comment)

    # Parts of GitHub with verbs of their own

    @property
    def runs(self) -> RunsGateway:
        return RunsGateway(self._calls)

    @property
    def issues(self) -> IssuesGateway:
        return IssuesGateway(self._calls)

    # Cost

    def usage(self) -> Usage:
        return self._transport.usage()

    def reset_usage(self) -> None:
        self._transport.reset_usage()

    def close(self) -> None:
        self._transport.close()
