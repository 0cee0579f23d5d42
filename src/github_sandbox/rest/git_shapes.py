"""JSON shapes of git objects: refs, commits, trees, compared files."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import Any

from dulwich.objects import Tag

from github_sandbox.clock import stamp
from github_sandbox.git_store import SUBMODULE, CommitRecord, Flat, Identity, kind_of
from github_sandbox.history import flat
from github_sandbox.model import Account, Repository, World
from github_sandbox.node_ids import encode
from github_sandbox.rest.shapes import Shape, user


def api(repository: Repository) -> str:
    return f"{repository.world.api_url}/repos/{repository.full_name}"


def html(repository: Repository) -> str:
    return f"{repository.world.base_url}/{repository.full_name}"


def object_kind(repository: Repository, oid: str) -> str:
    item = repository.git.get(oid)
    return item.type_name.decode() if item is not None else "commit"


def ref(repository: Repository, name: str, oid: str) -> Shape:
    kind = object_kind(repository, oid)
    return {
        "ref": name,
        "node_id": encode("REF", repository.id, name),
        "url": f"{api(repository)}/git/{name}",
        "object": {"sha": oid, "type": kind, "url": f"{api(repository)}/git/{kind}s/{oid}"},
    }


def tag(repository: Repository, item: Tag) -> Shape:
    """Return git-tag: the object of an annotated tag."""
    oid, (kind, target) = item.id.decode(), item.object
    named = kind.type_name.decode()
    name, _, email = (item.tagger or b"").decode().partition(" <")
    return {
        "node_id": encode("TA", repository.id, oid),
        "tag": item.name.decode(),
        "sha": oid,
        "url": f"{api(repository)}/git/tags/{oid}",
        "message": item.message.decode(),
        "tagger": {"name": name, "email": email.rstrip(">"), "date": stamp(item.tag_time or 0)},
        "object": {"sha": target.decode(), "type": named, "url": f"{api(repository)}/git/{named}s/{target.decode()}"},
        "verification": verification(repository, oid),
    }


def person(identity: Identity) -> Shape:
    return {"name": identity.name, "email": identity.email, "date": stamp(identity.seconds)}


def verification(repository: Repository, oid: str) -> Shape:
    verified = oid in repository.contents.verified
    return {
        "verified": verified,
        "reason": "valid" if verified else "unsigned",
        "signature": "-----BEGIN PGP SIGNATURE-----\n\nsandbox\n-----END PGP SIGNATURE-----\n" if verified else None,
        "payload": f"tree of {oid}" if verified else None,
        "verified_at": stamp(repository.world.clock()) if verified else None,
    }


def git_commit(repository: Repository, commit: CommitRecord) -> Shape:
    """Return git-commit: the answer of the git data endpoints."""
    base = api(repository)
    return {
        "sha": commit.oid,
        "node_id": encode("C", repository.id, commit.oid),
        "url": f"{base}/git/commits/{commit.oid}",
        "html_url": f"{html(repository)}/commit/{commit.oid}",
        "author": person(commit.author),
        "committer": person(commit.committer),
        "tree": {"sha": commit.tree, "url": f"{base}/git/trees/{commit.tree}"},
        "message": commit.message,
        "parents": [
            {"sha": p, "url": f"{base}/git/commits/{p}", "html_url": f"{html(repository)}/commit/{p}"}
            for p in commit.parents
        ],
        "verification": verification(repository, commit.oid),
    }


def _account_of(world: World, identity: Identity) -> Account | None:
    return next((a for a in world.accounts.values() if a.email == identity.email), None)


def commit(repository: Repository, record: CommitRecord) -> Shape:
    """Return commit: the answer of the listing endpoints (compare, pulls/{n}/commits, branches)."""
    world, base = repository.world, api(repository)
    author, committer = (_account_of(world, record.author), _account_of(world, record.committer))
    inner = git_commit(repository, record)
    return {
        "url": f"{base}/commits/{record.oid}",
        "sha": record.oid,
        "node_id": inner["node_id"],
        "html_url": inner["html_url"],
        "comments_url": f"{base}/commits/{record.oid}/comments",
        "commit": {
            "url": inner["url"], "author": inner["author"], "committer": inner["committer"],
            "message": record.message, "comment_count": 0, "tree": inner["tree"], "verification": inner["verification"],
        },
        "author": user(world, author) if author else None,
        "committer": user(world, committer) if committer else None,
        "parents": [p | {"url": p["url"].replace("/git/", "/")} for p in inner["parents"]],
    }  # fmt: skip


def tree(repository: Repository, oid: str, *, recursive: bool, most: int | None = None) -> Shape:
    """Return git-tree. ``most``: the largest number of entries before the answer is ``truncated``; None: unlimited."""
    git = repository.git
    walk = git.walk(oid) if recursive else iter(git.entries(oid))
    items: list[dict[str, Any]] = []
    for path, mode, sha in islice(walk, most):
        kind = kind_of(mode)
        entry: dict[str, Any] = {"path": path, "mode": f"{mode:06o}", "type": kind, "sha": sha}
        if kind == "blob":
            entry["size"] = len(git.blob(sha) or b"")
        if mode != SUBMODULE:
            entry["url"] = f"{api(repository)}/git/{kind}s/{sha}"
        items.append(entry)
    truncated = next(walk, None) is not None
    return {"sha": oid, "url": f"{api(repository)}/git/trees/{oid}", "tree": items, "truncated": truncated}


def changed_files(repository: Repository, before: str | None, after: str) -> list[Shape]:
    """Return diff-entry for each path that differs between two commits, sorted by path."""
    old, new = flat(repository.git, before), flat(repository.git, after)
    return [
        _diff_entry(repository, path, old, new, after)
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _diff_entry(repository: Repository, path: str, old: Flat, new: Flat, after: str) -> Shape:
    status = "added" if path not in old else "removed" if path not in new else "modified"
    _, oid = new.get(path) or old[path]
    left, right = (_lines(repository, side.get(path)) for side in (old, new))
    added = removed = 0
    entry: Shape = {
        "sha": oid, "filename": path, "status": status,
        "blob_url": f"{html(repository)}/blob/{after}/{path}", "raw_url": f"{html(repository)}/raw/{after}/{path}",
        "contents_url": f"{api(repository)}/contents/{path}?ref={after}",
    }  # fmt: skip
    if left is not None and right is not None:
        patch = list(difflib.unified_diff(left, right, lineterm="", n=3))[2:]
        added, removed = (sum(line.startswith(sign) for line in patch) for sign in "+-")
        entry["patch"] = "\n".join(patch)
    return entry | {"additions": added, "deletions": removed, "changes": added + removed}


def _lines(repository: Repository, entry: tuple[int, str] | None) -> list[str] | None:
    """Return the text of a blob as lines; None: binary, and GitHub shows no patch."""
    data = b"" if entry is None else repository.git.blob(entry[1]) or b""
    return None if b"\0" in data else data.decode("utf-8", "replace").splitlines()
