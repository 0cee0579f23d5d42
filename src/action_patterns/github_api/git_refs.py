"""Branches and tags by their full names: read over REST, moved by compare-and-swap."""

from __future__ import annotations

from urllib.parse import quote

from action_patterns.errors import ConflictError, NotFoundError, RefusedError
from action_patterns.github_api.graphql.queries import SWAPS
from action_patterns.github_api.refs import update_ref
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.github_api.transport.transport import GraphQLUnservedError
from action_patterns.ports.resource import Resource

REPOSITORY = f"""
query RepositoryId($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{ id }}
  {SWAPS}
}}
"""
_MOST_TAGS = 5
"""Tags of tags that are followed: git allows any number."""


class GitRefsClient:
    """ports.GitRefs."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, name: str) -> Resource | None:
        place = quote(name.removeprefix("refs/"))
        try:
            found = self._calls.read(repository, f"/git/ref/{place}")
        except NotFoundError:
            # 404 is for what a token may not see, too. A list of refs says that this one does not exist. It holds those
            # whose names begin with this one, so a full page may come without it.
            self._calls.read(repository, f"/git/matching-refs/{place}").items()
            return None
        except ConflictError:
            # 409 is for a repository without a commit, which has no ref.
            if self._calls.read(repository, "/branches?per_page=1").items():
                raise
            return None
        expect(found["ref"].text() == name, name, found["ref"].value)
        return _ref(found, self._commit(repository, found["object"]))

    def create(self, repository: str, name: str, oid: str) -> Resource:
        body = {"ref": name, "sha": oid}
        made = self._calls.rest("unsafe", "write", "POST", repository, "/git/refs", body)
        return _ref(made, oid)

    def update(self, repository: str, name: str, *, before: str, after: str, force: bool) -> None:
        identity = self._identity(repository)
        if force and identity is None:
            raise RefusedError(
                "Neither GraphQL nor its mutation `updateRefs` is available here, so nothing makes sure that a forced"
                f" update of {name} loses no commit that came meanwhile. Nothing was written.",
                remediation="Use a token and a server with GraphQL, or do not force. Do not force with git instead.",
            )
        update_ref(
            self._calls,
            repository,
            identity or "",
            name,
            before=before,
            after=after,
            read=lambda: self._oid(repository, name),
            compare_and_swap=identity is not None,
        )

    def _oid(self, repository: str, name: str) -> str | None:
        found = self.read(repository, name)
        return None if found is None else found.id

    def _identity(self, repository: str) -> str | None:
        """Return GraphQL's id of the repository. None: there is no compare-and-swap."""
        owner, _, name = repository.partition("/")
        try:
            data = self._calls.query(REPOSITORY, {"owner": owner, "name": name}, scope=repository)
        except GraphQLUnservedError:
            return None
        return data["repository"]["id"].text() if data["swaps"] else None

    def _commit(self, repository: str, target: Answer) -> str:
        """Return the commit that a ref leads to: an annotated tag is an object too."""
        for _ in range(_MOST_TAGS):
            if target["type"].text() != "tag":
                break
            target = self._calls.read(repository, f"/git/tags/{target['sha'].text()}")["object"]
        return target["sha"].text()


def _ref(node: Answer, commit: str) -> Resource:
    return Resource(
        key=node["ref"].text(), id=node["object"]["sha"].text(), url=node["url"].text(), fields={"commit": commit}
    )
