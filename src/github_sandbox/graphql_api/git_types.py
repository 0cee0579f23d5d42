"""Refs, commits, trees and blobs."""

from __future__ import annotations

from typing import Any

from github_sandbox import ref_rules
from github_sandbox.clock import stamp
from github_sandbox.git_store import Identity, kind_of
from github_sandbox.graphql_api.connections import connect
from github_sandbox.graphql_api.objects import BlobNode, CommitNode, EntryNode, RefNode, TreeNode, git_object
from github_sandbox.graphql_api.repository_types import chosen_pulls
from github_sandbox.graphql_api.root_types import missing
from github_sandbox.history import ancestors, between
from github_sandbox.model import PullRequest, Repository, refs
from github_sandbox.node_ids import encode
from github_sandbox.rest.shapes import Shape
from github_sandbox.tokens import may_read


def _nodes(repository: Any, records: Any) -> list[CommitNode]:
    return [CommitNode(repository, record) for record in records]


def _compare(ref: RefNode, info: Any, headRef: str) -> dict[str, Any]:
    head = ref.repository.git.resolve(headRef)
    if head is None:
        raise missing(f"Could not resolve to a Ref with the name '{headRef}'.")
    git = ref.repository.git
    ahead, behind = between(git, ref.oid, head), between(git, head, ref.oid)
    status = ("DIVERGED" if behind else "AHEAD") if ahead else ("BEHIND" if behind else "IDENTICAL")
    return {"ahead": _nodes(ref.repository, ahead), "behind": len(behind), "status": status,
            "base": git_object(ref.repository, ref.oid), "head": git_object(ref.repository, head)}  # fmt: skip


def _associated(ref: RefNode, info: Any, **args: Any) -> Any:
    """Return the pull requests from exactly this ref, in its repository and in the repositories it was forked from."""
    repository, token = ref.repository, info.context.token
    found: list[PullRequest] = [
        p
        for target in repository.world.forks(repository)
        if may_read(token, target)
        for p in target.pulls.values()
        if p.head_repository is repository and f"refs/heads/{p.head}" == ref.name
    ]
    return chosen_pulls(found, "associatedPullRequests", args)


def _rule(ref: RefNode, info: Any) -> Shape | None:
    """Return the sum of all protections and rulesets of the ref for this viewer; None: the ref has none."""
    rules, token = ref_rules.covering(ref.repository, ref.name), info.context.token
    if not rules:
        return None
    login = token.account.login.lower()
    held = {name for rule in rules if login not in rule.bypass for name in rule.rules}
    named = {name for rule in rules for name in rule.rules}
    return {
        "pattern": rules[0].patterns[0],
        "allowsForcePushes": refs.FORCE not in named,
        "allowsDeletions": refs.DELETION not in named,
        "blocksCreations": refs.CREATION in named,
        "requiredApprovingReviewCount": 1 if refs.PULL_REQUEST in named else None,
        "requiresSignatures": refs.SIGNATURES in named,
        "requiresLinearHistory": refs.LINEAR in named,
        "viewerCanPush": token.may_write(ref.repository) and not held & {refs.UPDATE, refs.PULL_REQUEST},
        "viewerAllowedToDismissReviews": token.level(ref.repository) == "ADMIN",
    }


def _file(commit: CommitNode, info: Any, path: str) -> EntryNode | None:
    entry = commit.repository.git.lookup(commit.record.tree, path)
    return _entry(commit.repository, path, *entry) if entry and path else None


def _entry(repository: Repository, path: str, mode: int, oid: str) -> EntryNode:
    return EntryNode(repository=repository, path=path, mode=mode, oid=oid)


def _entries(tree: TreeNode, info: Any) -> list[EntryNode]:
    return [_entry(tree.repository, *entry) for entry in tree.repository.git.entries(tree.oid)]


def _signature(commit: CommitNode, info: Any) -> dict[str, Any] | None:
    if commit.record.oid not in commit.repository.contents.verified:
        return None
    return {"isValid": True, "state": "VALID", "wasSignedByGitHub": True}


def _actor(identity: Identity) -> dict[str, Any]:
    return {"name": identity.name, "email": identity.email, "date": stamp(identity.seconds)}


