"""GitHub in domain verbs. Each verb knows how it may be repeated; none knows why it is called."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from action_patterns.contracts import Target, Usage
from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    DefectError,
    LostRaceError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from action_patterns.github_api import error_mapping, queries, reading
from action_patterns.github_api.issues import IssuesGateway
from action_patterns.github_api.pacing import Lane
from action_patterns.github_api.runs import RunsGateway
from action_patterns.github_api.token_kind import is_a_persons
from action_patterns.github_api.transport import OperationClass, Transport
from action_patterns.ports import Limits, Listing, NewPullRequest, TreeEntry
from action_patterns.pull_request.observed import Observed, PullRequest

ABSENT = "0" * 40
"""The oid GitHub takes for "must not exist" and "delete" (GraphQL docs, input object RefUpdate)."""


class Gateway:
    """ports.GitHub over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

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
        targets: dict[str, Target] = {}
        after: str | None = None
        size = queries.PAGE_SIZE
        while True:
            try:
                variables = {"login": owner, "first": size, "after": after}
                found = self._query(queries.OWNER, variables, scope=owner, absent_is_null=True)["repositoryOwner"]
            except UnavailableError:
                size = self._smaller(size)
                continue
            if found is None:
                raise NotFoundError(
                    f"There is no organization or user {owner!r} that this token may see.",
                    remediation="Check the spelling, and that the token's owner or App installation covers it.",
                )
            page = found["repositories"]
            for node in page["nodes"]:
                if node is not None:
                    targets[node["nameWithOwner"]] = reading.target(node)
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        if len(targets) < page["totalCount"]:
            raise UnavailableError(
                f"GitHub counts {page['totalCount']} repositories of {owner}, but listed {len(targets)}.",
                remediation="Run again. Do not go on with a short list: the missing repositories would be left out"
                " without a word.",
            )
        return Listing(found["login"], page["totalCount"], tuple(targets.values()))

    def read_repositories(self, repositories: Sequence[str]) -> dict[str, Target | None]:
        found: dict[str, Target | None] = {}
        # One owner at a time: an App has a token of its own for each.
        by_owner = {name: name.partition("/")[0].lower() for name in repositories}
        for owner in dict.fromkeys(by_owner.values()):
            for chunk in _chunks((n for n in repositories if by_owner[n] == owner), queries.REPOSITORIES_PER_QUERY):
                variables = {}
                for index, repository in enumerate(chunk):
                    variables[f"o{index}"], _, variables[f"n{index}"] = repository.partition("/")
                try:
                    data = self._query(queries.repositories(len(chunk)), variables, scope=chunk[0], absent_is_null=True)
                except NotFoundError as error:
                    # The App is not installed there: out of sight like any repository a token may not see.
                    self._transport.warn(error)
                    found |= dict.fromkeys((n for n in repositories if by_owner[n] == owner), None)
                    break
                for index, repository in enumerate(chunk):
                    node = data.get(f"r{index}")
                    found[repository] = reading.target(node) if node else None
        return {name: found[name] for name in repositories}

    def observe(self, repository: str, *, branch: str, base: str | None, paths: Sequence[str]) -> Observed:
        size = queries.PATHS_PER_QUERY
        while True:
            try:
                return self._observe(repository, branch=branch, base=base, paths=paths, size=size)
            except UnavailableError:
                # A query that asks for many paths may take longer than the 10 seconds GitHub gives it.
                if len(paths) <= size // 2:
                    raise
                size = self._smaller(size)

    def _observe(self, repository: str, *, branch: str, base: str | None, paths: Sequence[str], size: int) -> Observed:
        owner, _, name = repository.partition("/")
        first, *more = list(_chunks(paths, size)) or [[]]
        variables: dict[str, Any] = {
            "owner": owner,
            "name": name,
            "branch": f"refs/heads/{branch}",
            "head": branch,
            **{f"p{i}": path for i, path in enumerate(first)},
        }
        if base is not None:
            variables["base"] = f"refs/heads/{base}"
        document = queries.observe(len(first), named_base=base is not None)
        node = self._query(document, variables, scope=repository, absent_is_null=True)["repository"]
        if node is None:
            raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"repository {repository}")
        commit = node["base"]["target"] if node.get("base") else None
        files = reading.files(commit, first)
        for chunk in more:
            if commit is None:
                files |= dict.fromkeys(chunk)
                continue
            variables = {"owner": owner, "name": name, "oid": commit["oid"]}
            variables |= {f"p{i}": path for i, path in enumerate(chunk)}
            data = self._query(queries.files(len(chunk)), variables, scope=repository, absent_is_null=True)
            files |= reading.files(data["repository"]["object"], chunk)
        return reading.observed(node, files, person=is_a_persons(self._transport.token_kind))

    def read_branch(self, repository: str, branch: str) -> str | None:
        try:
            ref = self._rest("read", "read", "GET", repository, f"/git/ref/heads/{quote(branch)}")
        except NotFoundError:
            # GitHub answers 404 too for what a token may not see (any more): only of a repository that is seen does it
            # say that the branch is not there.
            self._rest("read", "read", "GET", repository, "")
            return None
        _expect(ref.get("ref") == f"refs/heads/{branch}", f"the branch {branch}", ref.get("ref"))
        return str(ref["object"]["sha"])

    def read_blob(self, repository: str, oid: str) -> bytes:
        data = self._rest("read", "read", "GET", repository, f"/git/blobs/{oid}")
        return base64.b64decode(data["content"])

    # Objects: invisible until a ref points at them, and content-addressed, so sending one twice is harmless.

    def create_blob(self, repository: str, content: bytes) -> str:
        body = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return str(self._rest("repeatable", "write", "POST", repository, "/git/blobs", body)["sha"])

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        tree: list[dict[str, Any]] = []
        for entry in entries:
            kind = "commit" if entry.mode == "160000" else "blob"
            item: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": kind}
            item |= {"sha": entry.oid} if entry.text is None else {"content": entry.text}
            tree.append(item)
        body = {"base_tree": base_tree, "tree": tree}
        return str(self._rest("repeatable", "write", "POST", repository, "/git/trees", body)["sha"])

    def create_commit(self, repository: str, *, message: str, tree: str, parents: Sequence[str]) -> str:
        body = {"message": message, "tree": tree, "parents": list(parents)}
        return str(self._rest("repeatable", "write", "POST", repository, "/git/commits", body)["sha"])

    # Refs

    def swap_branch(
        self, repository: str, repository_id: str, branch: str, *, before: str | None, after: str | None
    ) -> None:
        update = {
            "name": f"refs/heads/{branch}",
            "beforeOid": before or ABSENT,
            "afterOid": after or ABSENT,
            "force": True,
        }
        variables = {"input": {"repositoryId": repository_id, "refUpdates": [update]}}
        try:
            self._graphql("once", "mutation", queries.UPDATE_REFS, variables, scope=repository)
        except (AuthenticationError, RateLimitedError):
            raise
        except ActionPatternsError as error:
            # Whatever the answer said or failed to say, the ref itself says what happened.
            now = self.read_branch(repository, branch)
            if now == after:
                return
            if now == before:
                raise error from None
            raise LostRaceError(
                f"The branch {branch} of {repository} moved while it was being written.",
                remediation="Nothing was overwritten. Run again: the new state is read first.",
                request_id=error.request_id,
            ) from error

    # Pull requests

    def create_pull(self, repository: str, new: NewPullRequest) -> PullRequest:
        body = {"title": new.title, "body": new.body, "head": new.head, "base": new.base, "draft": new.draft}
        node = self._rest("once", "content", "POST", repository, "/pulls", body)
        _expect(node["head"]["ref"] == new.head, f"a pull request from {new.head}", node["head"]["ref"])
        return PullRequest(
            number=node["number"],
            url=node["html_url"],
            state="OPEN",
            title=node["title"],
            body=node["body"] or "",
            base=node["base"]["ref"],
            head_oid=node["head"]["sha"],
            draft=bool(node.get("draft")),
            author=node["user"]["login"],
        )

    def update_pull(self, repository: str, number: int, fields: dict[str, str]) -> None:
        node = self._rest("repeatable", "write", "PATCH", repository, f"/pulls/{number}", fields)
        _expect(node["number"] == number, f"#{number}", node["number"])

    def set_issue_fields(
        self, repository: str, number: int, *, labels: Sequence[str], assignees: Sequence[str]
    ) -> tuple[str, ...]:
        body = {"labels": list(labels), "assignees": list(assignees)}
        node = self._rest("repeatable", "write", "PATCH", repository, f"/issues/{number}", body)
        _expect(node["number"] == number, f"#{number}", node["number"])
        return _logins(node)

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> None:
        self._rest("repeatable", "write", "POST", repository, f"/issues/{number}/labels", {"labels": list(labels)})

    def remove_label(self, repository: str, number: int, label: str) -> None:
        with suppress(NotFoundError):  # Already gone, which is what was asked for.
            self._rest("repeatable", "write", "DELETE", repository, f"/issues/{number}/labels/{quote(label, safe='')}")

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> tuple[str, ...]:
        body = {"assignees": list(assignees)}
        return _logins(self._rest("repeatable", "write", "POST", repository, f"/issues/{number}/assignees", body))

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> None:
        body = {"assignees": list(assignees)}
        self._rest("repeatable", "write", "DELETE", repository, f"/issues/{number}/assignees", body)

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> None:
        body = {"reviewers": list(reviewers), "team_reviewers": list(team_reviewers)}
        self._rest("repeatable", "notify", "POST", repository, f"/pulls/{number}/requested_reviewers", body)

    # Parts of GitHub with verbs of their own

    @property
    def runs(self) -> RunsGateway:
        return RunsGateway(self._transport)

    @property
    def issues(self) -> IssuesGateway:
        return IssuesGateway(self._transport)

    # Cost

    def usage(self) -> Usage:
        return self._transport.usage()

    def reset_usage(self) -> None:
        self._transport.reset_usage()

    def close(self) -> None:
        self._transport.close()

    # Sending

    def _rest(
        self, kind: OperationClass, lane: Lane, method: str, repository: str, path: str, body: object = None
    ) -> Any:
        return self._transport.send(kind, lane, method, f"/repos/{repository}{path}", body, scope=repository).data

    def _query(self, document: str, variables: Mapping[str, Any], *, scope: str, absent_is_null: bool = False) -> Any:
        return self._graphql("read", "graphql", document, variables, scope=scope, absent_is_null=absent_is_null)

    def _graphql(
        self,
        kind: OperationClass,
        lane: Lane,
        document: str,
        variables: Mapping[str, Any],
        *,
        scope: str,
        absent_is_null: bool = False,
    ) -> Any:
        body = {"query": document, "variables": variables}
        response = self._transport.send(kind, lane, "POST", self._transport.graphql_url, body, scope=scope)
        data = response.data if isinstance(response.data, Mapping) else {}
        errors = [error for error in data.get("errors") or () if not (absent_is_null and _is_hole(error))]
        if errors:
            # Partial data is no answer: what is missing from it would be taken for absent.
            raise error_mapping.from_graphql(errors, "POST /graphql", response.headers.get("x-github-request-id"))
        if data.get("data") is None:
            raise DefectError(
                "A GraphQL answer had neither data nor errors.", remediation="Report it with its request id."
            )
        return data["data"]

    def _smaller(self, size: int) -> int:
        """Half of it; a query that is still too much at a tenth of GitHub's page has another trouble."""
        if size <= queries.PAGE_SIZE // 10:
            raise UnavailableError(
                "GitHub could not answer even a small query in time.",
                remediation="Run again in a few minutes; see https://www.githubstatus.com.",
            )
        return size // 2


def _is_hole(error: Mapping[str, Any]) -> bool:
    """An error that stands for an absent thing: not found, or a reviewer this token may not look at."""
    path = error.get("path") or ()
    hidden = error.get("type") == "FORBIDDEN" and ("requestedReviewer" in path or "onBehalfOf" in path)
    return error.get("type") == "NOT_FOUND" or hidden


def _expect(true: bool, asked: str, answered: object) -> None:  # noqa: FBT001 - an assertion
    """An answer must be about what was asked: a redirect that loses the query answers about something else.

    Raises:
        LostRaceError: it is not; nothing was changed by us on its account.
    """
    if not true:
        raise LostRaceError(
            f"GitHub was asked about {asked} and answered about {answered!r}.",
            remediation="Run again. If it stays, the repository was renamed: use its new name.",
        )


def _chunks(items: Iterable[str], size: int) -> Iterable[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _logins(node: Any) -> tuple[str, ...]:
    return tuple(user["login"] for user in node.get("assignees") or ())
