"""Repositories of an owner, and repositories by name, read over REST, where GraphQL is not served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from action_patterns.content import presence
from action_patterns.content.project_types import UNKNOWN
from action_patterns.errors import NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.github_api.graphql.repositories import no_such_owner
from action_patterns.github_api.rest import decode
from action_patterns.github_api.rest.observe import entries, is_empty, walk
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.repositories import FactsNeeded, Listing

if TYPE_CHECKING:
    from action_patterns.contracts import Target


def list_owner(calls: Calls, owner: str, facts: FactsNeeded) -> Listing:
    """See ports.GitHub.list_owner. REST counts no repositories for this token: what proves the list whole is that every
    page of it was read.

    Raises:
        RefusedError: it is a person's account, whose private repositories REST does not list.
    """
    try:
        account = calls.get(f"/users/{owner}", scope=owner)
    except NotFoundError as error:
        raise no_such_owner(owner) from error
    if account["type"].text() != "Organization":
        raise RefusedError(
            f"{owner} is a person's account, and without GraphQL only its public repositories can be listed.",
            remediation="Name its repositories one by one.",
        )
    nodes = calls.listing(f"/orgs/{owner}/repos", scope=owner, type="all", sort="full_name")
    # A page shifts when a repository comes or goes while the list is read: then one may be in it twice.
    targets = {target.repository: target for target in (_target(calls, node) for node in nodes)}
    _tell_cost(calls, owner, len(targets), facts)
    targets = {name: _with_facts(calls, target, facts) for name, target in targets.items()}
    return Listing(account["login"].text(), len(targets), tuple(targets.values()))


def list_properties(calls: Calls, owner: str) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
    """See ports.GitHub.list_properties. GraphQL has no custom properties.

    Raises:
        PermissionDeniedError: the token may not read them. No answer may be taken for repositories without properties.
    """
    try:
        nodes = calls.listing(f"/orgs/{owner}/properties/values", scope=owner)
    except NotFoundError as error:
        if calls.get(f"/users/{owner}", scope=owner)["type"].text() != "Organization":
            return {}
        raise PermissionDeniedError(
            f"GitHub does not show the custom properties of {owner} to this token.",
            remediation="Use the token of a member of the organization, or one with the organization permission"
            " `Custom properties: read`. GitHub Enterprise Server has custom properties since 3.13.",
        ) from error
    return {node["repository_full_name"].text().lower(): decode.properties(node["properties"]) for node in nodes}


def read_repositories(calls: Calls, repositories: Sequence[str], facts: FactsNeeded) -> dict[str, Target | None]:
    """See ports.GitHub.read_repositories."""
    found: dict[str, Target | None] = {}
    if repositories:
        _tell_cost(calls, repositories[0].partition("/")[0], len(repositories), facts)
    for name in repositories:
        try:
            found[name] = _with_facts(calls, _target(calls, calls.read(name, "")), facts)
        except NotFoundError:
            found[name] = None
    return found


def _target(calls: Calls, node: Answer) -> Target:
    # Counted in kB, so a repository with little in it may be 0 as well.
    unsized = node["size"].number() == 0
    empty = unsized and is_empty(calls, node["full_name"].text(), node["default_branch"].text())
    return decode.target(node, calls.transport.token_facts(), empty=empty)


def _tell_cost(calls: Calls, owner: str, count: int, facts: FactsNeeded) -> None:
    """Log what REST costs where GraphQL would bring the facts along."""
    kinds = {"open pull requests": facts.open_from is not None, "files": bool(facts.has_file or facts.types)}
    for kind in (kind for kind, is_needed in kinds.items() if is_needed):
        calls.transport.inform(f"{owner}: over REST, {kind} take a request for each of {count} repositories.")


def _with_facts(calls: Calls, target: Target, facts: FactsNeeded) -> Target:
    """Return a repository with the facts that REST lists for one repository only: up to a request for each kind."""
    more: dict[str, Any] = {}
    paths = presence.directories(facts.has_file, types=facts.types)
    # An archived repository takes no writes, so no condition of it counts.
    if target.default_branch is None or target.archived:
        more["types"] = (UNKNOWN,) if facts.types else ()
    else:
        if paths:
            found = _directories(calls, target.repository, target.default_branch, paths)
            more["has"] = presence.holding(facts.has_file, found)
            more["types"] = presence.project_types(found.get("", ())) if facts.types else ()
        if facts.open_from is not None:
            more["open_pull_request"] = _is_open(calls, target, facts.open_from)
    return target.model_copy(update=more)


def _directories(
    calls: Calls, repository: str, branch: str, paths: Sequence[str]
) -> dict[str, tuple[presence.Entry, ...]]:
    """Return the entries of directories of a branch: by one request, unless the tree is too large for one answer."""
    tree = quote(branch, safe="")
    whole = calls.read(repository, f"/git/trees/{tree}" + ("?recursive=1" if any(paths) else ""))
    if whole["truncated"].flag():
        found = walk(calls, repository, tree, [f"{path}/-" if path else "-" for path in paths])
    else:
        found = entries(whole)
    by_directory: dict[str, list[presence.Entry]] = {}
    for path, entry in found.items():
        directory, _, name = path.rpartition("/")
        by_directory.setdefault(directory, []).append(presence.Entry(name, entry["type"].text()))
    return {path: tuple(by_directory.get(path, ())) for path in paths}


def _is_open(calls: Calls, target: Target, branch: str) -> bool:
    name = target.repository
    pulls = calls.listing(f"/repos/{name}/pulls", scope=name, head=f"{target.owner}:{branch}", state="open")
    # GitHub ignores a filter that it does not understand. The fork of a pull request may be deleted.
    heads = (pull["head"] for pull in pulls if pull["head"]["ref"].text() == branch)
    return any(head["repo"] and head["repo"]["full_name"].text() == name for head in heads)
