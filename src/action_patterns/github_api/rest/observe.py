"""One target, read over REST, where GraphQL is not served: the same facts in more requests, and without leases."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.content.changes import ancestors
from action_patterns.errors import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    UnexpectedAnswerError,
)
from action_patterns.github_api.rest import decode
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.git import ListedEntry, ObservedFile, Tip, TreeListing
from action_patterns.ports.pull_requests import Milestone, Observed, PullRequest


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
    """See ports.GitHub.observe. The protection of a branch stays unknown: REST shows it to administrators alone."""
    # A renamed repository answers under its old name, but a list that is redirected loses its filter.
    target = calls.read(repository, "")
    name = target["full_name"].text()
    holding = calls.read(head_repository, "") if head_repository is not None else target
    holder = holding["full_name"].text()
    base_name = base or target["default_branch"].text()
    base_tip = _tip(calls, name, base_name)
    empty = base_tip is None and is_empty(calls, name, base_name)
    tip = None if empty else _tip(calls, holder, branch)
    pulls = () if empty else _pull_requests(calls, name, holder, branch)
    token, parent, permissions = calls.transport.token_facts(), holding["parent"], holding["permissions"]
    may_push = None if permissions.hint(dict) is None else permissions["push"].hint(bool)
    return Observed(
        repository=name,
        repository_id=target["node_id"].text(),
        archived=target["archived"].flag(),
        disabled=target["disabled"].flag(),
        empty=empty,
        can_push=may_push if token.a_persons else None,
        base=base_name if base_tip else None,
        base_tip=Tip(oid=base_tip.oid, tree=base_tip.tree) if base_tip else None,
        files=_files(calls, name, base_tip.tree, paths) if base_tip else dict.fromkeys(paths),
        branch_tip=tip,
        proposed=_files(calls, holder, tip.tree, contents) if tip and contents else {},
        pull_requests=pulls,
        head_repository=holder,
        head_repository_id=holding["node_id"].text(),
        head_parent=parent["full_name"].text() if parent else None,
        branch_clash=None if empty or tip else _clash(calls, holder, branch),
        milestones=_milestones(calls, name, milestone) if milestone is not None else (),
        # Only GraphQL can switch it on, also if the repository allows it.
        auto_merge_allowed=False,
        graphql=False,
        compare_and_swap=False,
        may_change_workflows=token.may_change_workflows,
        signs=token.signs,
    )


def read_files(calls: Calls, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """See ports.GitHub.read_files."""
    return _files(calls, repository, calls.read(repository, f"/git/commits/{oid}")["tree"]["sha"].text(), paths)


def read_tree(calls: Calls, repository: str, oid: str) -> dict[str, ObservedFile]:
    """See ports.GitDatabase.read_tree."""
    whole = calls.read(repository, f"/git/trees/{oid}?recursive=1")
    if whole["truncated"].flag():
        raise RefusedError(
            f"A directory of {repository} that shall go holds more files than GitHub lists in one answer (REST docs,"
            ' "Get a tree": 100,000).',
            remediation="Name its subdirectories one by one.",
        )
    files = {path: entry for path, entry in entries(whole).items() if entry["type"].text() != "tree"}
    return {path: found for path, found in decode.files(files, tuple(files)).items() if found is not None}


def list_tree(calls: Calls, repository: str, oid: str, *, recursive: bool) -> TreeListing:
    """See ports.GitDatabase.list_tree."""
    # Any value of `recursive` turns it on (REST docs, "Get a tree").
    found = calls.read(repository, f"/git/trees/{oid}{'?recursive=1' if recursive else ''}")
    listed = (
        ListedEntry(path=entry["path"].text(), mode=entry["mode"].text(), oid=entry["sha"].text())
        for entry in found["tree"].items()
    )
    return TreeListing(tuple(listed), found["truncated"].flag())


def is_empty(calls: Calls, repository: str, branch: str) -> bool:
    """Return whether the repository has no commit, by a read of a branch (REST docs, "Get a reference": 409)."""
    try:
        calls.read(repository, f"/git/ref/heads/{quote(branch)}")
    except ConflictError:
        return True
    except NotFoundError:
        return False
    return False


def _tip(calls: Calls, repository: str, branch: str) -> Tip | None:
    try:
        found = calls.read(repository, f"/branches/{quote(branch, safe='')}")
    except NotFoundError:
        return None  # The repository was seen.
    # The name of a renamed branch leads to the new one (REST docs, "Get a branch": 301), which is another branch.
    return decode.tip(found) if found["name"].text() == branch else None


def _clash(calls: Calls, repository: str, branch: str) -> str | None:
    for taken in ancestors(branch):
        if _tip(calls, repository, taken) is not None:
            return taken
    full = f"refs/heads/{branch}/"
    refs = calls.listing(f"/repos/{repository}/git/matching-refs/heads/{quote(branch)}/", scope=repository)
    names = (ref["ref"].text() for ref in refs)
    return next((f"…/{name.removeprefix(full)}" for name in names if name.startswith(full)), None)


def _milestones(calls: Calls, repository: str, title: str) -> tuple[Milestone, ...]:
    try:
        found = calls.listing(f"/repos/{repository}/milestones", scope=repository, state="open")
    except NotFoundError:
        return ()  # Gone, with the issues of a repository that has none.
    milestones = (Milestone(item["number"].number(), item["title"].text()) for item in found)
    return tuple(milestone for milestone in milestones if milestone.title == title)


# Files


def _files(calls: Calls, repository: str, tree: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    if not paths or tree == EMPTY_TREE:
        return dict.fromkeys(paths)
    whole = calls.read(repository, f"/git/trees/{tree}?recursive=1")
    if not whole["truncated"].flag():
        return decode.files(entries(whole), paths)
    return decode.files(walk(calls, repository, tree, paths), paths)


def walk(calls: Calls, repository: str, tree: str, paths: Sequence[str]) -> dict[str, Answer]:
    """Return the directories that hold the paths, for a tree that is too large for one answer."""
    found = _directory(calls, repository, tree, "")
    directories = {directory for path in paths for directory in ancestors(path)}
    for directory in sorted(directories):  # `a` before `a/b`
        entry = found.get(directory)
        if entry is not None and entry["type"].text() == "tree":
            found |= _directory(calls, repository, entry["sha"].text(), directory + "/")
    return found


def _directory(calls: Calls, repository: str, tree: str, prefix: str) -> dict[str, Answer]:
    answer = calls.read(repository, f"/git/trees/{tree}")
    if answer["truncated"].flag():
        raise RefusedError(
            f"The directory {prefix or '/'} of {repository} is too large for GitHub's REST API to list.",
            remediation="Use a token or a server with GraphQL, which is asked for single paths.",
        )
    return {prefix + path: entry for path, entry in entries(answer).items()}


def entries(tree: Answer) -> dict[str, Answer]:
    """Return the entries of a tree, by path."""
    return {entry["path"].text(): entry for entry in tree["tree"].items()}


# Pull requests


def _pull_requests(calls: Calls, repository: str, holder: str, branch: str) -> tuple[PullRequest, ...]:
    owner = holder.partition("/")[0]
    listed = calls.listing(
        f"/repos/{repository}/pulls",
        scope=repository,
        head=f"{owner}:{branch}",
        state="all",
        sort="created",
        direction="desc",
    )
    # GitHub ignores a filter that it does not understand.
    heads = [node for node in listed if node["head"]["ref"].text() == branch]
    if not heads:
        return ()
    viewer = calls.viewer(repository)
    found = []
    for node in heads:
        pull = decode.pull_request(node, holder=holder, viewer=viewer)
        in_depth = pull.state == "OPEN" and not pull.foreign_head
        found.append(_in_depth(calls, repository, pull.number, holder, viewer) if in_depth else pull)
    return (*(pull for pull in found if pull.state == "OPEN"), *(pull for pull in found if pull.state != "OPEN"))


def _in_depth(calls: Calls, repository: str, number: int, holder: str, viewer: str | None) -> PullRequest:
    """Return one pull request with its conflicts, reviews and comments, which a list of pull requests lacks."""
    pull, issue = f"/repos/{repository}/pulls/{number}", f"/repos/{repository}/issues/{number}"
    return decode.pull_request(
        calls.read(repository, f"/pulls/{number}"),
        holder=holder,
        viewer=viewer,
        reviews=calls.listing(f"{pull}/reviews", scope=repository),
        comments=calls.listing(f"{issue}/comments", scope=repository),
        events=_timeline(calls, f"{issue}/timeline", repository),
    )


def _timeline(calls: Calls, path: str, repository: str) -> list[Answer] | None:
    """Return the events of a pull request. None: GitHub does not give them, and only the teams' reviews need them."""
    try:
        return calls.listing(path, scope=repository)
    except (NotFoundError, PermissionDeniedError, UnexpectedAnswerError) as error:
        calls.transport.warn(
            RefusedError(
                f"{error.message} Which teams have reviewed is not known, so this run asks no team for a review.",
                remediation="Ask them by hand, or use a token and a server with GraphQL.",
            )
        )
        return None
