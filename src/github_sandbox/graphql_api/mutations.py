"""The mutations updateRefs and createCommitOnBranch."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from github_sandbox import ref_updates
from github_sandbox.errors import ApiError
from github_sandbox.git_store import FILE, Identity
from github_sandbox.graphql_api.objects import CommitNode, RefNode
from github_sandbox.graphql_api.root_types import by_id, missing
from github_sandbox.history import flat
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.pulls import github_identity
from github_sandbox.tokens import may_read, require_write


def _update_refs(_: Any, info: Any, input: dict[str, Any]) -> dict[str, Any]:
    """Update refs atomically: every ``beforeOid`` must match, or no ref changes."""
    repository = by_id(info, input["repositoryId"])
    if not isinstance(repository, Repository):
        raise missing(f"Could not resolve to a node with the global id of '{input['repositoryId']}'")
    require_write(info.context.token, repository, "UpdateRefs")
    updates = [
        RefUpdate(name=u["name"], before=u.get("beforeOid"), after=u["afterOid"], force=bool(u.get("force")))
        for u in input["refUpdates"]
    ]
    if len({u.name for u in updates}) != len(updates):
        raise ApiError(422, "refUpdates names a ref twice")
    narrow = info.context.services.edition.only_branches_and_tags
    ref_updates.apply(repository, updates, info.context.token, only_branches_and_tags=narrow)
    return {"clientMutationId": input.get("clientMutationId")}


def _create_commit(_: Any, info: Any, input: dict[str, Any]) -> dict[str, Any]:
    """Add a commit to a branch whose tip is ``expectedHeadOid``. Modes are lost: every file becomes 100644."""
    world, token, branch = (info.context.services.world, info.context.token, input["branch"])
    repository, name = _branch(info, branch)
    require_write(token, repository, "CreateCommitOnBranch")
    ref = f"refs/heads/{name.removeprefix('refs/heads/')}"
    tip = repository.git.ref(ref)
    if tip is None:
        raise missing(f"Could not resolve to a Branch with the name '{name}'.")
    if tip != input["expectedHeadOid"]:
        raise ApiError(
            200,
            f'Expected branch to point to "{input["expectedHeadOid"]}" but it points to "{tip}". Pull and try again.',
            graphql_type="STALE_DATA",
        )
    git, files, changes = (repository.git, flat(repository.git, tip), input.get("fileChanges") or {})
    for item in changes.get("deletions") or []:
        if files.pop(item["path"], None) is None:
            raise ApiError(200, f"A path was requested for deletion which does not exist as of commit oid `{tip}`")
    for item in changes.get("additions") or []:
        try:
            content = base64.b64decode(item["contents"], validate=True)
        except binascii.Error:
            raise ApiError(200, "A value for `contents` is not valid Base64", graphql_type="ARGUMENT_ERROR") from None
        files[item["path"]] = (FILE, git.write_blob(content))
    now, message = int(world.clock()), input["message"]
    text = message["headline"] + (f"\n\n{message['body']}" if message.get("body") else "")
    author = Identity(name=token.account.login, email=token.account.email, seconds=now)
    oid = git.write_commit(git.write_tree(files), [tip], text, author, github_identity(now))
    repository.contents.verified.add(oid)
    ref_updates.apply(repository, [RefUpdate(name=ref, before=tip, after=oid)], token)
    record = git.commit(oid)
    assert record is not None
    return {
        "clientMutationId": input.get("clientMutationId"),
        "commit": CommitNode(repository, record),
        "ref": RefNode(repository=repository, name=ref, oid=oid),
    }


def _branch(info: Any, branch: dict[str, Any]) -> tuple[Repository, str]:
    if branch.get("id"):
        node = by_id(info, branch["id"])
        if isinstance(node, RefNode):
            return node.repository, node.name
    full = str(branch.get("repositoryNameWithOwner"))
    repository = info.context.services.world.repository(full)
    if repository is None or not may_read(info.context.token, repository):
        raise missing(f"Could not resolve to a Repository with the name '{full}'.")
    return repository, str(branch.get("branchName"))


def _given(name: str) -> Any:
    return lambda payload, info: payload[name]


FIELDS: dict[str, dict[str, Any]] = {
    "Mutation": {"updateRefs": _update_refs, "createCommitOnBranch": _create_commit},
    "UpdateRefsPayload": {"clientMutationId": _given("clientMutationId")},
    "CreateCommitOnBranchPayload": {
        "clientMutationId": _given("clientMutationId"),
        "commit": _given("commit"),
        "ref": _given("ref"),
    },
}