def _history(commit: CommitNode, info: Any, **args: Any) -> Any:
    records = list(ancestors(commit.repository.git, commit.record.oid).values())
    return connect(_nodes(commit.repository, records), "history", args)


def _text(blob: BlobNode, info: Any) -> str | None:
    return None if _binary(blob) else blob.content.decode("utf-8", "replace")


def _binary(blob: BlobNode) -> bool:
    return b"\0" in blob.content


def _of_commit(name: str) -> Any:
    return lambda c, info, **_: getattr(c.record, name)


FIELDS: dict[str, dict[str, Any]] = {
    "Ref": {
        "id": lambda r, info: encode("REF", r.repository.id, r.name),
        "name": lambda r, info: r.name.removeprefix(r.prefix),
        "prefix": lambda r, info: r.prefix,
        "target": lambda r, info: git_object(r.repository, r.oid),
        "repository": lambda r, info: r.repository,
        "compare": _compare,
        "associatedPullRequests": _associated,
        "refUpdateRule": _rule,
    },
    "RefUpdateRule": {
        name: lambda rule, info, name=name: rule[name]
        for name in (
            "pattern",
            "allowsForcePushes",
            "allowsDeletions",
            "blocksCreations",
            "requiredApprovingReviewCount",
            "requiresSignatures",
            "requiresLinearHistory",
            "viewerCanPush",
            "viewerAllowedToDismissReviews",
        )
    },
    "Comparison": {
        "aheadBy": lambda c, info: len(c["ahead"]),
        "behindBy": lambda c, info: c["behind"],
        "status": lambda c, info: c["status"],
        "baseTarget": lambda c, info: c["base"],
        "headTarget": lambda c, info: c["head"],
        "commits": lambda c, info, **args: connect(c["ahead"], "commits", args),
    },
    "GitObject": {"id": None, "oid": None, "abbreviatedOid": None},
    "Commit": {
        "id": lambda c, info: encode("C", c.repository.id, c.record.oid),
        "oid": _of_commit("oid"),
        "abbreviatedOid": lambda c, info: c.record.oid[:7],
        "message": _of_commit("message"),
        "messageHeadline": lambda c, info: c.record.message.partition("\n")[0],
        "messageBody": lambda c, info: c.record.message.partition("\n")[2].strip("\n"),
        "tree": lambda c, info: TreeNode(c.repository, c.record.tree),
        "file": _file,
        "parents": lambda c, info, **args: connect(
            [git_object(c.repository, p) for p in c.record.parents], "parents", args
        ),
        "history": _history,
        "author": lambda c, info: _actor(c.record.author),
        "committer": lambda c, info: _actor(c.record.committer),
        "committedDate": lambda c, info: stamp(c.record.committer.seconds),
        "authoredDate": lambda c, info: stamp(c.record.author.seconds),
        "signature": _signature,
        "url": lambda c, info: f"{c.repository.world.base_url}/{c.repository.full_name}/commit/{c.record.oid}",
    },
    "GitActor": {name: lambda a, info, name=name: a[name] for name in ("name", "email", "date")},
    "GitSignature": {"isValid": None, "state": None, "wasSignedByGitHub": None},
    "GpgSignature": {"isValid": None, "state": None, "wasSignedByGitHub": None},
    "Tree": {
        "id": lambda t, info: encode("T", t.repository.id, t.oid),
        "oid": lambda t, info: t.oid,
        "abbreviatedOid": lambda t, info: t.oid[:7],
        "entries": _entries,
    },
    "TreeEntry": {
        "name": lambda e, info: e.path.rpartition("/")[2],
        "path": lambda e, info: e.path,
        "mode": lambda e, info: e.mode,
        "type": lambda e, info: kind_of(e.mode),
        "oid": lambda e, info: e.oid,
        "size": lambda e, info: len(e.repository.git.blob(e.oid) or b""),
        "object": lambda e, info: git_object(e.repository, e.oid),
    },
    "Blob": {
        "id": lambda b, info: encode("B", b.repository.id, b.oid),
        "oid": lambda b, info: b.oid,
        "abbreviatedOid": lambda b, info: b.oid[:7],
        "text": _text,
        "byteSize": lambda b, info: len(b.content),
        "isBinary": lambda b, info: _binary(b),
        "isTruncated": lambda b, info: False,
    },
}
