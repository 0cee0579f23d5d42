"""Git objects and branches."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from action_patterns.errors import AnswerLostError, NotFoundError, RefusedError
from action_patterns.github_api.graphql import decode
from action_patterns.github_api.graphql import observe as graphql
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.refs import update_ref
from action_patterns.github_api.rest import decode as rest_decode
from action_patterns.github_api.rest import observe as rest
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.git import CommitComparison, NewCommit, ObservedFile, Person, Tip, TreeEntry, TreeListing
from action_patterns.ports.pull_requests import PullRequest


class GitDatabaseClient:
    """ports.GitDatabase."""

    def __init__(self, calls: Calls, fallback: GraphQLFallback) -> None:
        self._calls = calls
        self._fallback = fallback

    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        return self._fallback.read(
            repository,
            lambda: graphql.read_files(self._calls, repository, oid, paths),
            lambda: rest.read_files(self._calls, repository, oid, paths),
        )

    def read_tree(self, repository: str, oid: str) -> dict[str, ObservedFile]:
        return rest.read_tree(self._calls, repository, oid)

    def list_tree(self, repository: str, oid: str, *, recursive: bool) -> TreeListing:
        return rest.list_tree(self._calls, repository, oid, recursive=recursive)

    def read_branch(self, repository: str, branch: str) -> str | None:
        try:
            ref = self._calls.rest("safe", "read", "GET", repository, f"/git/ref/heads/{quote(branch)}")
        except NotFoundError:
            # GitHub answers 404 too for what a token may not see (any more). Only if the repository is visible does
            # the answer say that the branch does not exist.
            self._calls.rest("safe", "read", "GET", repository, "")
            return None
        name = ref["ref"].text()
        expect(name == f"refs/heads/{branch}", f"the branch {branch}", name)
        return ref["object"]["sha"].text()

    def read_commit(self, repository: str, oid: str) -> Tip:
        node = self._calls.read(repository, f"/git/commits/{oid}")
        return rest_decode.commit(node, node)

    def compare(self, repository: str, base: str, head: str) -> CommitComparison | None:
        basehead = f"{quote(base, safe='')}...{quote(head, safe=':')}"
        try:
            found = self._calls.rest("safe", "read", "GET", repository, f"/compare/{basehead}?per_page=1")
        except (NotFoundError, RefusedError):
            return None
        return CommitComparison(
            ahead_by=found["ahead_by"].number(),
            behind_by=found["behind_by"].number(),
            merge_base=found["merge_base_commit"]["sha"].text(),
        )

    def read_blob(self, repository: str, oid: str) -> bytes:
        content = self._calls.rest("safe", "read", "GET", repository, f"/git/blobs/{oid}")["content"]
        try:
            return base64.b64decode(content.text())
        except ValueError:
            raise content.error("is no base64") from None

    def create_blob(self, repository: str, content: bytes) -> str:
        body = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return self._calls.rest("idempotent", "write", "POST", repository, "/git/blobs", body)["sha"].text()

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        tree: list[dict[str, Any]] = []
        for entry in entries:
            kind = "commit" if entry.mode == "160000" else "blob"
            item: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": kind}
            item |= {"sha": entry.oid} if entry.text is None else {"content": entry.text}
            tree.append(item)
        body = {"base_tree": base_tree, "tree": tree}
        return self._calls.rest("idempotent", "write", "POST", repository, "/git/trees", body)["sha"].text()

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
        node = self._calls.rest("idempotent", "write", "POST", repository, "/git/commits", body)
        return NewCommit(node["sha"].text(), rest_decode.verified(node))

    def update_branch(
        self,
        repository: str,
        repository_id: str,
        branch: str,
        *,
        before: str | None,
        after: str | None,
        compare_and_swap: bool = True,
        pull_id: str = "",
    ) -> PullRequest | None:
        shown = update_ref(
            self._calls,
            repository,
            repository_id,
            f"refs/heads/{branch}",
            before=before,
            after=after,
            read=lambda: self.read_branch(repository, branch),
            compare_and_swap=compare_and_swap,
            pull_id=pull_id,
        )
        try:
            return decode.written(shown) if shown else None
        except AnswerLostError:
            return None  # The branch was moved; what else GitHub shows is read again.
