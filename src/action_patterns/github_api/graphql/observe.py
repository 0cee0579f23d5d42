"""One target, read over GraphQL: in one request, where nothing is unusually many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from action_patterns.content.changes import ancestors
from action_patterns.errors import UnavailableError, UnexpectedAnswerError, UnreachableError
from action_patterns.github_api.graphql import decode, queries
from action_patterns.github_api.transport import error_mapping
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, following, portions, smaller
from action_patterns.ports.git import ObservedFile
from action_patterns.ports.pull_requests import Observed

T = TypeVar("T")


def observe(
    calls: Calls,
    repository: str,
    *,
    branch: str,
    base: str | None,
    paths: Sequence[str],
    contents: Sequence[str] = (),
    head_repository: str | None,
    milestone: str | None,
) -> Observed:
    """See ports.GitHub.observe."""
    holder = head_repository or repository
    variables = {"branch": f"refs/heads/{branch}", "head": branch, "below": f"refs/heads/{branch}/"}
    variables["owner"], _, variables["name"] = repository.partition("/")
    if base is not None:
        variables["base"] = f"refs/heads/{base}"
        if head_repository is None:
            variables["into"] = base
    if milestone is not None:
        variables["milestone"] = milestone
    if head_repository is not None:
        variables["headOwner"], _, variables["headName"] = head_repository.partition("/")
    # Those with content come first: they are asked for in the first request.
    paths = (*contents, *(path for path in paths if path not in contents))
    taken = ancestors(branch)
    variables |= {f"a{i}": f"refs/heads/{name}" for i, name in enumerate(taken)}

    def ask(size: int) -> Observed:
        first, *more = list(portions(paths, size)) or [[]]
        document = queries.observe(
            len(first),
            len(taken),
            content_count=min(len(contents), len(first)),
            named_base=base is not None,
            in_a_fork=head_repository is not None,
            milestone=milestone is not None,
        )
        asked = variables | {f"p{i}": path for i, path in enumerate(first)}
        data = calls.query(document, asked, scope=repository, absent_is_null=True)
        for name, node in (
            (repository, data["repository"]),
            (holder, data["holder" if head_repository else "repository"]),
        ):
            if not node:
                raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"repository {name}")
        tip = data["repository"]["base"]
        commit = tip["target"] if tip else tip
        files = decode.files(commit, first)
        for portion in more:
            files |= _files(calls, repository, commit["oid"].text(), portion) if commit else dict.fromkeys(portion)
        ended = _ended(calls, repository, data, branch)
        comments = _more_comments(calls, repository, data)
        found = decode.observed(data, files, ended, comments, calls.transport.token_facts())
        shown = [path for path in contents if path in first]
        return replace(found, **decode.contents(data, shown)) if shown else found

    return _in_time(ask, len(paths))


def read_files(calls: Calls, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """See ports.GitHub.read_files."""

    def ask(size: int) -> dict[str, ObservedFile | None]:
        found: dict[str, ObservedFile | None] = {}
        for portion in portions(paths, size):
            found |= _files(calls, repository, oid, portion)
        return found

    return _in_time(ask, len(paths))


def _in_time(ask: Callable[[int], T], count: int) -> T:
    """A query that asks for many paths may take longer than the 10 seconds GitHub gives it: then it is halved."""
    size = queries.PATHS_PER_QUERY
    while True:
        try:
            return ask(size)
        except (UnexpectedAnswerError, UnreachableError):
            raise  # The number of paths has no part in it.
        except UnavailableError:
            if count <= size // 2:
                raise
            size = smaller(size)


def _files(calls: Calls, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    owner, _, name = repository.partition("/")
    variables = {"owner": owner, "name": name, "oid": oid} | {f"p{i}": path for i, path in enumerate(paths)}
    data = calls.query(queries.files(len(paths)), variables, scope=repository, absent_is_null=True)
    commit = data["repository"]["object"] if data["repository"] else data["repository"]
    if not commit:
        # Without the commit nothing is known about its files: that is not "absent".
        raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"commit {oid} of {repository}")
    return decode.files(commit, paths)


def _ended(calls: Calls, repository: str, data: Answer, branch: str) -> list[Answer]:
    """Return the ended pull requests. Further pages are read if one is full of forks' pull requests with our branch
    name, up to one that is from ours.

    GitHub filters by the name alone. Anybody may open and close as many as they like, and ours would fall off the page.
    """
    owner, _, name = repository.partition("/")
    holder = (data["holder"] or data["repository"])["nameWithOwner"].text()
    variables = {"owner": owner, "name": name, "head": branch}

    def ask(after: str) -> Answer:
        return calls.query(queries.ENDED, variables | {"after": after}, scope=repository)["repository"]["ended"]

    found: list[Answer] = []
    for page in following(data["repository"]["ended"], ask):
        found += (nodes := page.nodes())
        if any(decode.is_from(pull, holder) for pull in nodes):
            break
    return found


def _more_comments(calls: Calls, repository: str, data: Answer) -> dict[int, list[Answer]]:
    """The comments of open pull requests beyond the first hundred, by number."""
    owner, _, name = repository.partition("/")
    found: dict[int, list[Answer]] = {}
    bot = (data["holder"] or data["repository"])["bot"]
    for pull in bot["open"].nodes() if bot else ():
        variables = {"owner": owner, "name": name, "number": pull["number"].number()}

        def ask(after: str, variables: dict[str, Any] = variables) -> Answer:
            answer = calls.query(queries.COMMENTS, variables | {"after": after}, scope=repository)
            return answer["repository"]["pullRequest"]["comments"]

        _, *more = following(pull["comments"], ask)
        found[pull["number"].number()] = [comment for page in more for comment in page.nodes()]
    return found
